import { expect, test } from 'vitest'
import { uploadFile } from './upload'

const TO = { url: '/o/basalt/uploads', target: 'batch', targetId: 'b1', token: 'x' }
const json = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status })
const file = new File(['0123456789'], 'a.png')
const noWait = (): Promise<void> => Promise.resolve()

function server(answers: Response[]): { send: (url: string, init: RequestInit) => Promise<Response>; calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    send: (url, init) => {
      calls.push(`${init.method ?? 'GET'} ${url}`)
      const answer = answers.shift()
      return answer ? Promise.resolve(answer) : Promise.reject(new Error('away'))
    },
  }
}

test('a file is sent in pieces and finished', async () => {
  const { send, calls } = server([
    json({ id: 'u1', chunk_bytes: 6 }, 201),
    json({ received: 6 }),
    json({ received: 10 }),
    json({ task: { id: 't1' } }),
  ])
  const seen: number[] = []

  expect(await uploadFile(file, TO, (sent) => seen.push(sent), send, noWait)).toEqual({ at: 'taken', answer: { task: { id: 't1' } } })
  expect(calls).toEqual(['POST /o/basalt/uploads', 'PUT /o/basalt/uploads/u1?offset=0', 'PUT /o/basalt/uploads/u1?offset=6', 'POST /o/basalt/uploads/u1/finish'])
  expect(seen).toEqual([6, 10])
})

test('after a fault it goes on where the server is', async () => {
  const { send, calls } = server([
    json({ id: 'u1', chunk_bytes: 6 }, 201),
    new Response('', { status: 502 }),
    json({ error: { code: 'wrong_offset', message: 'Go on at byte 6.', received: 6 } }, 409),
    json({ received: 10 }),
    json({ task: {} }),
  ])

  expect((await uploadFile(file, TO, () => undefined, send, noWait)).at).toBe('taken')
  expect(calls[3]).toBe('PUT /o/basalt/uploads/u1?offset=6')
})

test('a refusal is said in the words of the server and not tried again', async () => {
  const { send, calls } = server([json({ error: { code: 'too_large', message: 'This file is larger than 80 MB.' } }, 413)])

  expect(await uploadFile(file, TO, () => undefined, send, noWait)).toEqual({ at: 'refused', reason: 'This file is larger than 80 MB.' })
  expect(calls.length).toBe(1)
})

test('without a connection it gives up after some tries', async () => {
  const { send, calls } = server([])

  expect((await uploadFile(file, TO, () => undefined, send, noWait)).at).toBe('refused')
  expect(calls.length).toBe(6)
})
