import type { AttributeValue } from '../../workbench/store/annotations'
import type { Finding } from '../../workbench/store/findings'
import { isRecord, type Json, listIn } from '../../workbench/store/json'
import type { Difference, Row } from '../../workbench/session/taskKind'
import type { Question } from '../../workbench/ui/Field'
import { checkAnswer, sayAnswer } from '../answers'
import { type Content, readContent } from '../content'
import { readQuestion } from '../questions'

export interface FormView {
  readonly content: Content
  readonly fields: readonly Question[]
}

export interface FormDocument {
  readonly values: Readonly<Record<string, AttributeValue>>
}

export function readView(view: unknown): FormView {
  const fields = isRecord(view) ? listIn(view['fields']) : []
  return { content: readContent(view), fields: fields.map((field) => readQuestion(isRecord(field) ? field : {})) }
}

type Plain = string | number | boolean
const isPlain = (value: unknown): value is Plain => ['string', 'number', 'boolean'].includes(typeof value)

/** The values of one field, from the long form or from the short one, in which the value stands alone. */
function valuesIn(answer: unknown): readonly Plain[] {
  const held = isRecord(answer) ? listIn(answer['response']).flat() : [answer].flat()
  return held.filter(isPlain)
}

export function fromResponse(response: unknown, view: FormView): FormDocument {
  const answers = isRecord(response) && isRecord(response['annotations']) ? response['annotations'] : {}
  const entries = view.fields.flatMap(({ key, allow_multiple: several }): [string, AttributeValue][] => {
    const values = valuesIn(answers[key])
    if (values[0] === undefined) return []
    return [[key, several ? values.map(String) : values[0]]]
  })
  return { values: Object.fromEntries(entries) }
}

/** The long form: per field a list with one list of values. Fields without an answer are left out. */
export function toResponse({ values }: FormDocument, view: FormView): Json {
  const answers = view.fields.flatMap(({ key, type }): [string, Json][] => {
    const value = values[key]
    if (value === undefined) return []
    const list: readonly Plain[] = typeof value === 'object' ? value : [value]
    return [[key, { type, field_id: key, response: [list] }]]
  })
  return { annotations: Object.fromEntries(answers) }
}

export const check = ({ values }: FormDocument, view: FormView): readonly Finding[] =>
  view.fields.flatMap((field) => checkAnswer(field, values[field.key], ['annotations', field.key]))

export const summarise = ({ values }: FormDocument, view: FormView): readonly Row[] =>
  view.fields.map((field) => ({ key: field.key, title: field.title, detail: sayAnswer(field, values[field.key]), color: null }))

export function diff(before: FormDocument, after: FormDocument, view: FormView): readonly Difference[] {
  return view.fields.map((field) => {
    const [was, is] = [before, after].map(({ values }) => sayAnswer(field, values[field.key]))
    return { key: field.key, title: field.title, before: was ?? '', after: is ?? '', overlap: null, same: was === is }
  })
}
