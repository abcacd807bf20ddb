import { expect, test } from 'vitest'
import { remaining, SHOWN_MS } from './toast'

test('a toast leaves after six seconds', () => {
  expect(SHOWN_MS).toBe(6000)
  expect(remaining(6000, 250, false)).toBe(5750)
  expect(remaining(100, 250, false)).toBe(0)
})

test('a toast stays while somebody points at it', () => {
  expect(remaining(100, 250, true)).toBe(100)
})
