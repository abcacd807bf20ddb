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

export interface Box {
  readonly uuid: string
  readonly label: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly type: 'box'
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Lists mean any of; the members of attribute_conditions all have to hold. */
export interface Conditions {
  readonly label_condition?: LabelCondition | null
  readonly attribute_conditions?: readonly (Readonly<Record<string, readonly unknown[]>>)[]
}

export interface Dot {
  readonly uuid: string
  readonly label: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly type: 'point'
  readonly x: number
  readonly y: number
}

export interface Geometry {
  readonly objects_to_annotate: readonly (string | LabelDescription)[]
  readonly min_height?: number
  readonly min_width?: number
  readonly min_vertices?: number | null
  readonly max_vertices?: number | null
  readonly can_rotate?: boolean
}

/** The minimum sizes are there for boxes, the counts of vertices for polygons and lines. */
export interface GeometryView {
  readonly labels: readonly LabelView[]
  readonly min_width?: number
  readonly min_height?: number
  readonly min_vertices?: number
  readonly max_vertices?: number | null
}

export interface ImageView {
  readonly geometries: Readonly<Record<string, GeometryView>>
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

export interface LabelView {
  readonly name: string
  readonly display: string
  readonly color: number
  readonly hotkey: string | null
}

export interface Line {
  readonly uuid: string
  readonly label: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly type: 'line'
  readonly vertices: readonly Vertex[]
}

export interface Params {
  readonly attachment?: string | null
  readonly geometries: Readonly<Record<string, Geometry>>
  readonly annotation_attributes?: Readonly<Record<string, Attribute>>
}

export interface Polygon {
  readonly uuid: string
  readonly label: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly type: 'polygon'
  readonly vertices: readonly Vertex[]
}

export interface Response {
  readonly annotations: readonly (Box | Polygon | Line | Dot)[]
  readonly global_attributes?: Readonly<Record<string, unknown>>
  readonly links?: readonly unknown[]
}

export interface ShownChoice {
  readonly name: string
  readonly display: string
}

export interface Vertex {
  readonly x: number
  readonly y: number
}

export type View = ImageView
