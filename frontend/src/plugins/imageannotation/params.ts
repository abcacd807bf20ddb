import { isRecord, listIn } from '../../workbench/store/json'
import type { LabelChoice } from '../../workbench/store/editor'
import { SHAPE_TYPES, type ShapeType } from '../../workbench/geometry/shape'
import type { Payload } from '../../workbench/store/payload'
import { type AttributeView, readAttribute, readLabels } from '../attributes'
import { numberOr } from '../questions'

export interface GeometryView {
  readonly labels: readonly LabelChoice[]
  readonly min_width: number
  readonly min_height: number
  readonly min_vertices: number
  readonly max_vertices: number | null
}

export interface ImageView {
  readonly geometries: Readonly<Partial<Record<ShapeType, GeometryView>>>
  readonly attributes: readonly AttributeView[]
  readonly width: number
  readonly height: number
}

const LEAST_VERTICES: Readonly<Record<ShapeType, number>> = { box: 0, polygon: 3, line: 2, point: 0 }

function readGeometry(type: ShapeType, value: unknown): GeometryView {
  const fields = isRecord(value) ? value : {}
  return {
    labels: readLabels(fields['labels']),
    min_width: numberOr(fields['min_width'], 0),
    min_height: numberOr(fields['min_height'], 0),
    min_vertices: numberOr(fields['min_vertices'], LEAST_VERTICES[type]),
    max_vertices: numberOr(fields['max_vertices'], null),
  }
}

export function readImageView(value: unknown, payload: Payload): ImageView {
  const fields = isRecord(value) ? value : {}
  const geometries = isRecord(fields['geometries']) ? fields['geometries'] : {}
  const known = SHAPE_TYPES.filter((type) => type in geometries)
  const media = payload.media.find(({ kind }) => kind === 'image')
  return {
    geometries: Object.fromEntries(known.map((type) => [type, readGeometry(type, geometries[type])])),
    attributes: listIn(fields['attributes']).map(readAttribute),
    width: media?.width ?? 1,
    height: media?.height ?? 1,
  }
}

export const displayOf = (view: ImageView, type: ShapeType, label: string): LabelChoice =>
  view.geometries[type]?.labels.find(({ name }) => name === label) ?? { name: label, display: label, color: 7, hotkey: null }
