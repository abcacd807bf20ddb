/** What an open page is told of one message of its reader. */
export interface Notice {
  readonly id: string
  readonly code: string
  readonly title: string
  readonly text: string
  readonly url: string
  /** The banner in which it is said at once; empty where it only counts as a message. */
  readonly tone: string
  readonly unread: number
}

/** What of EventSource is used. */
export interface Source {
  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void
  close(): void
}

/** The browser, or a test in its place. */
export interface Surroundings {
  open(url: string): Source
  after(delayMs: number, action: () => void): () => void
  chance(): number
  readonly memory: { get(): string; set(id: string): void }
}

export interface Listener {
  notice(notice: Notice): void
  unread(count: number): void
}

const FIRST_WAIT_MS = 1000
/** So often it is asked about every second: what was killed is there again after a few, on a busy machine after ten. */
const QUICK = 15
const LONGEST_WAIT_MS = 300_000
/** Somebody who looks into another tab for a moment keeps the stream. */
const HIDDEN_MS = 5000
const REMEMBERED = 50

/** After some quick tries twice as long each time, and spread, so that all who were cut off do not come back at once. */
export const waitAfter = (failures: number, chance: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures + 1 - QUICK)) * (0.2 + 0.8 * chance)

/** Holds a stream while the page is seen; where there is none, asks ever more rarely. */
export class Live {
  private readonly url: string
  private readonly listener: Listener
  private readonly around: Surroundings
  private readonly told: string[] = []
  private source: Source | null = null
  private failures = 0
  private cancel: (() => void) | null = null

  constructor(url: string, listener: Listener, around: Surroundings) {
    this.url = url
    this.listener = listener
    this.around = around
  }

  shown(): void {
    this.stopWaiting()
    if (!this.source) this.open()
  }

  hidden(): void {
    this.stopWaiting()
    this.cancel = this.around.after(HIDDEN_MS, () => this.close())
  }

  close(): void {
    this.stopWaiting()
    this.source?.close()
    this.source = null
  }

  private stopWaiting(): void {
    this.cancel?.()
    this.cancel = null
  }

  private open(): void {
    const after = this.around.memory.get()
    const source = this.around.open(after ? `${this.url}?after=${encodeURIComponent(after)}` : this.url)
    this.source = source
    // one that was replaced meanwhile says nothing any more
    const on = (kind: string, heard: (event: MessageEvent<string>) => void): void =>
      source.addEventListener(kind, (event) => {
        if (this.source === source) heard(event)
      })
    on('hello', (event) => {
      this.failures = 0
      this.remember(event)
      const hello = JSON.parse(event.data) as { unread: number }
      this.listener.unread(hello.unread)
    })
    on('notice', (event) => {
      this.remember(event)
      this.tell(JSON.parse(event.data) as Notice)
    })
    // EventSource gives up on some answers and comes back at once after others: both are ours to decide
    on('error', () => this.again())
  }

  private remember(event: MessageEvent<string>): void {
    if (event.lastEventId) this.around.memory.set(event.lastEventId)
  }

  private tell(notice: Notice): void {
    if (this.told.includes(notice.id)) return
    this.told.push(notice.id)
    if (this.told.length > REMEMBERED) this.told.shift()
    this.listener.unread(notice.unread)
    this.listener.notice(notice)
  }

  private again(): void {
    this.close()
    this.cancel = this.around.after(waitAfter(this.failures, this.around.chance()), () => this.open())
    this.failures += 1
  }
}
