import { expect, test } from 'vitest'
import { clampPoint, distanceToSegment } from './point'

test('a point outside lands on the nearest edge', () => {
  expect(clampPoint({ x: -4, y: 50.126 }, { width: 40, height: 60 })).toEqual({ x: 0, y: 50.13 })
})

test('the distance to a segment ends at its ends', () => {
  expect(distanceToSegment({ x: 5, y: 3 }, { x: 0, y: 0 }, { x: 10, y: 0 })).toBe(3)
  expect(distanceToSegment({ x: 13, y: 4 }, { x: 0, y: 0 }, { x: 10, y: 0 })).toBe(5)
  expect(distanceToSegment({ x: 3, y: 4 }, { x: 0, y: 0 }, { x: 0, y: 0 })).toBe(5)
})
