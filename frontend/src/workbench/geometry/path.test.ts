import { expect, test } from 'vitest'
import { edgeAt, insertVertex, movePath, moveVertex, pathBounds, removeVertex, vertexAt } from './path'

const PICTURE = { width: 100, height: 100 }
const TRIANGLE = [
  { x: 10, y: 10 },
  { x: 30, y: 10 },
  { x: 10, y: 40 },
]

test('moving a path stops at the edge and keeps its form', () => {
  expect(movePath(TRIANGLE, 500, -500, PICTURE)).toEqual([
    { x: 80, y: 0 },
    { x: 100, y: 0 },
    { x: 80, y: 30 },
  ])
})

test('bounds enclose every vertex', () => {
  expect(pathBounds(TRIANGLE)).toEqual({ left: 10, top: 10, width: 20, height: 30 })
  expect(pathBounds([])).toEqual({ left: 0, top: 0, width: 0, height: 0 })
})

test('a vertex can be moved, inserted and removed', () => {
  expect(moveVertex(TRIANGLE, 1, { x: 120, y: 5 }, PICTURE)[1]).toEqual({ x: 100, y: 5 })
  const more = insertVertex(TRIANGLE, 0, { x: 20, y: 5 }, PICTURE)
  expect(more.map(({ x }) => x)).toEqual([10, 20, 30, 10])
  expect(removeVertex(more, 1)).toEqual(TRIANGLE)
})

test('the nearest vertex or edge within the tolerance is found', () => {
  expect(vertexAt(TRIANGLE, { x: 28, y: 11 }, 5)).toBe(1)
  expect(vertexAt(TRIANGLE, { x: 20, y: 20 }, 5)).toBe(-1)
  expect(edgeAt(TRIANGLE, { x: 20, y: 12 }, 3, true)).toBe(0)
  expect(edgeAt(TRIANGLE, { x: 10, y: 25 }, 3, true)).toBe(2)
  expect(edgeAt(TRIANGLE, { x: 10, y: 25 }, 3, false)).toBe(-1)
})
