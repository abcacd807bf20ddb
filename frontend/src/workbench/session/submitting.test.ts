import { expect, test } from 'vitest'
import { ApiError, type Api } from './api'
import type { Pending, PendingStore } from './kept'
import { handIn, resend } from './submitting'

class MemoryPending implements PendingStore {
  readonly kept = new Map<string, Pending>()

  async all(): Promise<readonly Pending[]> {
    return [...this.kept.values()]
  }

  async get(id: string): Promise<Pending | undefined> {
    return this.kept.get(id)
  }

  async put(pending: Pending): Promise<void> {
    this.kept.set(pending.id, pending)
  }

  async remove(id: string): Promise<void> {
    this.kept.delete(id)
  }
}

type Answer = () => unknown
const insist = async <T>(call: () => Promise<T>): Promise<T> => call()

function apiAnswering(...answers: Answer[]): { api: Api; bodies: Record<string, unknown>[] } {
  const bodies: Record<string, unknown>[] = []
  const post = async (_url: string, body: Record<string, unknown>): Promise<unknown> => {
    bodies.push(body)
    return answers.shift()?.()
  }
  return { api: { post, insist } as unknown as Api, bodies }
}

const RECEIPT = { id: '5F2A-90', submitted_at: '', counted: true, pay: null, state: 'in_review', final_by: null, amend_until: null, number: 0 }
const fails = (fault: unknown): Answer => () => {
  throw fault
}

test('a receipt ends it', async () => {
  const pending = new MemoryPending()
  const { api } = apiAnswering(() => ({ receipt: RECEIPT }))
  expect(await handIn(api, pending, 'a1', '/submit', { response: 1 })).toEqual(RECEIPT)
  expect(pending.kept.size).toBe(0)
})

test('trying again after a lost connection keeps the key, a changed answer gets another', async () => {
  const pending = new MemoryPending()
  const { api, bodies } = apiAnswering(fails(new Error('gone')), fails(new Error('gone')), () => ({ receipt: RECEIPT }))
  await expect(handIn(api, pending, 'a1', '/submit', { response: 1, active_ms: 5 })).rejects.toThrow()
  await expect(handIn(api, pending, 'a1', '/submit', { response: 1, active_ms: 9 })).rejects.toThrow()
  await handIn(api, pending, 'a1', '/submit', { response: 2, active_ms: 9 })
  const keys = bodies.map((body) => body['key'])
  expect(keys[0]).toBe(keys[1])
  expect(keys[2]).not.toBe(keys[0])
})

test('an answer that was stored before counts with its first receipt', async () => {
  const { api } = apiAnswering(fails(new ApiError(409, 'already_submitted', '', { receipt: RECEIPT })))
  expect(await handIn(api, new MemoryPending(), 'a1', '/submit', {})).toEqual(RECEIPT)
})

test('findings are the caller’s', async () => {
  const { api } = apiAnswering(fails(new ApiError(422, 'findings', '', { findings: [] })))
  await expect(handIn(api, new MemoryPending(), 'a1', '/submit', {})).rejects.toMatchObject({ code: 'findings' })
})

test('what had no receipt is sent again at the start', async () => {
  const pending = new MemoryPending()
  await pending.put({ id: 'a1', url: '/a1/submit', body: { key: 'k1' } })
  await pending.put({ id: 'a2', url: '/a2/submit', body: { key: 'k2' } })
  await pending.put({ id: 'b1', url: '/b1/submit', body: { key: 'k3' } })
  const decided = new ApiError(409, 'skipped', '', {})
  const strangers = new ApiError(404, 'not_found', '', {})
  const { api, bodies } = apiAnswering(() => ({ receipt: RECEIPT }), fails(decided), fails(strangers))
  expect(await resend(api, pending)).toEqual([RECEIPT])
  expect(bodies.map((body) => body['key'])).toEqual(['k1', 'k2', 'k3'])
  expect([...pending.kept.keys()]).toEqual(['b1'])
})
