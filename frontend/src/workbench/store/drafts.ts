import { Cell } from './cell'
import { sameJson } from './json'
import type { ServerDraft } from './payload'
import { Scope } from './scope'

const SAVE_AFTER_MS = 2000
const SAVE_WITHIN_MS = 5000
const LONGEST_WAIT_MS = 30_000
/** A held key changes the document thirty times a second: writing it here each time would make it stutter. */
const KEEP_AGAIN_AFTER_MS = 150

/** A draft on this computer: made on top of the server's revision `base`. */
export interface LocalDraft {
  readonly id: string
  readonly base: number
  readonly document: unknown
  readonly changedAt: number
}

export interface LocalDrafts {
  get(id: string): Promise<LocalDraft | undefined>
  put(draft: LocalDraft): Promise<void>
  remove(id: string): Promise<void>
}

export type SaveAnswer =
  | { readonly at: 'saved'; readonly revision: number; readonly savedAt: string }
  | { readonly at: 'conflict'; readonly theirs: ServerDraft }
  | { readonly at: 'away' }
  | { readonly at: 'refused'; readonly message: string }

export type SaveDraft = (id: string, revision: number, document: unknown, keepalive: boolean) => Promise<SaveAnswer>

export type Saved =
  | { readonly word: 'none' }
  | { readonly word: 'saved'; readonly at: number }
  | { readonly word: 'saving' }
  | { readonly word: 'kept' }
  | { readonly word: 'failed'; readonly why: string }

export interface Conflict {
  readonly theirs: ServerDraft
  readonly mine: unknown
}

export type Opened =
  | { readonly from: 'nothing' }
  | { readonly from: 'server' | 'here'; readonly document: unknown }
  | { readonly from: 'both'; readonly mine: unknown; readonly theirs: ServerDraft }

/** Which draft to open: what is kept here wins unless the server has moved on since. */
export async function openDraft(local: LocalDrafts, id: string, server: ServerDraft | null): Promise<Opened> {
  const here = await local.get(id).catch(() => undefined)
  if (here && here.base >= (server?.revision ?? 0)) return { from: 'here', document: here.document }
  const apart = here && server && !sameJson(here.document, server.document)
  if (apart) return { from: 'both', mine: here.document, theirs: server }
  return server ? { from: 'server', document: server.document } : { from: 'nothing' }
}

/**
 * Keeps one assignment's draft: on this computer at each change, on the server within five seconds.
 *
 * One request is under way at a time; what changes meanwhile goes with the next. While the server is away it is
 * tried again with growing pauses, and at once when `retry` is called.
 */
export class DraftKeeper {
  readonly saved = new Cell<Saved>({ word: 'none' })
  readonly conflict = new Cell<Conflict | null>(null)
  private readonly scope = new Scope()
  private readonly id: string
  private readonly local: LocalDrafts
  private readonly save: SaveDraft
  private revision: number
  private read: () => unknown = () => null
  private cancelKeep: (() => void) | null = null
  private dirty = false
  private firstChange = 0
  private failures = 0
  private localFault = false
  private deaf = false
  /** What was sent last without an answer: the server may have it. */
  private lost: unknown = null
  private busy: Promise<void> | null = null
  private cancelTimer: (() => void) | null = null

  constructor(id: string, revision: number, local: LocalDrafts, save: SaveDraft) {
    this.id = id
    this.revision = revision
    this.local = local
    this.save = save
  }

  /** The document has changed; it is read when it is written or sent, not at each change. */
  changed(read: () => unknown): void {
    if (this.deaf) return
    if (!this.dirty) this.firstChange = Date.now()
    this.read = read
    this.dirty = true
    this.keepSoon()
    if (this.busy === null && this.failures === 0) {
      this.schedule(Math.max(0, Math.min(SAVE_AFTER_MS, this.firstChange + SAVE_WITHIN_MS - Date.now())))
    }
  }

  /** Sends what is not yet sent and waits for the answer. */
  async flush(): Promise<void> {
    this.cancelTimer?.()
    if (this.busy) await this.busy
    if (this.dirty && !this.conflict.get()) await this.send(false)
  }

  /** The page goes away: one last request, which outlives it; small enough for what browsers allow. */
  flushOnHide(): void {
    if (!this.dirty || this.conflict.get()) return
    const document = this.read()
    this.write(document)
    if (new Blob([JSON.stringify(document)]).size > 60_000) return
    void this.save(this.id, this.revision, document, true).catch(() => undefined)
  }

  /** The connection or the session is back. */
  retry(): void {
    this.failures = 0
    if (this.dirty) this.schedule(0)
  }

  keepMine(): void {
    const conflict = this.conflict.get()
    if (!conflict) return
    this.revision = conflict.theirs.revision
    this.conflict.set(null)
    const { mine } = conflict
    this.read = () => mine
    this.dirty = true
    this.write(mine)
    this.schedule(0)
  }

  /** Drops what is here; the caller shows theirs. */
  takeTheirs(): void {
    const conflict = this.conflict.get()
    if (!conflict) return
    this.revision = conflict.theirs.revision
    this.conflict.set(null)
    this.dirty = false
    void this.local.remove(this.id).catch(() => undefined)
    this.saved.set({ word: 'saved', at: Date.now() })
  }

  /** Runs what changes the document without its being the author's change. */
  withoutSaving(change: () => void): void {
    this.deaf = true
    change()
    this.deaf = false
  }

  /** The answer was handed in: nothing of it needs to stay here. */
  async forget(): Promise<void> {
    this.close()
    this.dirty = false
    await this.local.remove(this.id).catch(() => undefined)
  }

  close(): void {
    this.scope.close()
  }

  private keepSoon(): void {
    if (this.cancelKeep) return // what changes until then is written with it
    this.write(this.read())
    const written = this.read
    this.cancelKeep = this.scope.after(KEEP_AGAIN_AFTER_MS, () => {
      this.cancelKeep = null
      if (this.dirty && this.read !== written) this.keepSoon()
    })
  }

  private write(document: unknown): void {
    const draft = { id: this.id, base: this.revision, document, changedAt: Date.now() }
    this.local.put(draft).then(
      () => (this.localFault = false),
      () => (this.localFault = true),
    )
  }

  private schedule(delayMs: number): void {
    this.cancelTimer?.()
    if (this.scope.closed) return
    this.cancelTimer = this.scope.after(delayMs, () => {
      this.cancelTimer = null
      if (this.dirty && this.busy === null && !this.conflict.get()) void this.send(false)
    })
  }

  private async send(keepalive: boolean): Promise<void> {
    const sent = this.read()
    this.dirty = false
    this.saved.set({ word: 'saving' })
    this.busy = this.save(this.id, this.revision, sent, keepalive).then((answer) => this.answered(answer, sent))
    await this.busy
    this.busy = null
    if (this.dirty && !this.conflict.get()) this.schedule(this.waitMs())
  }

  private answered(answer: SaveAnswer, sent: unknown): void {
    if (answer.at === 'saved') this.stored(answer.revision)
    else if (answer.at === 'conflict' && sameJson(answer.theirs.document, sent)) this.stored(answer.theirs.revision)
    else if (answer.at === 'conflict' && this.lost !== null && sameJson(answer.theirs.document, this.lost)) {
      this.revision = answer.theirs.revision
      this.lost = null
      this.dirty = true
    } else if (answer.at === 'conflict') {
      this.dirty = true
      this.conflict.set({ theirs: answer.theirs, mine: this.read() })
      this.saved.set({ word: 'kept' })
    } else {
      this.dirty = true
      this.failures += 1
      if (answer.at === 'away') this.lost = sent
      const why = answer.at === 'refused' ? answer.message : ''
      const kept = answer.at === 'away' && !this.localFault
      this.saved.set(kept ? { word: 'kept' } : { word: 'failed', why })
    }
  }

  private stored(revision: number): void {
    this.failures = 0
    this.lost = null
    this.revision = revision
    this.saved.set({ word: 'saved', at: Date.now() })
    if (this.dirty) {
      this.firstChange = Date.now()
      this.write(this.read()) // on top of the revision that the server has now
    } else void this.local.remove(this.id).catch(() => undefined)
  }

  private waitMs(): number {
    return this.failures === 0 ? SAVE_AFTER_MS : Math.min(LONGEST_WAIT_MS, 1000 * 2 ** this.failures)
  }
}
