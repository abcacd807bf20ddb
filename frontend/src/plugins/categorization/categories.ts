import type { Finding } from '../../workbench/store/findings'
import { t } from '../../workbench/store/i18n'
import { isRecord, type Json, listIn, textIn } from '../../workbench/store/json'
import type { Difference, Row } from '../../workbench/session/taskKind'
import { type Content, readContent } from '../content'

export interface Category {
  readonly name: string
  readonly display: string
  readonly hotkey: string | null
}

export interface CategoryView {
  readonly content: Content
  readonly categories: readonly Category[]
  readonly allow_multiple: boolean
}

export interface CategoryDocument {
  readonly picked: readonly string[]
}

export function readView(view: unknown): CategoryView {
  const fields = isRecord(view) ? view : {}
  const categories = listIn(fields['categories']).map((one) => {
    const category = isRecord(one) ? one : { name: one }
    const name = textIn(category['name'])
    return { name, display: textIn(category['display']) || name, hotkey: textIn(category['hotkey']) || null }
  })
  return { content: readContent(view), categories, allow_multiple: fields['allow_multiple'] === true }
}

export function fromResponse(response: unknown): CategoryDocument {
  const category = isRecord(response) ? response['category'] : undefined
  const names = Array.isArray(category) ? category : [category]
  return { picked: names.filter((name) => typeof name === 'string' && name !== '') }
}

/** One name, or a list where several may be chosen; nothing while nothing is chosen. */
export function toResponse({ picked }: CategoryDocument, view: CategoryView): Json {
  if (view.allow_multiple) return { category: picked }
  return picked[0] === undefined ? {} : { category: picked[0] }
}

export function check({ picked }: CategoryDocument, view: CategoryView): readonly Finding[] {
  if (picked.length === 0) return [{ code: 'category_missing', message: t('Choose a category.'), path: ['category'] }]
  const unknown = picked.find((name) => !view.categories.some((category) => category.name === name))
  if (unknown === undefined) return []
  return [{ code: 'unknown_choice', message: t('“{value}” is not one of the choices.', { value: unknown }), path: ['category'] }]
}

const said = ({ picked }: CategoryDocument, view: CategoryView): string =>
  picked.map((name) => view.categories.find((one) => one.name === name)?.display ?? name).join(', ') || '–'

export const summarise = (document: CategoryDocument, view: CategoryView): readonly Row[] => [
  { key: 'category', title: t('Category'), detail: said(document, view), color: null },
]

export function diff(before: CategoryDocument, after: CategoryDocument, view: CategoryView): readonly Difference[] {
  const [was, is] = [said(before, view), said(after, view)]
  return [{ key: 'category', title: t('Category'), before: was, after: is, overlap: null, same: was === is }]
}

/** The choice after picking a name: instead of the old one, or in the order of the list beside it. */
export function picking({ picked }: CategoryDocument, view: CategoryView, name: string): readonly string[] {
  if (!view.allow_multiple) return [name]
  return view.categories.map((one) => one.name).filter((one) => (one === name) !== picked.includes(one))
}
