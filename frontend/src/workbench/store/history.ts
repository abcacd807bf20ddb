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

/** A step that put whole members in place: the documents share all else, so that both may be kept. */
interface Swap<D> {
  readonly label: string
  readonly mergeKey: string | null
  readonly at: number
  readonly before: D
  readonly after: D
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
  private done: (Step | Swap<D>)[] = []
  private undone: (Step | Swap<D>)[] = []

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

  /**
   * Puts whole members in place: for long lists, in which patches and the search for drafts would cost more than the
   * change.
   */
  put(label: string, fields: Partial<D>, mergeKey: string | null = null): void {
    const before = this.document
    const after = { ...before, ...fields }
    const last = this.done.at(-1)
    const merges = last && 'before' in last && this.merges(last, mergeKey)
    const step = { label, mergeKey, at: this.clock(), before: merges ? last.before : before, after }
    if (merges) this.done[this.done.length - 1] = step
    else this.push(step)
    this.undone = []
    this.show(after)
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
    this.show('before' in step ? step.before : patched(this.document, step.back))
    return step.label
  }

  redo(): string | null {
    const step = this.undone.pop()
    if (!step) return null
    this.done.push({ ...step, mergeKey: null })
    this.show('before' in step ? step.after : patched(this.document, step.forward))
    return step.label
  }

  get history(): HistoryState {
    return { undo: this.done.at(-1)?.label ?? null, redo: this.undone.at(-1)?.label ?? null }
  }

  private record(step: Step): void {
    const last = this.done.at(-1)
    if (last && 'forward' in last && this.merges(last, step.mergeKey)) {
      const forward = [...last.forward, ...step.forward]
      this.done[this.done.length - 1] = { ...step, forward, back: [...step.back, ...last.back] }
      return
    }
    this.push(step)
  }

  private merges(last: Step | Swap<D>, mergeKey: string | null): boolean {
    return mergeKey !== null && last.mergeKey === mergeKey && this.clock() - last.at <= MERGE_WITHIN_MS
  }

  private push(step: Step | Swap<D>): void {
    this.done.push(step)
    if (this.done.length > MOST_STEPS) this.done.shift()
  }

  private show(document: D): void {
    this.document = document
    for (const listener of Array.from(this.listeners)) listener()
  }
}

const patched = <D extends object>(document: D, steps: readonly Patches[]): D =>
  steps.reduce<D>((now, patches) => apply(now, patches) as D, document)
