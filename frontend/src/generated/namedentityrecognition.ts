// Written by `python -m task_types.schema` from the server's models; not to be edited.

export interface Attribute {
  readonly type?: string
  readonly description?: string
  readonly choices?: readonly (string | LabelDescription)[]
  readonly allow_multiple?: boolean
  readonly required?: boolean
  readonly global?: boolean
  readonly min?: number | null
  readonly max?: number | null
  readonly conditions?: Conditions | null
}

export interface AttributeView {
  readonly key: string
  readonly type: string
  readonly description: string
  readonly choices: readonly ShownChoice[]
  readonly allow_multiple: boolean
  readonly required: boolean
  readonly global: boolean
  readonly min: number | null
  readonly max: number | null
  readonly labels: readonly string[] | null
}

/** Lists mean any of; the members of attribute_conditions all have to hold. */
export interface Conditions {
  readonly label_condition?: LabelCondition | null
  readonly attribute_conditions?: readonly (Readonly<Record<string, readonly unknown[]>>)[]
}

export interface Entity {
  readonly id: string
  readonly start: number
  readonly end: number
  readonly text: string
  readonly label: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

export interface EntityLabelView {
  readonly name: string
  readonly display: string
  readonly description: string
  readonly color: number
  readonly hotkey: string | null
}

export interface EntityView {
  readonly text: string
  readonly merge_newlines: boolean
  readonly labels: readonly EntityLabelView[]
  readonly relations: readonly RelationView[]
  readonly attributes: readonly AttributeView[]
}

export interface LabelCondition {
  readonly label?: readonly string[]
}

/** A choice with a shown name; one with subchoices only leads to them, answers hold the leaves. */
export interface LabelDescription {
  readonly choice: string
  readonly display?: string | null
  readonly subchoices?: readonly (string | LabelDescription)[]
}

/** A label as named entities have it; `attributes` are those that only its entities have. */
export interface NamedLabel {
  readonly name: string
  readonly description?: string
  readonly display?: string | null
  readonly attributes?: Readonly<Record<string, Attribute>>
}

export interface Params {
  readonly text?: string
  readonly labels: readonly (string | NamedLabel | LabelDescription)[]
  readonly merge_newlines?: boolean
  readonly relationships?: readonly Relation[]
  readonly annotation_attributes?: Readonly<Record<string, Attribute>>
}

/** What one entity can be to another; a label that is not said stands for any. */
export interface Relation {
  readonly name?: string
  readonly is_directed?: boolean
  readonly source_label?: string | null
  readonly target_label?: string | null
}

export interface RelationView {
  readonly name: string
  readonly is_directed: boolean
  readonly source_label: string | null
  readonly target_label: string | null
}

export interface Relationship {
  readonly id: string
  readonly source_ref: string
  readonly target_ref: string
  readonly name?: string
}

export interface Response {
  readonly annotations: readonly Entity[]
  readonly relationships?: readonly Relationship[]
  readonly global_attributes?: Readonly<Record<string, unknown>>
}

export interface ShownChoice {
  readonly name: string
  readonly display: string
}

export type View = EntityView
