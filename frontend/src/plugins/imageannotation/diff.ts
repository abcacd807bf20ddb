import { boundsOf, likeness, type Shape } from '../../workbench/geometry/shape'
import { type Annotation, geometryOf, type ImageDocument } from '../../workbench/store/annotations'
import { number, t } from '../../workbench/store/i18n'
import type { Difference, Row } from '../../workbench/session/taskKind'
import { sayAnswer } from '../answers'
import { attributesOf } from '../attributes'
import { displayOf, type ImageView } from './params'

const PAIRED_FROM = 0.5

const place = (shape: Shape): string => {
  const { left, top } = boundsOf(shape)
  return `${Math.round(left)}, ${Math.round(top)}`
}

/** Pairs the objects of two answers: by uuid first, the rest by the best overlap from one half on. */
export function pair(
  before: readonly Annotation[],
  after: readonly Annotation[],
): readonly { before: Annotation | null; after: Annotation | null }[] {
  const left = new Map(after.map((annotation) => [annotation.uuid, annotation]))
  const matches = new Map<string, Annotation>()
  for (const one of before) {
    const same = left.get(one.uuid)
    if (same && left.delete(one.uuid)) matches.set(one.uuid, same)
  }
  for (const one of before) {
    if (matches.has(one.uuid)) continue
    const best = [...left.values()]
      .filter(({ type }) => type === one.type)
      .map((other) => ({ other, alike: likeness(geometryOf(one), geometryOf(other)) }))
      .toSorted((a, b) => b.alike - a.alike)[0]
    if (best && best.alike >= PAIRED_FROM && left.delete(best.other.uuid)) matches.set(one.uuid, best.other)
  }
  const paired = before.map((one) => ({ before: one, after: matches.get(one.uuid) ?? null }))
  return [...paired, ...[...left.values()].map((one) => ({ before: null, after: one }))]
}

const labelled = (view: ImageView, one: Annotation): string => displayOf(view, one.type, one.label).display

const described = (view: ImageView, one: Annotation): string =>
  t('{label}, at {place}', { label: labelled(view, one), place: place(one) })

function attributeDifferences(view: ImageView, one: Annotation, other: Annotation, title: string): readonly Difference[] {
  return attributesOf(view, other.label).flatMap((attribute) => {
    const [was, is] = [one, other].map(({ attributes }) => sayAnswer(attribute, attributes[attribute.key]))
    if (was === is || was === undefined || is === undefined) return []
    const key = `${other.uuid}:${attribute.key}`
    return [{ key, title: `${title} ${attribute.title}`, before: was, after: is, overlap: null, same: false }]
  })
}

export function diff(before: ImageDocument, after: ImageDocument, view: ImageView): readonly Difference[] {
  const objects = pair(before.annotations, after.annotations).flatMap(({ before: one, after: other }, at) => {
    const title = number(at + 1)
    const key = one?.uuid ?? other?.uuid ?? title
    if (!one || !other) {
      const was = one && described(view, one)
      const is = other && described(view, other)
      return [{ key, title, before: was, after: is, overlap: 0, same: false }]
    }
    const overlap = likeness(geometryOf(one), geometryOf(other))
    const same = overlap === 1 && one.label === other.label
    const row = { key, title, before: labelled(view, one), after: labelled(view, other), overlap, same }
    return [row, ...attributeDifferences(view, one, other, title)]
  })
  const globals = view.attributes.flatMap((attribute) => {
    if (!attribute.global) return []
    const was = sayAnswer(attribute, before.global_attributes[attribute.key])
    const is = sayAnswer(attribute, after.global_attributes[attribute.key])
    return [{ key: attribute.key, title: attribute.title, before: was, after: is, overlap: null, same: was === is }]
  })
  return [...objects, ...globals]
}

/** The objects of the second answer that differ from the first: what a reviewer sees dashed. */
export function changed(before: ImageDocument, after: ImageDocument): readonly Annotation[] {
  return pair(before.annotations, after.annotations).flatMap(({ before: one, after: other }) => {
    if (!other) return []
    const same = one && one.label === other.label && likeness(geometryOf(one), geometryOf(other)) === 1
    return same ? [] : [other]
  })
}

export function summarise(document: ImageDocument, view: ImageView): readonly Row[] {
  const rows = document.annotations.map((one, at) => {
    const said = attributesOf(view, one.label)
      .filter(({ key }) => one.attributes[key] !== undefined)
      .map((attribute) => `${attribute.title}: ${sayAnswer(attribute, one.attributes[attribute.key])}`)
    const choice = displayOf(view, one.type, one.label)
    return { key: one.uuid, title: `${number(at + 1)} ${choice.display}`, detail: said.join(' · '), color: choice.color }
  })
  const globals = view.attributes.flatMap((attribute) => {
    if (!attribute.global) return []
    const detail = sayAnswer(attribute, document.global_attributes[attribute.key])
    return [{ key: attribute.key, title: attribute.title, detail, color: null }]
  })
  return [...rows, ...globals]
}
