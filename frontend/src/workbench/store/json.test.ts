import { expect, test } from 'vitest'
import { sameJson } from './json'

test('the order of keys does not matter, the order of lists does', () => {
  expect(sameJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true)
  expect(sameJson([1, 2], [2, 1])).toBe(false)
})

test('a missing key is another thing than a null, but not than undefined', () => {
  expect(sameJson({ a: null }, {})).toBe(false)
  expect(sameJson({ a: undefined }, {})).toBe(true)
  expect(sameJson({}, [])).toBe(false)
})
