import type { Point } from '../../workbench/geometry/point'
import { polygonArea, polygonCrosses } from '../../workbench/geometry/polygon'
import type { Annotation, ImageDocument } from '../../workbench/store/annotations'
import type { Finding } from '../../workbench/store/findings'
import { t } from '../../workbench/store/i18n'
import { attributesOf } from '../attributes'
import { type GeometryView, type ImageView } from './params'
import { checkAnswer } from '../answers'

type Path = Finding['path']

function checkBox(annotation: Annotation & { type: 'box' }, rules: GeometryView, object: number, path: Path): readonly Finding[] {
  const { width, height } = annotation
  if (width > 0 && height > 0 && width >= rules.min_width && height >= rules.min_height) return []
  const sentence = 'Object {object} is too small: it has to be at least {width} × {height} pixels.'
  const message = t(sentence, { object, width: rules.min_width, height: rules.min_height })
  return [{ code: 'box_too_small', message, path }]
}

function checkVertices(vertices: readonly Point[], closed: boolean, rules: GeometryView, object: number, path: Path): readonly Finding[] {
  const found = (code: string, message: string): readonly Finding[] => [{ code, message, path: [...path, 'vertices'] }]
  if (vertices.length < rules.min_vertices) {
    const least = { object, min: rules.min_vertices }
    return found('too_few_vertices', t('Object {object} needs at least {min} corners.', least))
  }
  if (rules.max_vertices !== null && vertices.length > rules.max_vertices) {
    const most = { object, max: rules.max_vertices }
    return found('too_many_vertices', t('Object {object} has more than {max} corners.', most))
  }
  if (!closed) return []
  if (polygonCrosses(vertices)) return found('polygon_crosses', t('The outline of object {object} crosses itself.', { object }))
  if (polygonArea(vertices) > 0) return []
  return found('polygon_flat', t('The outline of object {object} encloses nothing.', { object }))
}

function checkShape(annotation: Annotation, rules: GeometryView, object: number, path: Path): readonly Finding[] {
  if (annotation.type === 'box') return checkBox(annotation, rules, object, path)
  if (annotation.type === 'point') return []
  return checkVertices(annotation.vertices, annotation.type === 'polygon', rules, object, path)
}

function checkAnnotation(annotation: Annotation, view: ImageView, place: number): readonly Finding[] {
  const rules = view.geometries[annotation.type]
  const path: Path = ['annotations', place]
  const object = place + 1
  if (!rules) {
    const message = t('Object {object} has a shape that is not asked for.', { object })
    return [{ code: 'geometry_unasked', message, path: [...path, 'type'] }]
  }
  const named = rules.labels.some(({ name }) => name === annotation.label)
  const message = t('Object {object} needs a label.', { object })
  const label: readonly Finding[] = named ? [] : [{ code: 'label_unknown', message, path: [...path, 'label'] }]
  const attributes = attributesOf(view, annotation.label).flatMap((attribute) =>
    checkAnswer(attribute, annotation.attributes[attribute.key], [...path, 'attributes', attribute.key], object),
  )
  return [...label, ...checkShape(annotation, rules, object, path), ...attributes]
}

/** What the server's linter would find, in its codes and words. */
export function check(document: ImageDocument, view: ImageView): readonly Finding[] {
  const globals = view.attributes.flatMap((attribute) => {
    const path: Path = ['global_attributes', attribute.key]
    return attribute.global ? checkAnswer(attribute, document.global_attributes[attribute.key], path) : []
  })
  return [...document.annotations.flatMap((one, place) => checkAnnotation(one, view, place)), ...globals]
}
