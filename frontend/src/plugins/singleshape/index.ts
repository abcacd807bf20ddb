import type { ShapeType } from '../../workbench/geometry/shape'
import type { ImageDocument } from '../../workbench/store/annotations'
import { isRecord, type Json, listIn } from '../../workbench/store/json'
import { type AnyPlugin, definePlugin } from '../../workbench/ui/plugin'
import { parts } from '../imageannotation'
import type { ImageView } from '../imageannotation/params'
import { fromResponse, toResponse } from '../imageannotation/response'

/** Objects of these answers have no type of their own: the task's says which shape they are. */
export function withShape(response: unknown, shape: ShapeType): unknown {
  if (!isRecord(response)) return response
  const annotations = listIn(response['annotations']).map((one) => (isRecord(one) ? { ...one, type: shape } : one))
  return { ...response, annotations }
}

export function withoutShape(document: ImageDocument): Json {
  const whole = toResponse(document)
  const { annotations, links: _links, ...rest } = isRecord(whole) ? whole : {}
  const objects = listIn(annotations).map((one) => {
    const { type: _type, ...fields } = isRecord(one) ? one : {}
    return fields
  })
  return { ...rest, annotations: objects } as Json
}

/** Scale's first image tasks: one shape each, drawn as in imageannotation. */
export const singleShape = (type: string, shape: ShapeType): AnyPlugin =>
  definePlugin<ImageView, ImageDocument>({
    ...parts,
    type,
    fromResponse: (response) => fromResponse(withShape(response, shape)),
    toResponse: withoutShape,
  })
