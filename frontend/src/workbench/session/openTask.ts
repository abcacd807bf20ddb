import { ActivityMeter } from '../store/activity'
import { Cell } from '../store/cell'
import type { Conflict, DraftKeeper, Opened } from '../store/drafts'
import type { Finding } from '../store/findings'
import { DocumentStore } from '../store/history'
import { type Lease, readLease } from '../store/lease'
import type { Evidence, Pause, Payload, Receipt } from '../store/payload'
import { Scope } from '../store/scope'
import type { AnyKind } from './taskKind'

export type VerdictChoice = 'accepted' | 'fixed' | 'rejected'

export interface Verdict {
  readonly choice: VerdictChoice | null
  readonly reasonClass: string
  readonly comment: string
  readonly evidence: readonly Evidence[]
  readonly pointing: boolean
  readonly flicked: boolean
}

export interface TaskState {
  readonly lease: Lease | null
  readonly pauses: readonly Pause[]
  /** The server's word when the lease is no longer ours: expired, recalled, released … */
  readonly over: string | null
  readonly overAt: number | null
  readonly submitting: 'no' | 'sending'
  /** Findings are marked from the first try to hand in, or when the server sent them. */
  readonly tried: boolean
  readonly serverFindings: readonly Finding[]
  readonly refusal: string | null
  readonly skipsLeft: number | null
}

const NO_VERDICT: Verdict = {
  choice: null,
  reasonClass: '',
  comment: '',
  evidence: [],
  pointing: false,
  flicked: false,
}

/** One assignment on the screen: its document, its lease, its verdict. */
export class OpenTask {
  readonly kind: AnyKind
  readonly view: unknown
  readonly store: DocumentStore<object>
  /** The answer under review, or the author's rejected one. */
  readonly subject: object | null
  readonly activity = new ActivityMeter()
  readonly verdict = new Cell<Verdict>(NO_VERDICT)
  readonly state: Cell<TaskState>
  readonly scope = new Scope()
  readonly amends: Receipt | null
  payload: Payload
  keeper: DraftKeeper | null = null

  constructor(kind: AnyKind, payload: Payload, start: object | null, amends: Receipt | null = null) {
    this.kind = kind
    this.payload = payload
    this.amends = amends
    this.view = kind.readView(payload.view, payload)
    this.subject = payload.subject ? kind.fromResponse(payload.subject.response, this.view) : null
    this.store = new DocumentStore<object>(start ?? this.subject ?? kind.empty(this.view))
    this.state = new Cell<TaskState>({
      lease: readLease(payload.lease_expires_at, payload.lease_s, payload.server_time, Date.now()),
      pauses: payload.pauses,
      over: null,
      overAt: null,
      submitting: 'no',
      tried: false,
      serverFindings: [],
      refusal: null,
      skipsLeft: payload.skips_left,
    })
  }

  get judging(): boolean {
    return this.payload.mode === 'review' || this.payload.mode === 'audit'
  }

  /** Whether the document may be changed: by its author, or by a reviewer who fixes it. */
  get editable(): boolean {
    if (this.payload.mode === 'read_only') return false
    return !this.judging || this.verdict.get().choice === 'fixed'
  }

  get response(): unknown {
    return this.kind.toResponse(this.store.get(), this.view)
  }

  /** What keeps the answer from being handed in, ours and then the server's. */
  findings(): readonly Finding[] {
    const own = this.kind.check(this.store.get(), this.view)
    return own.length > 0 ? own : this.state.get().serverFindings
  }

  /** The earliest pause that forbids handing in now. */
  get stop(): Pause | null {
    return this.state.get().pauses.find(({ may_submit: may }) => !may) ?? null
  }

  /** The server confirmed or renewed this assignment; what was drawn meanwhile stays. */
  renewed(payload: Payload): void {
    this.payload = payload
    const lease = readLease(payload.lease_expires_at, payload.lease_s, payload.server_time, Date.now())
    this.state.patch({ lease, pauses: payload.pauses, skipsLeft: payload.skips_left })
  }

  /** Shows the draft that won; two that differ are put before their author. */
  static startOf(opened: Opened, kind: AnyKind, view: unknown): { start: object | null; conflict: Conflict | null } {
    if (opened.from === 'nothing') return { start: null, conflict: null }
    if (opened.from !== 'both') return { start: kind.fromResponse(opened.document, view), conflict: null }
    const { mine, theirs } = opened
    return { start: kind.fromResponse(mine, view), conflict: { mine, theirs } }
  }

  close(): void {
    this.scope.close()
    this.keeper?.close()
  }
}
