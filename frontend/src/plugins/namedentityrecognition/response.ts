import type { Attributes } from '../../workbench/store/annotations'
import type { Entity, EntityDocument, Relation } from '../../workbench/store/entities'
import { newUuid } from '../../workbench/store/ids'
import { isRecord, type Json, listIn, textIn } from '../../workbench/store/json'
import type { EntityView } from './params'

const attributesIn = (value: unknown): Attributes => (isRecord(value) ? (value as Attributes) : {})

function readEntity(value: unknown): readonly Entity[] {
  if (!isRecord(value)) return []
  const { start, end } = value
  if (!Number.isInteger(start) || !Number.isInteger(end)) return []
  const uuid = textIn(value['id']) || newUuid()
  return [{ uuid, start: Number(start), end: Number(end), label: textIn(value['label']), attributes: attributesIn(value['attributes']) }]
}

function readRelation(value: unknown): readonly Relation[] {
  if (!isRecord(value)) return []
  const [source, target] = [textIn(value['source_ref']), textIn(value['target_ref'])]
  return source && target ? [{ uuid: textIn(value['id']) || newUuid(), source, target, name: textIn(value['name']) }] : []
}

/** Reads an answer; what has no place in a text is left out. */
export function fromResponse(response: unknown): EntityDocument {
  const fields = isRecord(response) ? response : {}
  return {
    annotations: listIn(fields['annotations']).flatMap(readEntity),
    relations: listIn(fields['relationships']).flatMap(readRelation),
    global_attributes: attributesIn(fields['global_attributes']),
  }
}

/** Scale's answer, in code points; values of the whole text stand in it only where some are asked for. */
export function toResponse(document: EntityDocument, view: EntityView): Json {
  const annotations = document.annotations.map(({ uuid, start, end, label, attributes }) => ({
    id: uuid,
    start,
    end,
    text: view.points.slice(start, end),
    label,
    attributes,
  }))
  const relationships = document.relations.map(({ uuid, source, target, name }) => ({
    id: uuid,
    source_ref: source,
    target_ref: target,
    name,
  }))
  const asked = view.attributes.some(({ global }) => global)
  return { annotations, relationships, ...(asked ? { global_attributes: document.global_attributes } : {}) }
}
