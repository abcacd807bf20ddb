import { CodePoints } from '../../workbench/geometry/codePoints'
import type { LabelChoice } from '../../workbench/store/editor'
import { isRecord, listIn, textIn } from '../../workbench/store/json'
import type { RelationChoice } from '../../workbench/store/textEditor'
import { type AttributeView, readAttribute, readLabels } from '../attributes'

export interface EntityView {
  readonly points: CodePoints
  readonly merge_newlines: boolean
  readonly labels: readonly LabelChoice[]
  readonly relations: readonly RelationChoice[]
  readonly attributes: readonly AttributeView[]
}

function readRelation(value: unknown): RelationChoice {
  const fields = isRecord(value) ? value : {}
  return {
    name: textIn(fields['name']),
    is_directed: fields['is_directed'] !== false,
    source_label: textIn(fields['source_label']) || null,
    target_label: textIn(fields['target_label']) || null,
  }
}

export function readView(value: unknown): EntityView {
  const fields = isRecord(value) ? value : {}
  return {
    points: new CodePoints(textIn(fields['text'])),
    merge_newlines: fields['merge_newlines'] === true,
    labels: readLabels(fields['labels']),
    relations: listIn(fields['relations']).map(readRelation),
    attributes: listIn(fields['attributes']).map(readAttribute),
  }
}

export const displayOf = (view: EntityView, label: string): LabelChoice =>
  view.labels.find(({ name }) => name === label) ?? { name: label, display: label, color: 7, hotkey: null }
