import type { ReactNode } from 'react'
import type { Cell } from '../store/cell'
import type { Finding } from '../store/findings'
import type { DocumentStore } from '../store/history'
import type { Media, Reason } from '../store/payload'
import type { Verdict } from '../session/openTask'
import type { TaskKind } from '../session/taskKind'
import type { Shortcuts } from './shortcuts'

/** What the workbench offers to the view of a kind of work. */
export interface Bench {
  /** `judge`: a verdict panel stands where the side panels would. */
  readonly layout: 'bench' | 'judge'
  readonly editable: boolean
  readonly judging: boolean
  readonly verdict: Cell<Verdict>
  readonly shortcuts: Shortcuts
  readonly media: readonly Media[]
  /** Why an answer was rejected, while its author corrects it. */
  readonly reason: Reason | null
  /** Empty until somebody has tried to hand in. */
  readonly findings: readonly Finding[]
  /** The finding that the view should go to. */
  readonly target: Cell<Finding | null>
  readonly announce: (text: string) => void
  /** Asks for fresh media addresses after one failed. */
  readonly renew: () => Promise<readonly Media[] | null>
  /** Shown to tests only. */
  readonly expose: (name: string, thing: unknown) => void
}

export interface ViewProps<V, D extends object> {
  readonly view: V
  readonly store: DocumentStore<D>
  /** The answer under review, or the author's rejected one. */
  readonly subject: D | null
  readonly bench: Bench
}

/** A kind of work with its view: tools, stage and side panels, as children of the workbench's grid. */
export interface Plugin<V, D extends object> extends TaskKind<V, D> {
  View(props: ViewProps<V, D>): ReactNode
}

export type AnyPlugin = Plugin<unknown, object>

/** Hides the types of one kind of work; whoever calls passes back only what the plugin itself made. */
export const definePlugin = <V, D extends object>(plugin: Plugin<V, D>): AnyPlugin => plugin as unknown as AnyPlugin
