import { expect, test } from 'vitest'
import { lineHit, lineLength } from './line'

const LINE = [
  { x: 0, y: 0 },
  { x: 30, y: 40 },
  { x: 30, y: 50 },
]

test('a line is hit near its edges, not inside its bounds', () => {
  expect(lineHit(LINE, { x: 16, y: 20 }, 2)).toBe(true)
  expect(lineHit(LINE, { x: 25, y: 5 }, 2)).toBe(false)
})

test('length is summed over the edges', () => {
  expect(lineLength(LINE)).toBe(60)
})
