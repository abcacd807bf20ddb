import { roundPx, type Point } from '../../workbench/geometry/point'
import { SHAPE_TYPES, type Shape } from '../../workbench/geometry/shape'
import type { Annotation, Attributes, ImageDocument } from '../../workbench/store/annotations'
import { newUuid } from '../../workbench/store/ids'
import { isRecord, type Json, listIn, textIn } from '../../workbench/store/json'

const px = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

const pointIn = (value: unknown): Point => (isRecord(value) ? { x: px(value['x']), y: px(value['y']) } : { x: 0, y: 0 })

function readShape(fields: Readonly<Record<string, unknown>>): Shape | null {
  const type = SHAPE_TYPES.find((one) => one === fields['type'])
  switch (type) {
    case 'box':
      return {
        type,
        left: px(fields['left']),
        top: px(fields['top']),
        width: px(fields['width']),
        height: px(fields['height']),
      }
    case 'polygon':
    case 'line':
      return { type, vertices: listIn(fields['vertices']).map(pointIn) }
    case 'point':
      return { type, ...pointIn(fields) }
    default:
      return null
  }
}

function readAnnotation(value: unknown): readonly Annotation[] {
  const shape = isRecord(value) ? readShape(value) : null
  if (!shape || !isRecord(value)) return []
  const attributes = isRecord(value['attributes']) ? (value['attributes'] as Attributes) : {}
  return [{ ...shape, uuid: textIn(value['uuid']) || newUuid(), label: textIn(value['label']), attributes }]
}

/** Reads an answer; shapes of kinds that this view cannot draw are left out. */
export function fromResponse(response: unknown): ImageDocument {
  const fields = isRecord(response) ? response : {}
  const globals = fields['global_attributes']
  return {
    annotations: listIn(fields['annotations']).flatMap(readAnnotation),
    global_attributes: isRecord(globals) ? (globals as Attributes) : {},
  }
}

const round = ({ x, y }: Point): { x: number; y: number } => ({ x: roundPx(x), y: roundPx(y) })

function writeAnnotation(annotation: Annotation): Json {
  const { uuid, type, label, attributes } = annotation
  const named = { uuid, type, label }
  switch (annotation.type) {
    case 'box': {
      const { left, top, width, height } = annotation
      const edges = { left: roundPx(left), top: roundPx(top), width: roundPx(width), height: roundPx(height) }
      return { ...named, ...edges, attributes }
    }
    case 'point':
      return { ...named, ...round(annotation), attributes }
    default:
      return { ...named, vertices: annotation.vertices.map(round), attributes }
  }
}

/** Scale's answer always has `links`; nothing can be linked here yet. */
export const toResponse = (document: ImageDocument): Json => ({
  annotations: document.annotations.map(writeAnnotation),
  global_attributes: document.global_attributes,
  links: [],
})
