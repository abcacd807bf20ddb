import { useEffect, useId } from 'react'
import { money, number, t, tn } from '../store/i18n'
import type { Evidence, Payload } from '../store/payload'
import type { OpenTask, VerdictChoice } from '../session/openTask'
import { Differences } from './Differences'
import { SubmitButton } from './Foot'
import { useCell } from './hooks'
import { Icon } from './icons'

const CHOICES = [
  { choice: 'accepted', title: 'Accept', key: 'A' },
  { choice: 'fixed', title: 'Fix', key: 'F' },
  { choice: 'rejected', title: 'Reject', key: 'R' },
] as const

export function VerdictSegments({ task }: { task: OpenTask }) {
  const { choice } = useCell(task.verdict)
  const name = useId()
  return (
    <fieldset className="segments" data-part="verdict" aria-label={t('Verdict')}>
      {CHOICES.map((one) => (
        <label key={one.choice}>
          <input
            type="radio"
            name={name}
            checked={choice === one.choice}
            onChange={() => task.verdict.patch({ choice: one.choice })}
          />
          {one.choice === 'accepted' && <Icon name="tick" />}
          {t(one.title)} <kbd>{one.key}</kbd>
        </label>
      ))}
    </fieldset>
  )
}

const placeText = (evidence: Evidence & { kind: 'region' }): string =>
  t('Place {x}, {y}', { x: number(Math.round(evidence.left)), y: number(Math.round(evidence.top)) })

function EvidenceField({ task }: { task: OpenTask }) {
  const { evidence, pointing } = useCell(task.verdict)
  const rows = task.subject ? task.kind.summarise(task.subject, task.view) : []
  const id = useId()
  const put = (next: readonly Evidence[]): void => task.verdict.patch({ evidence: next })
  const text = (item: Evidence): string => {
    if (item.kind === 'task') return t('The whole task')
    if (item.kind === 'region') return placeText(item)
    return rows.find(({ key }) => key === item.uuid)?.title ?? t('An object')
  }
  const add = (value: string): void => {
    if (value === 'task') put([...evidence, { kind: 'task' }])
    else if (value) put([...evidence, { kind: 'object', uuid: value }])
  }
  const drawn = task.payload.media.some(({ kind }) => kind === 'image') && task.kind.drawn === true
  const pointable = drawn || task.kind.written === true
  return (
    <fieldset className="field" data-part="evidence">
      <legend>{t('Evidence')}</legend>
      <div className="chips">
        {evidence.map((item, at) => (
          <span className="chip" key={JSON.stringify(item)}>
            {text(item)}
            <button
              className="button"
              data-kind="icon"
              type="button"
              aria-label={t('Remove {what}', { what: text(item) })}
              onClick={() => put(evidence.toSpliced(at, 1))}
            >
              <Icon name="cross" />
            </button>
          </span>
        ))}
        {pointable && (
          <button
            className="button"
            data-kind="plain"
            type="button"
            aria-pressed={pointing}
            onClick={() => task.verdict.patch({ pointing: !pointing })}
          >
            <Icon name="plus" />
            {evidence.length > 0 ? t('Point at another') : t('Point at it')}
          </button>
        )}
      </div>
      <label className="unseen" htmlFor={id}>
        {t('Add evidence from the list')}
      </label>
      <span className="select">
        <select id={id} value="" onChange={({ target }) => add(target.value)}>
          <option value="">{t('Add from the list')}</option>
          <option value="task">{t('The whole task')}</option>
          {rows.map(({ key, title }) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </span>
    </fieldset>
  )
}

function Rejection({ task, payload }: { task: OpenTask; payload: Payload }) {
  const { reasonClass, comment } = useCell(task.verdict)
  const id = useId()
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-class`}>{t('What is wrong')}</label>
        <span className="select">
          <select
            id={`${id}-class`}
            value={reasonClass}
            onChange={({ target }) => task.verdict.patch({ reasonClass: target.value })}
          >
            <option value="">{t('Choose')}</option>
            {payload.reason_classes.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </span>
      </div>
      {task.payload.mode === 'review' && <EvidenceField task={task} />}
      <div className="field">
        <label htmlFor={`${id}-comment`}>{t('What the worker should do')}</label>
        <textarea
          className="area"
          id={`${id}-comment`}
          rows={3}
          dir="auto"
          value={comment}
          onChange={({ target }) => task.verdict.patch({ comment: target.value })}
        />
        <p className="hint">{t('The worker reads this, sees the evidence, and can dispute it.')}</p>
      </div>
    </>
  )
}

/** What a verdict still needs before it can be handed in; null when nothing. */
export function missingIn(task: OpenTask): string | null {
  const { choice, reasonClass, comment, evidence } = task.verdict.get()
  if (choice === null) return t('Choose a verdict: A, F or R.')
  if (choice !== 'rejected') return null
  if (!reasonClass) return t('Say what is wrong.')
  if (task.payload.mode === 'review' && evidence.length === 0) return t('Point at the evidence.')
  return comment.trim() ? null : t('Say what the worker should do.')
}

const TEXTS: Readonly<Record<VerdictChoice, string>> = {
  accepted: 'Accept and next',
  fixed: 'Hand in the fix and next',
  rejected: 'Reject with these reasons',
}

function Answer({ task }: { task: OpenTask }) {
  const rows = task.subject ? task.kind.summarise(task.subject, task.view) : []
  return (
    <>
      <div className="section-head">
        <h2>{t('Attempt')}</h2>
        <span className="note">{tn('{count} entry', '{count} entries', rows.length)}</span>
      </div>
      {rows.length > 0 && (
        <div className="frame" data-part="answer" tabIndex={0} role="group" aria-label={t('Attempt')}>
          <table className="table">
            <thead className="unseen">
              <tr>
                <th scope="col">{t('Object')}</th>
                <th scope="col">{t('Answer')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, title, detail, color }) => (
                <tr key={key}>
                  <td>
                    <span className="row">
                      {color !== null && <span className="swatch" data-label={(color % 8) + 1} />}
                      <bdi>{title}</bdi>
                    </span>
                  </td>
                  <td dir="auto">{detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

interface JudgeProps {
  readonly task: OpenTask
  readonly submit: () => void
  readonly report: () => void
}

/** The reviewer's side: the attempt in words, the verdict, and what a rejection must say. */
export function JudgePanel({ task, submit, report }: JudgeProps) {
  const { choice } = useCell(task.verdict)
  const mine = useCell(task.store)
  const { payload } = task
  const missing = missingIn(task)
  const differs = task.subject !== null && task.kind.diff(task.subject, mine, task.view).some(({ same }) => !same)

  useEffect(() => {
    const { verdict } = task
    const first = choice === 'rejected' && payload.mode === 'review' && verdict.get().evidence.length === 0
    verdict.patch({ pointing: first && (task.kind.drawn === true || task.kind.written === true) })
  }, [choice, task, payload.mode])

  return (
    <form className="verdict" aria-label={t('Verdict')} data-panel="verdict" onSubmit={(event) => event.preventDefault()}>
      <section>{differs ? <Differences task={task} /> : <Answer task={task} />}</section>
      <section>
        <div className="field">
          <span className="label">{t('Verdict')}</span>
          <VerdictSegments task={task} />
        </div>
        {choice === 'rejected' && <Rejection task={task} payload={payload} />}
      </section>
      <section>
        {choice === 'rejected' && payload.mode === 'review' && (
          <p className="note">
            {t('Rejecting sends the task back to the same worker for one correction. Another reviewer decides any dispute.')}
          </p>
        )}
        <div className="row">
          {choice && (
            <button className="button" type="button" onClick={() => task.verdict.patch({ choice: null, pointing: false })}>
              {t('Cancel')}
            </button>
          )}
          {payload.mode === 'review' && (
            <button className="button" data-kind="plain" type="button" onClick={report}>
              <Icon name="flag" />
              {t('Report a problem')}
            </button>
          )}
          <span className="push" />
          {payload.pay && payload.mode === 'review' && (
            <>
              <span className="faint">{t('pays')}</span>
              <b data-part="pay">{money(payload.pay)}</b>
            </>
          )}
          <SubmitButton
            task={task}
            submit={submit}
            danger={choice === 'rejected'}
            blocked={missing}
            text={t(choice ? TEXTS[choice] : 'Hand in the verdict')}
          />
        </div>
      </section>
    </form>
  )
}
