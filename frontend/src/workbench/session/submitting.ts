import { newUuid } from '../store/ids'
import { isRecord } from '../store/json'
import type { Receipt } from '../store/payload'
import { type Api, ApiError } from './api'
import type { Pending, PendingStore } from './kept'

const readReceipt = (value: unknown): Receipt | null =>
  isRecord(value) && isRecord(value['receipt']) ? (value['receipt'] as unknown as Receipt) : null

type Body = Readonly<Record<string, unknown>>

/** The answer without what differs between two tries: its key, and the time it took. */
const essence = ({ key: _key, active_ms: _active, ...rest }: Body): string => JSON.stringify(rest)

/** The request to send: the one that is under way already, when it says the same; its key makes it count once. */
async function prepare(pending: PendingStore, id: string, url: string, body: Body): Promise<Pending> {
  const before = await pending.get(id).catch(() => undefined)
  if (before && before.url === url && essence(before.body) === essence(body)) return before
  const request = { id, url, body: { ...body, key: newUuid() } }
  await pending.put(request).catch(() => undefined) // a full disk must not keep anybody from handing in
  return request
}

/** Hands in and waits for the receipt, however long the server is away. A first receipt counts as this one's. */
export async function handIn(api: Api, pending: PendingStore, id: string, url: string, body: Body): Promise<Receipt> {
  const request = await prepare(pending, id, url, body)
  try {
    const receipt = readReceipt(await api.insist(() => api.post(request.url, request.body)))
    if (!receipt) throw new TypeError('The server answered without a receipt.')
    void pending.remove(id).catch(() => undefined)
    return receipt
  } catch (fault) {
    if (!(fault instanceof ApiError)) throw fault
    await pending.remove(id).catch(() => undefined)
    const first = fault.code === 'already_submitted' ? readReceipt(fault.body) : null
    if (first) return first
    throw fault
  }
}

/**
 * Sends again what had no receipt when the page was closed. What is refused now has been decided elsewhere; what is
 * not found may belong to somebody else who uses this browser, and stays for them.
 */
export async function resend(api: Api, pending: PendingStore): Promise<readonly Receipt[]> {
  const receipts: Receipt[] = []
  for (const { id, url, body } of await pending.all().catch(() => [])) {
    try {
      const receipt = readReceipt(await api.post(url, body))
      if (receipt) receipts.push(receipt)
      await pending.remove(id)
    } catch (fault) {
      if (!(fault instanceof ApiError)) break // away: the next start tries again
      if (fault.status !== 403 && fault.status !== 404) await pending.remove(id).catch(() => undefined)
    }
  }
  return receipts
}
