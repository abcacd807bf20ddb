import { apply, create, type Draft, type Patches } from 'mutative'
import type { Readable } from './cell'

const MERGE_WITHIN_MS = 800
const MOST_STEPS = 500

interface Step {
  readonly label: string
  readonly mergeKey: string | null
  readonly at: number
  readonly forward: readonly Patches[]
  readonly back: readonly Patches[]
}

export interface HistoryState {
  readonly undo: string | null
  readonly redo: string | null
}

/**
 * An immutable document that changes by commands only.
 *
 * Each command leaves forward and inverse patches. Commands with the same merge key within 800 ms are one step
 * to undo, as with a held arrow key.
 */
export class DocumentStore<D extends object> implements Readable<D> {
  private readonly listeners = new Set<() => void>()
  private readonly clock: () => number
  private document: D
  private done: Step[] = []
  private undone: Step[] = []

  constructor(document: D, clock: () => number = () => Date.now()) {
    this.document = document
    this.clock = clock
  }

  readonly get = (): D => this.document

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Runs a command; one that changes nothing leaves no step. */
  run(label: string, recipe: (draft: Draft<D>) => void, mergeKey: string | null = null): void {
    const [next, forward, back] = create(this.document, recipe, { enablePatches: true })
    if (forward.length === 0) return
    this.record({ label, mergeKey, at: this.clock(), forward: [forward], back: [back] })
    this.undone = []
    this.show(next as D)
  }

  /** Puts another document in place as one step that can be undone. */
  replace(label: string, document: D): void {
    this.run(label, (draft) => {
      for (const key of Object.keys(draft)) delete (draft as Record<string, unknown>)[key]
      Object.assign(draft, document)
    })
  }

  undo(): string | null {
    const step = this.done.pop()
    if (!step) return null
    this.undone.push(step)
    this.show(step.back.reduce<D>((document, patches) => apply(document, patches) as D, this.document))
    return step.label
  }

  redo(): string | null {
    const step = this.undone.pop()
    if (!step) return null
    this.done.push({ ...step, mergeKey: null })
    this.show(step.forward.reduce<D>((document, patches) => apply(document, patches) as D, this.document))
    return step.label
  }

  get history(): HistoryState {
    return { undo: this.done.at(-1)?.label ?? null, redo: this.undone.at(-1)?.label ?? null }
  }

  private record(step: Step): void {
    const last = this.done.at(-1)
    const merges = last && step.mergeKey !== null && last.mergeKey === step.mergeKey
    if (merges && step.at - last.at <= MERGE_WITHIN_MS) {
      const forward = [...last.forward, ...step.forward]
      this.done[this.done.length - 1] = { ...step, forward, back: [...step.back, ...last.back] }
      return
    }
    this.done.push(step)
    if (this.done.length > MOST_STEPS) this.done.shift()
  }

  private show(document: D): void {
    this.document = document
    for (const listener of Array.from(this.listeners)) listener()
  }
}
