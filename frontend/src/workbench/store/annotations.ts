import type { Shape, ShapeType } from '../geometry/shape'
import type { Size } from '../geometry/point'
import { clampShape, moveShape } from '../geometry/shape'
import type { DocumentStore } from './history'

export type AttributeValue = string | number | boolean | readonly string[]
export type Attributes = Readonly<Record<string, AttributeValue>>

interface Named {
  readonly uuid: string
  readonly label: string
  readonly attributes: Attributes
}
/** A labelled shape; the answer of the imageannotation type is a list of these. */
export type Annotation = Shape & Named

export interface ImageDocument {
  readonly annotations: readonly Annotation[]
  readonly global_attributes: Attributes
}

export type ImageStore = DocumentStore<ImageDocument>

export const EMPTY_IMAGE: ImageDocument = { annotations: [], global_attributes: {} }

const places = new WeakMap<readonly Annotation[], Map<string, number>>()

/** Where each annotation stands in its list. */
export function placesOf(annotations: readonly Annotation[]): ReadonlyMap<string, number> {
  let known = places.get(annotations)
  if (!known) {
    known = new Map(annotations.map(({ uuid }, place) => [uuid, place]))
    places.set(annotations, known)
  }
  return known
}

export function find(document: ImageDocument, uuid: string | null): Annotation | null {
  const place = uuid === null ? undefined : placesOf(document.annotations).get(uuid)
  return place === undefined ? null : (document.annotations[place] ?? null)
}

export const geometryOf = (annotation: Annotation): Shape => {
  const { uuid: _uuid, label: _label, attributes: _attributes, ...shape } = annotation
  return shape
}

function put(store: ImageStore, label: string, next: Annotation, mergeKey: string | null = null): void {
  const place = placesOf(store.get().annotations).get(next.uuid)
  if (place === undefined) return
  store.run(label, (draft) => void (draft.annotations[place] = next as (typeof draft.annotations)[number]), mergeKey)
}

export function add(store: ImageStore, annotation: Annotation): void {
  store.run('Draw', (draft) => void draft.annotations.push(annotation as (typeof draft.annotations)[number]))
}

export function remove(store: ImageStore, uuid: string): void {
  const place = placesOf(store.get().annotations).get(uuid)
  if (place !== undefined) store.run('Remove', (draft) => void draft.annotations.splice(place, 1))
}

/** Gives an annotation another shape of the same kind, cut down to the picture. */
export function reshape(store: ImageStore, uuid: string, shape: Shape, size: Size, mergeKey: string | null = null): void {
  const before = find(store.get(), uuid)
  if (!before || before.type !== shape.type) return
  const next = { ...before, ...clampShape(shape, size) } as Annotation
  if (JSON.stringify(next) !== JSON.stringify(before)) put(store, 'Change the shape', next, mergeKey)
}

export function nudge(store: ImageStore, uuid: string, dx: number, dy: number, size: Size): void {
  const before = find(store.get(), uuid)
  if (!before) return
  reshape(store, uuid, geometryOf(moveShape(before, dx, dy, size)), size, `nudge:${uuid}`)
}

export function relabel(store: ImageStore, uuid: string, label: string, keeps: (key: string) => boolean): void {
  const before = find(store.get(), uuid)
  if (!before || before.label === label) return
  const attributes = Object.fromEntries(Object.entries(before.attributes).filter(([key]) => keeps(key)))
  put(store, 'Change the label', { ...before, label, attributes })
}

const withValue = (attributes: Attributes, key: string, value: AttributeValue | undefined): Attributes => {
  const { [key]: _before, ...others } = attributes
  return value === undefined ? others : { ...others, [key]: value }
}

/** Sets one attribute, or clears it with undefined. */
export function setAttribute(store: ImageStore, uuid: string, key: string, value: AttributeValue | undefined): void {
  const before = find(store.get(), uuid)
  if (!before || before.attributes[key] === value) return
  const next = { ...before, attributes: withValue(before.attributes, key, value) }
  put(store, 'Change an attribute', next, `attribute:${uuid}:${key}`)
}

export function setGlobal(store: ImageStore, key: string, value: AttributeValue | undefined): void {
  const attributes = withValue(store.get().global_attributes, key, value)
  store.run('Change an attribute', (draft) => void (draft.global_attributes = attributes as never), `global:${key}`)
}

export const countOf = (document: ImageDocument, type: ShapeType): number =>
  document.annotations.filter((annotation) => annotation.type === type).length
