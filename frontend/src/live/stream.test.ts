import { expect, test } from 'vitest'
import { Live, type Notice, type Source, waitAfter } from './stream'

class FakeSource implements Source {
  closed = false
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>()

  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(kind, listener)
  }

  close(): void {
    this.closed = true
  }

  send(kind: string, data: unknown = {}, lastEventId = ''): void {
    this.listeners.get(kind)?.({ data: JSON.stringify(data), lastEventId } as MessageEvent<string>)
  }
}

const PAUSED: Notice = { id: 'b', code: 'paused_none', title: 'Slate is paused', text: '', url: '', tone: 'warn', unread: 3 }

function page() {
  const sources: { url: string; source: FakeSource }[] = []
  const waits: { delayMs: number; action: () => void; done: boolean }[] = []
  const notices: string[] = []
  const counts: number[] = []
  let kept = ''
  const live = new Live(
    '/live/events',
    { notice: ({ id }) => notices.push(id), unread: (count) => counts.push(count) },
    {
      open: (url) => {
        const source = new FakeSource()
        sources.push({ url, source })
        return source
      },
      after: (delayMs, action) => {
        const wait = { delayMs, action, done: false }
        waits.push(wait)
        return () => {
          wait.done = true
        }
      },
      chance: () => 1,
      memory: { get: () => kept, set: (id) => (kept = id) },
    },
  )
  const last = (): FakeSource => sources.at(-1)!.source
  const pass = (): void => {
    for (const wait of waits.splice(0)) if (!wait.done) wait.action()
  }
  return { live, sources, waits, notices, counts, last, pass }
}

test('a page hears a notice once and keeps its place', () => {
  const { live, last, notices, counts, sources, pass } = page()
  live.shown()
  last().send('hello', { unread: 2 }, 'a')
  last().send('notice', PAUSED, 'a,b')
  last().send('error')
  expect(last().closed).toBe(true)
  pass()
  last().send('notice', PAUSED, 'a,b')

  expect(notices).toEqual(['b'])
  expect(counts).toEqual([2, 3])
  expect(sources.map(({ url }) => url)).toEqual(['/live/events', '/live/events?after=a%2Cb'])
})

test('where nothing answers it is asked ever more rarely', () => {
  const { live, last, waits, pass } = page()
  live.shown()
  const delays: number[] = []
  for (let tries = 0; tries < 25; tries += 1) {
    last().send('error')
    delays.push(waits.at(-1)!.delayMs)
    pass()
  }
  const slower = [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
  expect(delays).toEqual([...Array<number>(15).fill(1), ...slower].map((seconds) => seconds * 1000))
  last().send('hello', { unread: 0 })
  last().send('error')
  expect(waits.at(-1)!.delayMs).toBe(1000)
})

test('those who were cut off together come back spread over most of a second', () => {
  expect([waitAfter(0, 0), waitAfter(0, 1)]).toEqual([200, 1000])
})

test('a hidden page lets go after a moment and comes back when it is seen', () => {
  const { live, sources, last, pass } = page()
  live.shown()
  live.hidden()
  live.shown()
  pass()
  expect(sources).toHaveLength(1)
  expect(last().closed).toBe(false)

  live.hidden()
  pass()
  expect(last().closed).toBe(true)
  last().send('error')
  pass()
  expect(sources).toHaveLength(1)

  live.shown()
  expect(sources).toHaveLength(2)
})
