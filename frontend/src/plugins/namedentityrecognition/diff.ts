import type { Difference, Row } from '../../workbench/session/taskKind'
import { type Entity, type EntityDocument, findEntity, pairEntities, type Relation } from '../../workbench/store/entities'
import { overlapOf } from '../../workbench/geometry/span'
import { number, t } from '../../workbench/store/i18n'
import { sayAnswer } from '../answers'
import { attributesOf } from '../attributes'
import { displayOf, type EntityView } from './params'

const MOST_LETTERS = 60

/** What an entity says, shortened in its middle. */
export function words(view: EntityView, { start, end }: Pick<Entity, 'start' | 'end'>): string {
  const said = view.points.slice(start, end).replaceAll(/\s+/g, ' ')
  const letters = [...said]
  if (letters.length <= MOST_LETTERS) return said
  return `${letters.slice(0, MOST_LETTERS / 2).join('')}…${letters.slice(-MOST_LETTERS / 2).join('')}`
}

const described = (view: EntityView, one: Entity): string =>
  t('{label}: {words}', { label: displayOf(view, one.label).display, words: words(view, one) })

function attributeDifferences(view: EntityView, one: Entity, other: Entity, title: string): readonly Difference[] {
  return attributesOf(view, other.label).flatMap((attribute) => {
    const [was, is] = [one, other].map(({ attributes }) => sayAnswer(attribute, attributes[attribute.key]))
    if (was === is || was === undefined || is === undefined) return []
    const key = `${other.uuid}:${attribute.key}`
    return [{ key, title: `${title} ${attribute.title}`, before: was, after: is, overlap: null, same: false }]
  })
}

/** A relation in words, by what its ends say: the same in two answers whatever their ids are. */
function sayRelation(view: EntityView, document: EntityDocument, { source, target, name }: Relation): string {
  const [from, to] = [source, target].map((uuid) => {
    const entity = findEntity(document, uuid)
    return entity ? words(view, entity) : '–'
  })
  return `${from ?? ''} → ${name} → ${to ?? ''}`
}

function relationDifferences(before: EntityDocument, after: EntityDocument, view: EntityView): readonly Difference[] {
  const [was, is] = [before, after].map((one) => new Set(one.relations.map((relation) => sayRelation(view, one, relation))))
  return [...new Set([...(was ?? []), ...(is ?? [])])].map((said) => {
    const [there, here] = [was?.has(said) ?? false, is?.has(said) ?? false]
    const row = { key: `relation:${said}`, title: t('Relation'), overlap: null }
    return { ...row, before: there ? said : null, after: here ? said : null, same: there && here }
  })
}

export function diff(before: EntityDocument, after: EntityDocument, view: EntityView): readonly Difference[] {
  const objects = pairEntities(before.annotations, after.annotations).flatMap(({ before: one, after: other }, at) => {
    const title = number(at + 1)
    const key = one?.uuid ?? other?.uuid ?? title
    const [was, is] = [one && described(view, one), other && described(view, other)]
    if (!one || !other) return [{ key, title, before: was, after: is, overlap: 0, same: false }]
    const overlap = overlapOf(one, other)
    const row = { key, title, before: was, after: is, overlap, same: overlap === 1 && one.label === other.label }
    return [row, ...attributeDifferences(view, one, other, title)]
  })
  const globals = view.attributes.flatMap((attribute) => {
    if (!attribute.global) return []
    const was = sayAnswer(attribute, before.global_attributes[attribute.key])
    const is = sayAnswer(attribute, after.global_attributes[attribute.key])
    return [{ key: attribute.key, title: attribute.title, before: was, after: is, overlap: null, same: was === is }]
  })
  return [...objects, ...relationDifferences(before, after, view), ...globals]
}

/** The objects of the second answer that differ from the first: what a reviewer sees dashed. */
export const changed = (before: EntityDocument, after: EntityDocument): readonly Entity[] =>
  pairEntities(before.annotations, after.annotations).flatMap(({ before: one, after: other }) => {
    if (!other) return []
    return one && one.label === other.label && one.start === other.start && one.end === other.end ? [] : [other]
  })

export function summarise(document: EntityDocument, view: EntityView): readonly Row[] {
  const rows = document.annotations.map((one, at) => {
    const said = attributesOf(view, one.label)
      .filter(({ key }) => one.attributes[key] !== undefined)
      .map((attribute) => `${attribute.title}: ${sayAnswer(attribute, one.attributes[attribute.key])}`)
    const { display, color } = displayOf(view, one.label)
    return { key: one.uuid, title: `${number(at + 1)} ${display}`, detail: [words(view, one), ...said].join(' · '), color }
  })
  const relations = document.relations.map((one) => ({
    key: one.uuid,
    title: t('Relation'),
    detail: sayRelation(view, document, one),
    color: null,
  }))
  const globals = view.attributes.flatMap((attribute) => {
    if (!attribute.global) return []
    const detail = sayAnswer(attribute, document.global_attributes[attribute.key])
    return [{ key: attribute.key, title: attribute.title, detail, color: null }]
  })
  return [...rows, ...relations, ...globals]
}
