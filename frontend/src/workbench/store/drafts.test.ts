import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DraftKeeper, type LocalDraft, type LocalDrafts, openDraft, type SaveAnswer, type SaveDraft } from './drafts'

class MemoryDrafts implements LocalDrafts {
  readonly kept = new Map<string, LocalDraft>()
  broken = false

  async get(id: string): Promise<LocalDraft | undefined> {
    return this.kept.get(id)
  }

  async put(draft: LocalDraft): Promise<void> {
    if (this.broken) throw new Error('The disk is full.')
    this.kept.set(draft.id, draft)
  }

  async remove(id: string): Promise<void> {
    this.kept.delete(id)
  }
}

interface Sent {
  revision: number
  document: unknown
  answer: (answer: SaveAnswer) => void
}

function keeper(revision = 0): { keeper: DraftKeeper; local: MemoryDrafts; sent: Sent[] } {
  const local = new MemoryDrafts()
  const sent: Sent[] = []
  const save: SaveDraft = (_id, base, document) =>
    new Promise((answer) => sent.push({ revision: base, document, answer }))
  return { keeper: new DraftKeeper('a1', revision, local, save), local, sent }
}

const SAVED = (revision: number): SaveAnswer => ({ at: 'saved', revision, savedAt: '2026-11-23T14:00:00Z' })
const settle = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a change is kept here at once and sent two seconds after the last one', async () => {
  const { keeper: one, local, sent } = keeper()
  one.changed(() => ({ n: 1 }))
  await settle()
  expect(local.kept.get('a1')?.document).toEqual({ n: 1 })
  await vi.advanceTimersByTimeAsync(1999)
  expect(sent).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(sent.map(({ revision, document }) => ({ revision, document }))).toEqual([{ revision: 0, document: { n: 1 } }])
  sent[0]?.answer(SAVED(1))
  await settle()
  expect(one.saved.get().word).toBe('saved')
  expect(local.kept.size).toBe(0)
})

test('who never stops drawing is saved every five seconds', async () => {
  const { keeper: one, sent } = keeper()
  for (let ms = 0; ms <= 5000; ms += 500) {
    one.changed(() => ({ ms }))
    await vi.advanceTimersByTimeAsync(500)
  }
  expect(sent).toHaveLength(1)
})

test('what changes while a request is under way goes with the next revision', async () => {
  const { keeper: one, local, sent } = keeper(3)
  one.changed(() => ({ n: 1 }))
  await vi.advanceTimersByTimeAsync(2000)
  one.changed(() => ({ n: 2 }))
  sent[0]?.answer(SAVED(4))
  await settle()
  expect(local.kept.get('a1')).toMatchObject({ base: 4, document: { n: 2 } })
  await vi.advanceTimersByTimeAsync(2000)
  expect(sent.map(({ revision, document }) => ({ revision, document }))).toEqual([
    { revision: 3, document: { n: 1 } },
    { revision: 4, document: { n: 2 } },
  ])
})

test('without a connection the draft stays here and is tried again with growing pauses', async () => {
  const { keeper: one, local, sent } = keeper()
  one.changed(() => ({ n: 1 }))
  for (const pause of [2000, 2000, 4000, 8000]) {
    await vi.advanceTimersByTimeAsync(pause)
    sent.at(-1)?.answer({ at: 'away' })
    await settle()
    expect(one.saved.get()).toEqual({ word: 'kept' })
  }
  expect(sent).toHaveLength(4)
  expect(local.kept.get('a1')?.document).toEqual({ n: 1 })
  one.retry()
  await settle()
  sent.at(-1)?.answer(SAVED(1))
  await settle()
  expect(sent).toHaveLength(5)
  expect(one.saved.get().word).toBe('saved')
})

test('it says not saved when neither the server nor this computer took it', async () => {
  const { keeper: one, local, sent } = keeper()
  local.broken = true
  one.changed(() => ({ n: 1 }))
  await vi.advanceTimersByTimeAsync(2000)
  sent[0]?.answer({ at: 'away' })
  await settle()
  expect(one.saved.get().word).toBe('failed')
})

test('keeping mine saves on top of theirs', async () => {
  const { keeper: one, sent } = keeper()
  one.changed(() => ({ n: 'mine' }))
  await vi.advanceTimersByTimeAsync(2000)
  sent[0]?.answer({ at: 'conflict', theirs: { revision: 7, document: { n: 'theirs' }, saved_at: '' } })
  await settle()
  expect(one.conflict.get()?.mine).toEqual({ n: 'mine' })
  one.keepMine()
  await settle()
  expect(sent[1]).toMatchObject({ revision: 7, document: { n: 'mine' } })
})

test('taking theirs sends nothing and keeps nothing here', async () => {
  const { keeper: one, local, sent } = keeper()
  one.changed(() => ({ n: 'mine' }))
  await vi.advanceTimersByTimeAsync(2000)
  sent[0]?.answer({ at: 'conflict', theirs: { revision: 7, document: {}, saved_at: '' } })
  await settle()
  one.takeTheirs()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toHaveLength(1)
  expect(local.kept.size).toBe(0)
})

test('flushing waits for the request under way and sends the rest', async () => {
  const { keeper: one, sent } = keeper()
  one.changed(() => ({ n: 1 }))
  await vi.advanceTimersByTimeAsync(2000)
  one.changed(() => ({ n: 2 }))
  const flushed = one.flush()
  sent[0]?.answer(SAVED(1))
  await settle()
  sent[1]?.answer(SAVED(2))
  await flushed
  expect(sent.map(({ document }) => document)).toEqual([{ n: 1 }, { n: 2 }])
})

test('a draft kept here wins when it was made on what the server has, or on something newer', async () => {
  const local = new MemoryDrafts()
  const server = { revision: 4, document: { n: 'server' }, saved_at: '' }
  expect(await openDraft(local, 'a1', null)).toEqual({ from: 'nothing' })
  expect(await openDraft(local, 'a1', server)).toEqual({ from: 'server', document: { n: 'server' } })
  await local.put({ id: 'a1', base: 4, document: { n: 'here' }, changedAt: 0 })
  expect(await openDraft(local, 'a1', server)).toEqual({ from: 'here', document: { n: 'here' } })
  await local.put({ id: 'a1', base: 3, document: { n: 'here' }, changedAt: 0 })
  expect(await openDraft(local, 'a1', server)).toEqual({ from: 'both', mine: { n: 'here' }, theirs: server })
})

test('a draft that the server has already is not a conflict: its answer was lost', async () => {
  const { keeper: one, sent } = keeper()
  one.changed(() => ({ n: 1 }))
  await vi.advanceTimersByTimeAsync(2000)
  sent[0]?.answer({ at: 'away' })
  await vi.advanceTimersByTimeAsync(2000)
  sent[1]?.answer({ at: 'conflict', theirs: { revision: 1, document: { n: 1 }, saved_at: '' } })
  await settle()
  expect([one.conflict.get(), one.saved.get().word]).toEqual([null, 'saved'])
})

test('what was changed after a lost answer goes on top of what the server has', async () => {
  const { keeper: one, sent } = keeper()
  one.changed(() => ({ n: 1 }))
  await vi.advanceTimersByTimeAsync(2000)
  sent[0]?.answer({ at: 'away' })
  await settle()
  one.changed(() => ({ n: 2 }))
  await vi.advanceTimersByTimeAsync(2000)
  sent[1]?.answer({ at: 'conflict', theirs: { revision: 1, document: { n: 1 }, saved_at: '' } })
  await vi.advanceTimersByTimeAsync(4000)
  expect(one.conflict.get()).toBeNull()
  expect(sent[2]).toMatchObject({ revision: 1, document: { n: 2 } })
})

test('a draft kept here that the server has got since is opened without a question', async () => {
  const local = new MemoryDrafts()
  await local.put({ id: 'a1', base: 0, document: { n: 1, m: [2] }, changedAt: 0 })
  const server = { revision: 1, document: { m: [2], n: 1 }, saved_at: '' }
  expect(await openDraft(local, 'a1', server)).toEqual({ from: 'server', document: server.document })
})

test('a held key is written here a few times a second, its last state surely', async () => {
  const { keeper: one, local } = keeper()
  let writes = 0
  const put = local.put.bind(local)
  local.put = async (draft) => {
    writes += 1
    await put(draft)
  }
  for (let step = 0; step < 30; step += 1) {
    one.changed(() => ({ step }))
    await vi.advanceTimersByTimeAsync(20)
  }
  await vi.advanceTimersByTimeAsync(200)
  expect(local.kept.get('a1')?.document).toEqual({ step: 29 })
  expect(writes).toBeLessThan(8)
})
