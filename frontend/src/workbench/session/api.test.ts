import { afterEach, expect, test, vi } from 'vitest'
import { Api, SignedOut } from './api'

afterEach(() => vi.unstubAllGlobals())

function json(status: number, body: unknown = {}): Response {
  return new Response(JSON.stringify(body), { status })
}

test('a call that finds no session says so', async () => {
  vi.stubGlobal('document', { cookie: '' })
  vi.stubGlobal('fetch', () => Promise.resolve(json(401)))
  const api = new Api()

  await expect(api.put('/draft', {})).rejects.toThrow(SignedOut)
  expect(api.signedOut.get()).toBe(true)
})

test('a call that was sent before signing in and is answered after it is sent again', async () => {
  vi.stubGlobal('document', { cookie: '' })
  const server = new EventTarget()
  const late = new Promise<Response>((resolve) => server.addEventListener('refuses', () => resolve(json(401))))
  const answers = [late, Promise.resolve(json(200, { revision: 2 }))]
  const signIn = Promise.resolve(json(200, { location: '/' }))
  vi.stubGlobal('fetch', (url: string) => (url === '/draft' ? answers.shift() : signIn))
  const api = new Api()

  const saved = api.put('/draft', {})
  expect(await api.signIn('a@example.org', 'word')).toBeNull()
  server.dispatchEvent(new Event('refuses'))

  expect(await saved).toEqual({ revision: 2 })
  expect(api.signedOut.get()).toBe(false)
})
