import type { AttributeValue } from '../workbench/store/annotations'
import type { Finding } from '../workbench/store/findings'
import { t } from '../workbench/store/i18n'
import type { Question } from '../workbench/ui/Field'

const isEmpty = (value: AttributeValue | undefined): boolean =>
  value === undefined || (typeof value === 'string' && !value.trim()) || (Array.isArray(value) && value.length === 0)

type Fault = readonly [code: string, ofObject: string, ofForm: string, limit: number]

function faultOf(question: Question, value: AttributeValue): Fault | null {
  const { min, max, max_length: longest, type } = question
  if (typeof value === 'number' && min !== null && value < min) {
    const said = ['“{name}” of object {object} has to be at least {limit}.', '“{name}” has to be at least {limit}.'] as const
    return ['number_too_small', ...said, min]
  }
  if (typeof value === 'number' && max !== null && value > max) {
    const said = ['“{name}” of object {object} has to be at most {limit}.', '“{name}” has to be at most {limit}.'] as const
    return ['number_too_large', ...said, max]
  }
  if (typeof value === 'string' && type === 'text' && longest !== null && [...value].length > longest) {
    const said = [
      '“{name}” of object {object} is longer than {limit} characters.',
      '“{name}” is longer than {limit} characters.',
    ] as const
    return ['text_too_long', ...said, longest]
  }
  return null
}

/** Whether an answer is missing or outside what its question allows. `object` is the number of the object it is about. */
export function checkAnswer(
  question: Question,
  value: AttributeValue | undefined,
  path: Finding['path'],
  object: number | null = null,
): readonly Finding[] {
  const name = question.title
  if (value === undefined || isEmpty(value)) {
    if (!question.required) return []
    if (object === null) return [{ code: 'value_required', message: t('“{name}” is needed.', { name }), path }]
    return [{ code: 'attribute_required', message: t('Object {object} needs “{name}”.', { object, name }), path }]
  }
  const fault = faultOf(question, value)
  if (!fault) return []
  const [code, ofObject, ofForm, limit] = fault
  if (object === null) return [{ code, message: t(ofForm, { name, limit }), path }]
  return [{ code: `attribute_${code}`, message: t(ofObject, { object, name, limit }), path }]
}

/** An answer as a person reads it. */
export function sayAnswer(question: Question, value: AttributeValue | undefined): string {
  if (value === undefined || isEmpty(value)) return '–'
  if (typeof value === 'boolean') return value ? t('Yes') : t('No')
  const names: readonly (string | number)[] = typeof value === 'object' ? value : [value]
  return names
    .map((name) => question.choices.find((choice) => choice.name === name)?.display ?? String(name))
    .join(', ')
}
