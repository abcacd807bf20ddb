// Written by `python -m task_types.schema` from the server's models; not to be edited.

export interface Category {
  readonly name: string
  readonly display: string
  readonly hotkey: string | null
}

export interface CategoryView {
  readonly content: ContentView
  readonly categories: readonly Category[]
  readonly allow_multiple: boolean
}

export interface ContentView {
  readonly kind: string
  readonly text?: string
}

/** A choice with a shown name; one with subchoices only leads to them, answers hold the leaves. */
export interface LabelDescription {
  readonly choice: string
  readonly display?: string | null
  readonly subchoices?: readonly (string | LabelDescription)[]
}

export interface Params {
  readonly attachment?: string | null
  readonly attachment_type?: string
  readonly categories?: readonly (string | LabelDescription)[]
  readonly allow_multiple?: boolean
  readonly taxonomies?: Readonly<Record<string, unknown>> | null
}

export interface Response {
  readonly category: string | readonly string[]
}

export type View = CategoryView
