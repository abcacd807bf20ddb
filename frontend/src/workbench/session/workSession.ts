import { Cell } from '../store/cell'
import { DraftKeeper, openDraft, type SaveDraft } from '../store/drafts'
import type { Finding } from '../store/findings'
import { isRecord, listIn, textIn } from '../store/json'
import { type EmptyReason, type Next, type Payload, readPayload, type Receipt, type ServerDraft } from '../store/payload'
import { Scope } from '../store/scope'
import { Ahead } from './ahead'
import { Api, ApiError, Away, SignedOut } from './api'
import type { PageConfig } from './config'
import { extendLease, startHeart } from './heart'
import { Kept } from './kept'
import { OpenTask } from './openTask'
import { handIn, resend } from './submitting'
import type { AnyKind } from './taskKind'

const RESERVE_AFTER_MS = 1500
/** Everybody without work hears at once that it goes on. */
const LOOK_AGAIN_MS = 2000

export type Screen =
  | { readonly at: 'loading' }
  | { readonly at: 'task'; readonly task: OpenTask }
  | { readonly at: 'empty'; readonly reason: EmptyReason }
  | { readonly at: 'gone'; readonly message: string }

export type Said =
  | { readonly what: 'receipt'; readonly receipt: Receipt; readonly correctable: boolean }
  | { readonly what: 'preview' }
  | { readonly what: 'verdict' }
  | { readonly what: 'returned' }

/** The answer that was handed in last, which may be corrected for some minutes. */
export interface Last {
  readonly payload: Payload
  readonly document: object
  readonly receipt: Receipt
}

type Returned = 'skip' | 'report' | 'release'

/** Goes from task to task: takes, keeps, hands in. The only place that speaks with the server. */
export class WorkSession {
  readonly api = new Api()
  readonly screen = new Cell<Screen>({ at: 'loading' })
  readonly said = new Cell<{ readonly said: Said; readonly at: number } | null>(null)
  readonly last = new Cell<Last | null>(null)
  readonly config: PageConfig
  private readonly load: (type: string) => Promise<AnyKind>
  private readonly kept: Kept
  private readonly ahead: Ahead
  private readonly scope = new Scope()
  private parked: Screen | null = null

  constructor(
    config: PageConfig,
    load: (type: string) => Promise<AnyKind>,
    preload: (url: string) => Promise<void>,
  ) {
    this.config = config
    this.load = load
    this.kept = new Kept(config.owner)
    this.ahead = new Ahead(this.api, config.reserveUrl, config.wish, load, preload)
  }

  get task(): OpenTask | null {
    const screen = this.screen.get()
    return screen.at === 'task' ? screen.task : null
  }

  async start(): Promise<void> {
    this.listen()
    const { embedded, assignment } = this.config
    if (embedded) {
      this.show(new OpenTask(await this.load(embedded.type), embedded, null))
      return
    }
    void resend(this.api, this.kept.pending)
    if (assignment) await this.openAssignment(assignment)
    else await this.next()
  }

  urlOf(task: OpenTask): string {
    return `${this.config.assignmentsUrl}${task.payload.id}`
  }

  async next(): Promise<void> {
    try {
      const answer = (await this.api.insist(() => this.api.post(this.config.nextUrl, this.config.wish))) as Next
      if (answer.state === 'assigned') await this.arrived(readPayload(answer.assignment))
      else if (answer.state === 'empty') this.leave({ at: 'empty', reason: answer.reason })
      else this.scope.after(Math.max(0.2, answer.retry_after_s) * 1000, () => void this.next())
    } catch (fault) {
      this.refused(fault)
    }
  }

  /** Hands in what is on the screen. Returns the findings that forbid it. */
  async submit(options: { stop: boolean }): Promise<readonly Finding[]> {
    const { task } = this
    if (!task || task.state.get().submitting !== 'no' || task.stop) return []
    const findings = task.judging && task.verdict.get().choice !== 'fixed' ? [] : task.findings()
    task.state.patch({ tried: true, refusal: null })
    if (findings.length > 0) return findings
    if (task.payload.mode === 'preview' || task.payload.mode === 'read_only') {
      this.say({ what: 'preview' })
      return []
    }
    task.state.patch({ submitting: 'sending' })
    try {
      if (task.payload.mode === 'audit') await this.sendVerdict(task)
      else await this.sendAnswer(task, options.stop)
      return []
    } catch (fault) {
      return this.notTaken(task, fault)
    } finally {
      task.state.patch({ submitting: 'no' })
    }
  }

  /** Gives the task back; returns why not, or null. */
  async giveBack(how: Returned, body: Readonly<Record<string, string>>): Promise<string | null> {
    const { task } = this
    if (!task) return null
    try {
      await task.keeper?.flush()
      await this.api.post(`${this.urlOf(task)}/${how}`, body)
    } catch (fault) {
      if (fault instanceof ApiError) return fault.message
      if (fault instanceof Away || fault instanceof SignedOut) return ''
      throw fault
    }
    if (how === 'release') this.goHome()
    else {
      this.say({ what: 'returned' })
      await this.forward()
    }
    return null
  }

  async extend(): Promise<string | null> {
    return this.task ? extendLease(this.api, this.task, this.urlOf(this.task)) : null
  }

  /** Opens the answer that was handed in last, to correct it. */
  async correctLast(): Promise<void> {
    const last = this.last.get()
    if (!last || this.task?.amends) return
    this.parked = this.screen.get()
    const kind = await this.load(last.payload.type)
    this.screen.set({ at: 'task', task: new OpenTask(kind, { ...last.payload, pauses: [] }, last.document, last.receipt) })
  }

  stopCorrecting(): void {
    this.task?.close()
    this.screen.set(this.parked ?? { at: 'loading' })
    this.parked = null
  }

  /** Gets fresh media addresses, once for each time they fail. */
  async renew(): Promise<Payload | null> {
    const { task } = this
    if (!task || this.config.embedded) return null
    try {
      const payload = readPayload(await this.api.get(this.urlOf(task)))
      task.renewed(payload)
      return payload
    } catch {
      return null
    }
  }

  goHome(): void {
    this.task?.keeper?.flushOnHide()
    location.assign(this.config.home)
  }

  dismiss(): void {
    this.said.set(null)
  }

  private listen(): void {
    const { scope, api } = this
    const input = (): void => this.task?.activity.input()
    for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'input']) {
      scope.listen(window, type, input, { passive: true, capture: true })
    }
    scope.listen(document, 'visibilitychange', () => {
      if (document.hidden) this.task?.activity.hidden()
    })
    if (this.config.embedded?.mode === 'preview') return
    scope.listen(document, 'plumbline:notice', () => {
      if (this.screen.get().at === 'empty') scope.after(Math.random() * LOOK_AGAIN_MS, () => void this.lookAgain())
    })
    scope.listen(window, 'pagehide', () => this.task?.keeper?.flushOnHide())
    scope.listen(window, 'offline', () => api.setOnline(false))
    scope.listen(window, 'online', () => api.setOnline(true))
    const retry = (): void => {
      if (api.connection.get().online && !api.signedOut.get()) this.task?.keeper?.retry()
    }
    scope.add(api.connection.subscribe(retry))
    scope.add(api.signedOut.subscribe(retry))
  }

  private async lookAgain(): Promise<void> {
    if (this.screen.get().at === 'empty') await this.next()
  }

  private async openAssignment(id: string): Promise<void> {
    try {
      const url = `${this.config.assignmentsUrl}${id}`
      const payload = readPayload(await this.api.insist(() => this.api.get(url)))
      if (payload.status === 'active' || payload.status === 'expired' || payload.mode === 'read_only') {
        await this.open(payload)
      } else await this.next()
    } catch (fault) {
      this.refused(fault)
    }
  }

  /** The server's word on what is ours now; the task shown ahead of it stays when it is the same. */
  private async arrived(payload: Payload): Promise<void> {
    const { task } = this
    const shown = task?.amends && this.parked?.at === 'task' ? this.parked.task : task
    if (shown && shown.payload.id === payload.id) {
      shown.renewed(payload)
      if (!shown.keeper) await this.keep(shown)
      this.begin(shown)
    } else await this.open(payload)
  }

  private async open(payload: Payload): Promise<void> {
    const kind = await this.load(payload.type)
    const opened = payload.mode === 'read_only' ? null : await openDraft(this.kept.drafts, payload.id, payload.draft)
    const view = kind.readView(payload.view, payload)
    const { start, conflict } = OpenTask.startOf(
      opened ?? (payload.draft ? { from: 'server', document: payload.draft.document } : { from: 'nothing' }),
      kind,
      view,
    )
    const task = new OpenTask(kind, payload, start)
    if (payload.mode !== 'read_only') await this.keep(task)
    if (conflict) task.keeper?.conflict.set(conflict)
    if (opened?.from === 'here') task.keeper?.changed(() => task.response)
    this.show(task)
    this.begin(task)
  }

  private async keep(task: OpenTask): Promise<void> {
    const save: SaveDraft = async (id, revision, document, keepalive) => {
      try {
        const url = `${this.config.assignmentsUrl}${id}/draft`
        const answer = await this.api.put(url, { revision, document }, keepalive)
        const saved = isRecord(answer) ? answer : {}
        return { at: 'saved', revision: Number(saved['revision'] ?? revision + 1), savedAt: textIn(saved['saved_at']) }
      } catch (fault) {
        if (fault instanceof Away || fault instanceof SignedOut) return { at: 'away' }
        if (!(fault instanceof ApiError)) throw fault
        const theirs = fault.code === 'draft_conflict' ? fault.body['draft'] : null
        if (isRecord(theirs)) return { at: 'conflict', theirs: theirs as unknown as ServerDraft }
        return { at: 'refused', message: fault.message }
      }
    }
    const { payload, store, scope } = task
    const keeper = new DraftKeeper(payload.id, payload.draft?.revision ?? 0, this.kept.drafts, save)
    task.keeper = keeper
    if (payload.draft) keeper.saved.set({ word: 'saved', at: Date.parse(payload.draft.saved_at) || Date.now() })
    scope.add(store.subscribe(() => keeper.changed(() => task.response)))
  }

  /** From here on the assignment is surely ours: heartbeats, and the next one reserved. */
  private begin(task: OpenTask): void {
    if (task.payload.mode === 'read_only') return
    startHeart(this.api, task, this.urlOf(task))
    task.scope.after(RESERVE_AFTER_MS, () => void this.ahead.fetch(task.payload.id))
  }

  private show(task: OpenTask): void {
    const before = this.task
    if (before && before !== task) before.close()
    this.screen.set({ at: 'task', task })
  }

  private leave(screen: Screen): void {
    this.task?.close()
    this.screen.set(screen)
  }

  private async sendAnswer(task: OpenTask, stop: boolean): Promise<void> {
    const document = task.store.get()
    const url = this.urlOf(task)
    const { pending } = this.kept
    const active = task.activity.activeMs
    if (task.amends) {
      const receipt = await handIn(this.api, pending, task.payload.id, `${url}/amend`, { response: task.response })
      this.receipted(task, document, receipt)
      this.stopCorrecting()
      return
    }
    const [verb, body] = task.judging
      ? (['review', verdictBody(task)] as const)
      : (['submit', { response: task.response }] as const)
    const receipt = await handIn(this.api, pending, task.payload.id, `${url}/${verb}`, { ...body, active_ms: active })
    void task.keeper?.forget()
    this.receipted(task, document, receipt)
    if (stop) location.assign(this.config.home)
    else await this.forward()
  }

  private receipted(task: OpenTask, document: object, receipt: Receipt): void {
    const correctable = !task.judging && receipt.amend_until !== null && Date.parse(receipt.amend_until) > Date.now()
    this.last.set(correctable ? { payload: task.payload, document, receipt } : null)
    this.say({ what: 'receipt', receipt, correctable })
  }

  private async sendVerdict(task: OpenTask): Promise<void> {
    const answer = await this.api.post(this.config.verdictUrl, verdictBody(task))
    this.say({ what: 'verdict' })
    const next = isRecord(answer) ? textIn(answer['next']) : ''
    location.assign(next.startsWith('/') && !next.startsWith('//') ? next : this.config.home)
  }

  /** Shows the reserved task at once and lets the server confirm it; without one, waits for the server. */
  private async forward(): Promise<void> {
    const payload = this.ahead.take()
    if (payload) {
      const kind = await this.load(payload.type)
      const view = kind.readView(payload.view, payload)
      const opened = await openDraft(this.kept.drafts, payload.id, payload.draft)
      const { start, conflict } = OpenTask.startOf(opened, kind, view)
      const task = new OpenTask(kind, payload, start)
      await this.keep(task)
      if (conflict) task.keeper?.conflict.set(conflict)
      this.show(task)
    }
    await this.next()
  }

  private notTaken(task: OpenTask, fault: unknown): readonly Finding[] {
    if (!(fault instanceof ApiError)) throw fault
    if (fault.code === 'findings') {
      const found = listIn(fault.body['findings']) as readonly Finding[]
      task.state.patch({ serverFindings: found })
      return found
    }
    task.state.patch({ refusal: fault.message || fault.code })
    return []
  }

  private refused(fault: unknown): void {
    this.leave({ at: 'gone', message: fault instanceof ApiError ? fault.message : '' })
    if (!(fault instanceof ApiError)) throw fault
  }

  private say(said: Said): void {
    this.said.set({ said, at: Date.now() })
  }
}

function verdictBody(task: OpenTask): Readonly<Record<string, unknown>> {
  const { choice, reasonClass, comment, evidence } = task.verdict.get()
  if (choice === 'fixed') return { verdict: choice, response: task.response }
  if (choice === 'rejected') return { verdict: choice, reason_class: reasonClass, comment, evidence }
  return { verdict: choice }
}

export type { Receipt }
