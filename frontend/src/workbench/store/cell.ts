/** One observable value; the pair (subscribe, get) is what useSyncExternalStore reads. */
export interface Readable<T> {
  get(): T
  subscribe(listener: () => void): () => void
}

export class Cell<T> implements Readable<T> {
  private readonly listeners = new Set<() => void>()
  private value: T

  constructor(value: T) {
    this.value = value
  }

  readonly get = (): T => this.value

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  set(value: T): void {
    if (Object.is(value, this.value)) return
    this.value = value
    for (const listener of Array.from(this.listeners)) listener()
  }

  /** Changes some fields; nothing is told when all of them are what they were. */
  patch(fields: Partial<T>): void {
    const changed = (Object.keys(fields) as (keyof T)[]).some((key) => !Object.is(this.value[key], fields[key]))
    if (changed) this.set({ ...this.value, ...fields })
  }
}
