const IDLE_AFTER_MS = 30_000

/**
 * Adds up the time in which somebody worked: from one input to the next, but never more than 30 seconds of silence,
 * and nothing while the page is hidden.
 */
export class ActivityMeter {
  private readonly clock: () => number
  private total = 0
  private last: number | null = null
  private fresh = false

  constructor(clock: () => number = () => performance.now()) {
    this.clock = clock
  }

  /** Somebody typed, clicked or moved the pointer. */
  input(): void {
    const now = this.clock()
    if (this.last !== null) this.total += Math.min(now - this.last, IDLE_AFTER_MS)
    this.last = now
    this.fresh = true
  }

  hidden(): void {
    this.settle()
    this.last = null
  }

  /** Active milliseconds so far, the current stretch included. */
  get activeMs(): number {
    this.settle()
    return Math.round(this.total)
  }

  /** Whether there was input since the last time that this was asked. */
  takeFresh(): boolean {
    const fresh = this.fresh
    this.fresh = false
    return fresh
  }

  private settle(): void {
    if (this.last === null) return
    const now = this.clock()
    const silence = now - this.last
    this.total += Math.min(silence, IDLE_AFTER_MS)
    this.last = silence >= IDLE_AFTER_MS ? null : now
  }
}
