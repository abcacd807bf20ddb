// Written by `python -m task_types.schema` from the server's models; not to be edited.

export interface ContentView {
  readonly kind: string
  readonly text?: string
}

export interface FieldAnswer {
  readonly type: string
  readonly field_id: string
  readonly response: readonly (readonly (string | number | boolean)[])[]
}

export interface FieldView {
  readonly key: string
  readonly type: string
  readonly title: string
  readonly description: string
  readonly required: boolean
  readonly choices: readonly ShownChoice[]
  readonly allow_multiple: boolean
  readonly min: number | null
  readonly max: number | null
  readonly max_length: number | null
}

export interface FormField {
  readonly type: string
  readonly field_id: string
  readonly title?: string
  readonly description?: string
  readonly required?: boolean
  readonly choices?: readonly (string | ValueChoice | LabelDescription)[]
  readonly min?: number | null
  readonly max?: number | null
  readonly max_length?: number | null
  readonly allow_multiple?: boolean | null
  readonly min_choices?: number | null
  readonly max_choices?: number | null
}

export interface FormView {
  readonly content: ContentView
  readonly fields: readonly FieldView[]
}

/** A choice with a shown name; one with subchoices only leads to them, answers hold the leaves. */
export interface LabelDescription {
  readonly choice: string
  readonly display?: string | null
  readonly subchoices?: readonly (string | LabelDescription)[]
}

export interface Params {
  readonly attachments?: readonly TextAttachment[]
  readonly fields: readonly FormField[]
}

export interface Response {
  readonly annotations: Readonly<Record<string, FieldAnswer>>
}

export interface ShownChoice {
  readonly name: string
  readonly display: string
}

export interface TextAttachment {
  readonly type?: string
  readonly content?: string
}

/** Text collection's spelling of a choice. */
export interface ValueChoice {
  readonly label: string
  readonly value: string | number | boolean
}

export type View = FormView
