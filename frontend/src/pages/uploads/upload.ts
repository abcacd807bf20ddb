import { t } from '../../workbench/store/i18n'

/** Where files go: the address of uploads, and what they are for (files/upload_views.py). */
export interface Destination {
  readonly url: string
  readonly target: string
  readonly targetId: string
  readonly token: string
}

export type Outcome =
  | { readonly at: 'taken'; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly at: 'refused'; readonly reason: string }

type Send = (url: string, init: RequestInit) => Promise<Response>

const TRIES = 6
const FIRST_WAIT_MS = 500

/** A word of the server that is an answer, not a fault: trying again changes nothing. */
class Refused extends Error {}

/** The server is further or less far than we thought: go on where it says. */
class Elsewhere extends Error {
  readonly received: number
  constructor(received: number) {
    super()
    this.received = received
  }
}

/** Sends one file in pieces; after a fault it goes on where the server is. Never throws. */
export async function uploadFile(
  file: File,
  to: Destination,
  progress: (sent: number) => void,
  send: Send = (url, init) => fetch(url, init),
  wait: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
): Promise<Outcome> {
  const call = async (url: string, method: string, body?: BodyInit, type = 'application/json'): Promise<Record<string, unknown>> =>
    read(await send(url, { method, body: body ?? null, headers: { 'X-CSRFToken': to.token, 'Content-Type': type } }))
  try {
    const begun = await persist(wait, () =>
      call(to.url, 'POST', JSON.stringify({ name: file.name, bytes: file.size, target: to.target, target_id: to.targetId })),
    )
    const url = `${to.url}/${String(begun['id'])}`
    const piece = Number(begun['chunk_bytes']) || 4_000_000
    let sent = 0
    while (sent < file.size) {
      sent = await persist(wait, () => sendPiece(call, url, file, sent, piece))
      progress(sent)
    }
    return { at: 'taken', answer: await persist(wait, () => call(`${url}/finish`, 'POST')) }
  } catch (fault) {
    const reason = fault instanceof Refused ? fault.message : t('The connection was lost. Choose the file again.')
    return { at: 'refused', reason }
  }
}

type Call = (url: string, method: string, body?: BodyInit, type?: string) => Promise<Record<string, unknown>>

async function sendPiece(call: Call, url: string, file: File, sent: number, piece: number): Promise<number> {
  try {
    const answer = await call(`${url}?offset=${sent}`, 'PUT', file.slice(sent, sent + piece), 'application/octet-stream')
    return Number(answer['received'])
  } catch (fault) {
    if (fault instanceof Elsewhere) return fault.received
    throw fault
  }
}

/** Tries again after faults of the network and the server, not after a refusal. */
async function persist<T>(wait: (ms: number) => Promise<void>, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (fault) {
      if (fault instanceof Refused || fault instanceof Elsewhere || tries === TRIES) throw fault
      await wait(FIRST_WAIT_MS * 2 ** (tries - 1))
    }
  }
}

async function read(response: Response): Promise<Record<string, unknown>> {
  if (response.ok) return (await response.json()) as Record<string, unknown>
  if (response.status >= 500 && response.status !== 507) throw new Error(String(response.status))
  const said = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string; received?: number } }
  if (said.error?.code === 'upload_busy') throw new Error('busy')
  if (said.error?.code === 'wrong_offset' && typeof said.error.received === 'number') throw new Elsewhere(said.error.received)
  throw new Refused(said.error?.message || t('The file was refused.'))
}
