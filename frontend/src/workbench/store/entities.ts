import { inTextOrder, overlapOf, type Span } from '../geometry/span'
import type { AttributeValue, Attributes } from './annotations'
import type { DocumentStore } from './history'
import { newUuid } from './ids'

/** A labelled stretch of a text, in code points. */
export interface Entity extends Span {
  readonly uuid: string
  readonly label: string
  readonly attributes: Attributes
}

export interface Relation {
  readonly uuid: string
  readonly name: string
  readonly source: string
  readonly target: string
}

export interface EntityDocument {
  readonly annotations: readonly Entity[]
  readonly relations: readonly Relation[]
  readonly global_attributes: Attributes
}

export type EntityStore = DocumentStore<EntityDocument>

export const EMPTY_ENTITIES: EntityDocument = { annotations: [], relations: [], global_attributes: {} }

const places = new WeakMap<readonly Entity[], Map<string, number>>()

/** Where each entity stands in its list. */
export function placesOf(entities: readonly Entity[]): ReadonlyMap<string, number> {
  let known = places.get(entities)
  if (!known) {
    known = new Map(entities.map(({ uuid }, place) => [uuid, place]))
    places.set(entities, known)
  }
  return known
}

export function findEntity({ annotations }: EntityDocument, uuid: string | null): Entity | null {
  const place = uuid === null ? undefined : placesOf(annotations).get(uuid)
  return place === undefined ? null : (annotations[place] ?? null)
}

const isSame = (a: Omit<Entity, 'uuid' | 'attributes'>, b: Entity): boolean =>
  a.start === b.start && a.end === b.end && a.label === b.label

/** The list with one more, in the text's order; where it was there, without a change. */
function withOne(entities: readonly Entity[], entity: Entity): readonly Entity[] {
  const behind = entities.findIndex((other) => inTextOrder(entity, other) < 0)
  return entities.toSpliced(behind < 0 ? entities.length : behind, 0, entity)
}

/** Marks stretches as one command; those that are marked so already are left out. Returns the uuid of the first. */
export function mark(store: EntityStore, spans: readonly Span[], label: string): string | null {
  const { annotations } = store.get()
  const known = new Set(annotations.filter((one) => one.label === label).map(({ start, end }) => `${start}:${end}`))
  const fresh = spans
    .filter(({ start, end }) => !known.has(`${start}:${end}`))
    .map(({ start, end }) => ({ uuid: newUuid(), start, end, label, attributes: {} }))
  if (fresh.length === 0) return annotations.find((one) => spans[0] && isSame({ ...spans[0], label }, one))?.uuid ?? null
  const [first] = fresh
  const list = fresh.length === 1 && first ? withOne(annotations, first) : [...annotations, ...fresh].toSorted(inTextOrder)
  store.put('Mark', { annotations: list })
  return first?.uuid ?? null
}

/** Takes an entity away, and the relations that would lead nowhere. */
export function remove(store: EntityStore, uuid: string): void {
  const { annotations, relations } = store.get()
  const place = placesOf(annotations).get(uuid)
  if (place === undefined) return
  const left = relations.filter(({ source, target }) => source !== uuid && target !== uuid)
  store.put('Remove', { annotations: annotations.toSpliced(place, 1), ...(left.length < relations.length ? { relations: left } : {}) })
}

function change(store: EntityStore, label: string, next: Entity, mergeKey: string | null = null): void {
  const { annotations } = store.get()
  const place = placesOf(annotations).get(next.uuid)
  if (place !== undefined) store.put(label, { annotations: annotations.with(place, next) }, mergeKey)
}

/** Gives an entity another label; what does not belong to it any longer goes. */
export function relabel(
  store: EntityStore,
  uuid: string,
  label: string,
  keeps: { attribute: (key: string) => boolean; relation: (relation: Relation, labelOf: (uuid: string) => string) => boolean },
): void {
  const document = store.get()
  const before = findEntity(document, uuid)
  const place = placesOf(document.annotations).get(uuid)
  if (!before || place === undefined || before.label === label) return
  const attributes = Object.fromEntries(Object.entries(before.attributes).filter(([key]) => keeps.attribute(key)))
  const annotations = document.annotations.with(place, { ...before, label, attributes })
  const labelOf = (one: string): string => annotations[placesOf(annotations).get(one) ?? -1]?.label ?? ''
  const touched = (one: Relation): boolean => one.source === uuid || one.target === uuid
  const relations = document.relations.filter((one) => !touched(one) || keeps.relation(one, labelOf))
  store.put('Change the label', { annotations, ...(relations.length < document.relations.length ? { relations } : {}) })
}

export function moveTo(store: EntityStore, uuid: string, { start, end }: Span): void {
  const before = findEntity(store.get(), uuid)
  if (before && start < end && (before.start !== start || before.end !== end)) {
    change(store, 'Change the place', { ...before, start, end }, `place:${uuid}`)
  }
}

const withValue = (attributes: Attributes, key: string, value: AttributeValue | undefined): Attributes => {
  const { [key]: _before, ...others } = attributes
  return value === undefined ? others : { ...others, [key]: value }
}

/** Sets one attribute, or clears it with undefined. */
export function setAttribute(store: EntityStore, uuid: string, key: string, value: AttributeValue | undefined): void {
  const before = findEntity(store.get(), uuid)
  if (!before || before.attributes[key] === value) return
  change(store, 'Change an attribute', { ...before, attributes: withValue(before.attributes, key, value) }, `attribute:${uuid}:${key}`)
}

export function setGlobal(store: EntityStore, key: string, value: AttributeValue | undefined): void {
  const global_attributes = withValue(store.get().global_attributes, key, value)
  store.put('Change an attribute', { global_attributes }, `global:${key}`)
}

export function relate(store: EntityStore, source: string, target: string, name: string): void {
  const { relations } = store.get()
  const there = relations.some((one) => one.source === source && one.target === target && one.name === name)
  if (!there && source !== target) store.put('Relate', { relations: [...relations, { uuid: newUuid(), name, source, target }] })
}

export function rename(store: EntityStore, uuid: string, name: string): void {
  const { relations } = store.get()
  store.put('Change the relation', { relations: relations.map((one) => (one.uuid === uuid ? { ...one, name } : one)) })
}

export function unrelate(store: EntityStore, uuid: string): void {
  store.put('Remove the relation', { relations: store.get().relations.filter((one) => one.uuid !== uuid) })
}

const PAIRED_FROM = 0.5

export interface Paired {
  readonly before: Entity | null
  readonly after: Entity | null
}

/** Pairs the entities of two answers: by uuid, by place, then by the best overlap from one half on. */
export function pairEntities(before: readonly Entity[], after: readonly Entity[]): readonly Paired[] {
  const left = new Map(after.map((one) => [one.uuid, one]))
  const matches = new Map<string, Entity>()
  const take = (one: Entity, other: Entity | undefined): void => {
    if (other && left.delete(other.uuid)) matches.set(one.uuid, other)
  }
  for (const one of before) take(one, left.get(one.uuid))
  const byPlace = new Map([...left.values()].map((one) => [`${one.start}:${one.end}:${one.label}`, one]))
  const open = (): readonly Entity[] => before.filter(({ uuid }) => !matches.has(uuid))
  for (const one of open()) take(one, byPlace.get(`${one.start}:${one.end}:${one.label}`))
  for (const one of open()) {
    let [best, alike] = [undefined as Entity | undefined, 0]
    for (const other of left.values()) {
      const overlap = overlapOf(one, other) + (one.label === other.label ? 0.001 : 0)
      if (overlap >= PAIRED_FROM && overlap > alike) [best, alike] = [other, overlap]
    }
    take(one, best)
  }
  const paired = before.map((one) => ({ before: one, after: matches.get(one.uuid) ?? null }))
  return [...paired, ...[...left.values()].map((one) => ({ before: null, after: one }))]
}
