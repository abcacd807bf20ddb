import { findEntity, type EntityDocument } from '../../workbench/store/entities'
import type { Finding } from '../../workbench/store/findings'
import { t } from '../../workbench/store/i18n'
import { joins } from '../../workbench/store/textEditor'
import { checkAnswer } from '../answers'
import { type AttributeView, attributesOf } from '../attributes'
import type { EntityView } from './params'

/** The attributes of each label, looked up once for all objects. */
function byLabel(view: EntityView): (label: string) => readonly AttributeView[] {
  const known = new Map<string, readonly AttributeView[]>()
  return (label) => {
    let found = known.get(label)
    if (!found) {
      found = attributesOf(view, label)
      known.set(label, found)
    }
    return found
  }
}

const sayTwice = (object: number): string =>
  t('Object {object} is the same as another one: same place, same label.', { object })

function checkEntities({ annotations }: EntityDocument, view: EntityView): readonly Finding[] {
  const seen = new Set<string>()
  const asked = byLabel(view)
  return annotations.flatMap(({ start, end, label, attributes }, place) => {
    const [object, path] = [place + 1, ['annotations', place]]
    const key = `${start}:${end}:${label}`
    const twice = seen.has(key) ? [{ code: 'entity_twice', message: sayTwice(object), path }] : []
    seen.add(key)
    const missing = asked(label).flatMap((one) => checkAnswer(one, attributes[one.key], [...path, 'attributes', one.key], object))
    return twice.length + missing.length > 0 ? [...twice, ...missing] : []
  })
}

function checkRelations(document: EntityDocument, view: EntityView): readonly Finding[] {
  return document.relations.flatMap(({ source, target, name }, place) => {
    const [from, to] = [findEntity(document, source), findEntity(document, target)]
    const asked = view.relations.filter((one) => one.name === name)
    if (from && to && asked.some((one) => joins(one, from.label, to.label))) return []
    const message = t('Relation {number} is not asked for between objects with these labels.', { number: place + 1 })
    return [{ code: 'relation_unasked', message, path: ['relationships', place] }]
  })
}

export function check(document: EntityDocument, view: EntityView): readonly Finding[] {
  const globals = view.attributes.filter(({ global }) => global)
  return [
    ...checkEntities(document, view),
    ...checkRelations(document, view),
    ...globals.flatMap((one) => checkAnswer(one, document.global_attributes[one.key], ['global_attributes', one.key])),
  ]
}
