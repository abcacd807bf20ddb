import { Cell } from '../store/cell'
import { isRecord, textIn } from '../store/json'

/** The server did not answer: no connection, or it is being restarted. */
export class Away extends Error {}

/** The session has ended; signing in again in place continues it. */
export class SignedOut extends Error {}

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, code: string, message: string, body: Readonly<Record<string, unknown>>) {
    super(message)
    this.status = status
    this.code = code
    this.body = body
  }
}

export interface Connection {
  readonly online: boolean
  readonly since: number | null
}

const GATEWAY_FAULTS = new Set([502, 503, 504])

export function csrfToken(cookies: string): string {
  return /(?:^|;\s*)csrftoken=([^;]*)/.exec(cookies)?.[1] ?? ''
}

/** Talks JSON with the server and knows whether it is there and who is signed in. */
export class Api {
  readonly connection = new Cell<Connection>({ online: true, since: null })
  readonly signedOut = new Cell(false)
  private readonly waiting = new Set<() => void>()
  private signIns = 0

  async get(url: string): Promise<unknown> {
    return this.call('GET', url)
  }

  async post(url: string, body: unknown = {}): Promise<unknown> {
    return this.call('POST', url, body)
  }

  async put(url: string, body: unknown, keepalive = false): Promise<unknown> {
    return this.call('PUT', url, body, keepalive)
  }

  /** Tries until the server has answered, over lost connections and ended sessions. */
  async insist<T>(call: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call()
      } catch (fault) {
        if (!(fault instanceof Away) && !(fault instanceof SignedOut)) throw fault
        await this.back(Math.min(15_000, 500 * 2 ** tries))
      }
    }
  }

  /** Signs in without leaving the page; returns what is wrong with the pair, or null. */
  async signIn(login: string, password: string): Promise<string | null> {
    const answer = await this.fetch('/accounts/login/', {
      method: 'POST',
      headers: { 'X-CSRFToken': csrfToken(document.cookie), 'X-Requested-With': 'XMLHttpRequest', Accept: 'application/json' },
      body: new URLSearchParams({ login, password }),
    })
    const body: unknown = await answer.json().catch(() => null)
    if (answer.ok && (!isRecord(body) || 'location' in body)) {
      this.restored()
      return null
    }
    return formError(body)
  }

  setOnline(online: boolean): void {
    const before = this.connection.get()
    if (before.online === online) return
    this.connection.set({ online, since: online ? null : Date.now() })
    if (online) this.wake()
  }

  private restored(): void {
    this.signIns += 1
    this.signedOut.set(false)
    this.wake()
  }

  private wake(): void {
    for (const resume of Array.from(this.waiting)) resume()
  }

  private async back(longestMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const resume = (): void => {
        clearTimeout(timer)
        this.waiting.delete(resume)
        resolve()
      }
      // without a session there is nothing to try: only signing in goes on
      const timer = setTimeout(() => (this.signedOut.get() ? undefined : resume()), longestMs)
      this.waiting.add(resume)
    })
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      const answer = await fetch(url, { credentials: 'same-origin', ...init })
      if (GATEWAY_FAULTS.has(answer.status)) throw new Away(`The server answered ${answer.status}.`)
      this.setOnline(true)
      return answer
    } catch (fault) {
      this.setOnline(false)
      throw fault instanceof Away ? fault : new Away('There is no connection.', { cause: fault })
    }
  }

  private async call(method: string, url: string, body?: unknown, keepalive = false): Promise<unknown> {
    const headers: Record<string, string> = { Accept: 'application/json' }
    if (method !== 'GET') {
      headers['Content-Type'] = 'application/json'
      headers['X-CSRFToken'] = csrfToken(document.cookie)
    }
    const init: RequestInit = { method, headers, keepalive, redirect: 'error' }
    if (body !== undefined) init.body = JSON.stringify(body)
    const signIns = this.signIns
    const answer = await this.fetch(url, init)
    const json: unknown = await answer.json().catch(() => null)
    if (answer.ok) return json
    if (answer.status === 401) {
      // It was sent before the person signed in again, and answered after that: nobody has to sign in once more.
      if (signIns !== this.signIns) return this.call(method, url, body, keepalive)
      this.signedOut.set(true)
      throw new SignedOut('The session has ended.')
    }
    throw asError(answer.status, json)
  }
}

function asError(status: number, json: unknown): ApiError {
  const error = isRecord(json) && isRecord(json['error']) ? json['error'] : {}
  return new ApiError(status, textIn(error['code']) || String(status), textIn(error['message']), error)
}

/** The first error of allauth's answer to a form, which names the fields and the form itself. */
function formError(body: unknown): string {
  const form = isRecord(body) && isRecord(body['form']) ? body['form'] : {}
  const fields = isRecord(form['fields']) ? Object.values(form['fields']) : []
  const lists = [form['errors'], ...fields.map((field) => (isRecord(field) ? field['errors'] : null))]
  const errors = lists.flatMap((list) => (Array.isArray(list) ? list : []))
  return textIn(errors[0])
}
