import { type ReactNode, useId } from 'react'
import type { AttributeValue } from '../store/annotations'
import type { Finding } from '../store/findings'
import { t } from '../store/i18n'
import { Icon } from './icons'

export interface Choice {
  readonly name: string
  readonly display: string
}

/** A question with one kind of answer: an attribute of an object, or a field of a form. */
export interface Question {
  readonly key: string
  readonly type: 'category' | 'number' | 'text' | 'boolean'
  readonly title: string
  readonly description: string
  readonly choices: readonly Choice[]
  readonly allow_multiple: boolean
  readonly required: boolean
  readonly min: number | null
  readonly max: number | null
  readonly max_length: number | null
}

/** What stands below a field: that it is missing, in fewer words than in the list of what to fix. */
export const fieldError = (finding: Finding | undefined): string | null => {
  if (!finding) return null
  return /_required$|_missing$/.test(finding.code) ? t('Needed before you submit') : finding.message
}

interface FieldProps {
  readonly question: Question
  readonly id: string
  readonly value: AttributeValue | undefined
  readonly error: string | null
  readonly disabled: boolean
  readonly change: (value: AttributeValue | undefined) => void
  readonly long?: boolean
}

const MOST_SEGMENTS = 4
const MOST_SEGMENT_LETTERS = 30

export function FieldError({ id, text }: { id: string; text: string }) {
  return (
    <p className="error" id={id}>
      <Icon name="fault" />
      {text}
    </p>
  )
}

function Title({ question }: { question: Question }) {
  return (
    <>
      <bdi>{question.title}</bdi>
      {!question.required && <span className="optional"> {t('optional')}</span>}
    </>
  )
}

function Surround({ question, id, error, group, children }: FieldProps & { group: boolean; children: ReactNode }) {
  const hint = question.description && <p className="hint">{question.description}</p>
  const fault = error && <FieldError id={`${id}-error`} text={error} />
  if (group) {
    return (
      <fieldset className="field" aria-describedby={error ? `${id}-error` : undefined}>
        <legend>
          <Title question={question} />
        </legend>
        {children}
        {fault || hint}
      </fieldset>
    )
  }
  return (
    <div className="field">
      <label htmlFor={id}>
        <Title question={question} />
      </label>
      {children}
      {fault || hint}
    </div>
  )
}

function Segments({ question, id, value, disabled, change }: FieldProps) {
  const name = useId()
  const answers: readonly { value: AttributeValue | undefined; display: string }[] = [
    ...(question.required ? [] : [{ value: undefined, display: t('None') }]),
    ...(question.type === 'boolean'
      ? [
          { value: true, display: t('Yes') },
          { value: false, display: t('No') },
        ]
      : question.choices.map((choice) => ({ value: choice.name, display: choice.display }))),
  ]
  return (
    <div className="segments">
      {answers.map((answer, index) => (
        <label key={String(answer.value)}>
          <input
            type="radio"
            name={name}
            id={index === 0 ? id : undefined}
            checked={value === answer.value}
            disabled={disabled}
            onChange={() => change(answer.value)}
          />
          <bdi>{answer.display}</bdi>
        </label>
      ))}
    </div>
  )
}

function Ticks({ question, id, value, disabled, change }: FieldProps) {
  const picked = Array.isArray(value) ? (value as readonly string[]) : []
  const toggle = (name: string): void => {
    const next = question.choices.map((choice) => choice.name).filter((one) => (one === name) !== picked.includes(one))
    change(next.length > 0 ? next : undefined)
  }
  return (
    <div className="choices">
      {question.choices.map((choice, index) => (
        <label key={choice.name}>
          <input
            className="tick"
            type="checkbox"
            id={index === 0 ? id : undefined}
            checked={picked.includes(choice.name)}
            disabled={disabled}
            onChange={() => toggle(choice.name)}
          />
          <bdi>{choice.display}</bdi>
        </label>
      ))}
    </div>
  )
}

function Select({ question, id, value, error, disabled, change }: FieldProps) {
  return (
    <span className="select">
      <select
        id={id}
        value={typeof value === 'string' ? value : ''}
        disabled={disabled}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={({ target }) => change(target.value || undefined)}
      >
        <option value="">{question.required ? t('Choose') : t('None')}</option>
        {question.choices.map((choice) => (
          <option key={choice.name} value={choice.name}>
            {choice.display}
          </option>
        ))}
      </select>
    </span>
  )
}

function Typed({ question, id, value, error, disabled, change, long }: FieldProps) {
  const shared = {
    id,
    disabled,
    dir: 'auto' as const,
    'aria-invalid': error ? (true as const) : undefined,
    'aria-describedby': error ? `${id}-error` : undefined,
  }
  if (question.type === 'number') {
    return (
      <input
        {...shared}
        className="input"
        type="number"
        step="any"
        min={question.min ?? undefined}
        max={question.max ?? undefined}
        value={typeof value === 'number' ? value : ''}
        onChange={({ target }) => change(target.value === '' ? undefined : target.valueAsNumber)}
      />
    )
  }
  const text = {
    ...shared,
    maxLength: question.max_length ?? undefined,
    value: typeof value === 'string' ? value : '',
    onChange: ({ target }: { target: { value: string } }) => change(target.value === '' ? undefined : target.value),
  }
  return long ? <textarea {...text} className="area" rows={3} /> : <input {...text} className="input" type="text" />
}

export function Field(props: FieldProps) {
  const { question } = props
  if (question.type === 'category' && question.allow_multiple) {
    return (
      <Surround {...props} group>
        <Ticks {...props} />
      </Surround>
    )
  }
  const letters = question.choices.reduce((sum, { display }) => sum + display.length, 0)
  const few = question.choices.length < MOST_SEGMENTS + Number(question.required) && letters <= MOST_SEGMENT_LETTERS
  if (question.type === 'boolean' || (question.type === 'category' && few)) {
    return (
      <Surround {...props} group>
        <Segments {...props} />
      </Surround>
    )
  }
  return (
    <Surround {...props} group={false}>
      {question.type === 'category' ? <Select {...props} /> : <Typed {...props} />}
    </Surround>
  )
}
