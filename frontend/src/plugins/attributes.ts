import type { LabelChoice } from '../workbench/store/editor'
import { isRecord, listIn, textIn } from '../workbench/store/json'
import type { Question } from '../workbench/ui/Field'
import { numberOr, readQuestion } from './questions'

export interface AttributeView extends Question {
  readonly global: boolean
  /** The labels that have this attribute; null for all. */
  readonly labels: readonly string[] | null
}

export function readLabels(value: unknown): readonly LabelChoice[] {
  return listIn(value).map((one, place) => {
    const fields = isRecord(one) ? one : { name: one }
    const name = textIn(fields['name'])
    const hotkey = textIn(fields['hotkey']) || null
    return { name, display: textIn(fields['display']) || name, color: numberOr(fields['color'], place % 8), hotkey }
  })
}

export function readAttribute(value: unknown): AttributeView {
  const fields = isRecord(value) ? value : {}
  const labels = Array.isArray(fields['labels']) ? (fields['labels'] as readonly string[]) : null
  return { ...readQuestion(fields), global: fields['global'] === true, labels }
}

/** What is asked about an object with this label. */
export const attributesOf = (view: { readonly attributes: readonly AttributeView[] }, label: string): readonly AttributeView[] =>
  view.attributes.filter(({ global, labels }) => !global && (labels === null || labels.includes(label)))
