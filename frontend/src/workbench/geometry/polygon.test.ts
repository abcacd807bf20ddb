import { expect, test } from 'vitest'
import { polygonArea, polygonContains, polygonCrosses, polygonHit } from './polygon'

const ELL = [
  { x: 0, y: 0 },
  { x: 20, y: 0 },
  { x: 20, y: 10 },
  { x: 10, y: 10 },
  { x: 10, y: 20 },
  { x: 0, y: 20 },
]

test('the area of an L is that of its two squares', () => {
  expect(polygonArea(ELL)).toBe(300)
})

test('the notch of an L is outside', () => {
  expect(polygonContains(ELL, { x: 5, y: 15 })).toBe(true)
  expect(polygonContains(ELL, { x: 15, y: 15 })).toBe(false)
})

test('an edge is hit within the tolerance', () => {
  expect(polygonHit(ELL, { x: 12, y: 15 }, 3)).toBe(true)
  expect(polygonHit(ELL, { x: 15, y: 15 }, 3)).toBe(false)
})

test('an hourglass crosses itself, an L and a triangle do not', () => {
  const hourglass = [
    { x: 0, y: 0 },
    { x: 10, y: 10 },
    { x: 10, y: 0 },
    { x: 0, y: 10 },
  ]
  expect([hourglass, ELL, ELL.slice(0, 3)].map(polygonCrosses)).toEqual([true, false, false])
})
