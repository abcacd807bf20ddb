import type { Finding } from '../store/findings'
import type { Json } from '../store/json'
import type { Payload } from '../store/payload'

/** One line of an answer, as a reviewer reads it. */
export interface Row {
  readonly key: string
  readonly title: string
  readonly detail: string
  /** Index of the label colour, where there is one. */
  readonly color: number | null
}

export interface Difference {
  readonly key: string
  readonly title: string
  readonly before: string | null
  readonly after: string | null
  /** Overlap of shapes, 0 to 1; null where there is nothing to overlap. */
  readonly overlap: number | null
  readonly same: boolean
}

/** What a kind of work knows of its data. No network and no page: data in, document out. */
export interface TaskKind<V, D extends object> {
  readonly type: string
  /** Whether it can be done on a phone. */
  readonly phone: boolean
  /** Whether answers are shapes on a picture, to which a reviewer can point. */
  readonly drawn?: boolean
  /** Whether answers lie in a text, to whose objects a reviewer can point. */
  readonly written?: boolean
  /** What keys do in this kind of work, by the id of their binding, where it is not the usual; null: nothing. */
  readonly keys?: Readonly<Record<string, string | null>>
  readView(view: unknown, payload: Payload): V
  empty(view: V): D
  fromResponse(response: unknown, view: V): D
  toResponse(document: D, view: V): Json
  check(document: D, view: V): readonly Finding[]
  summarise(document: D, view: V): readonly Row[]
  diff(before: D, after: D, view: V): readonly Difference[]
}

export type AnyKind = TaskKind<unknown, object>
