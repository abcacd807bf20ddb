import { expect, test } from 'vitest'
import { boundsOf, clampShape, hitsShape, likeness, moveShape, weight } from './shape'

const SIZE = { width: 100, height: 100 }
const BOX = { type: 'box', left: 10, top: 10, width: 20, height: 20, label: 'car' } as const
const POINT = { type: 'point', x: 50, y: 50 } as const
const LINE = { type: 'line', vertices: [{ x: 0, y: 0 }, { x: 100, y: 100 }] } as const

test('moving keeps what else belongs to a shape', () => {
  expect(moveShape(BOX, 5, -5, SIZE)).toEqual({ ...BOX, left: 15, top: 5 })
  expect(moveShape(POINT, 500, 0, SIZE)).toEqual({ type: 'point', x: 100, y: 50 })
})

test('each kind is hit where it is drawn', () => {
  expect(hitsShape(BOX, { x: 20, y: 20 }, 2)).toBe(true)
  expect(hitsShape(LINE, { x: 51, y: 50 }, 2)).toBe(true)
  expect(hitsShape(LINE, { x: 80, y: 20 }, 2)).toBe(false)
  expect(hitsShape(POINT, { x: 52, y: 50 }, 2)).toBe(true)
})

test('points and lines lie in front of areas', () => {
  expect([BOX, POINT, LINE].map(weight)).toEqual([400, 0, 0])
})

test('typed numbers are cut down to the picture', () => {
  expect(clampShape({ ...BOX, left: 90 }, SIZE)).toEqual({ ...BOX, left: 90, width: 10 })
  expect(boundsOf(clampShape({ type: 'line', vertices: [{ x: -3, y: 4 }, { x: 3, y: 400 }] }, SIZE))).toEqual({
    left: 0,
    top: 4,
    width: 3,
    height: 96,
  })
})

test('equal shapes are alike, distant ones are not', () => {
  expect(likeness(BOX, BOX)).toBe(1)
  expect(likeness(POINT, { ...POINT, x: 53 })).toBe(1)
  expect(likeness(POINT, { ...POINT, x: 90 })).toBe(0)
})
