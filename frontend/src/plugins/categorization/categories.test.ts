import { expect, test } from 'vitest'
import { check, diff, fromResponse, picking, readView, toResponse } from './categories'

const raw = { content: { kind: 'text', text: 'A text' }, categories: [{ name: 'a', display: 'A' }, { name: 'b' }, 'c'] }
const one = readView({ ...raw, allow_multiple: false })
const many = readView({ ...raw, allow_multiple: true })

test('a view is read with what may be missing', () => {
  expect(one.categories).toEqual([
    { name: 'a', display: 'A', hotkey: null },
    { name: 'b', display: 'b', hotkey: null },
    { name: 'c', display: 'c', hotkey: null },
  ])
})

test('answers have the shape that their params ask for and are read back', () => {
  expect(toResponse({ picked: ['b'] }, one)).toEqual({ category: 'b' })
  expect(toResponse({ picked: [] }, one)).toEqual({})
  expect(toResponse({ picked: ['a', 'c'] }, many)).toEqual({ category: ['a', 'c'] })
  for (const response of [{ category: 'b' }, { category: ['b'] }]) expect(fromResponse(response)).toEqual({ picked: ['b'] })
  expect(fromResponse({})).toEqual({ picked: [] })
})

test('picking replaces, or adds and takes away in the order of the list', () => {
  expect(picking({ picked: ['a'] }, one, 'b')).toEqual(['b'])
  expect(picking({ picked: ['c'] }, many, 'a')).toEqual(['a', 'c'])
  expect(picking({ picked: ['a', 'c'] }, many, 'a')).toEqual(['c'])
})

test('an empty or unknown choice is a finding', () => {
  expect(check({ picked: [] }, one)).toMatchObject([{ code: 'category_missing', path: ['category'] }])
  expect(check({ picked: ['z'] }, one)).toMatchObject([{ code: 'unknown_choice', path: ['category'] }])
  expect(check({ picked: ['a'] }, one)).toEqual([])
})

test('a difference says both choices', () => {
  expect(diff({ picked: ['a'] }, { picked: ['b'] }, one)).toMatchObject([{ before: 'A', after: 'b', same: false }])
  expect(diff({ picked: ['a'] }, { picked: ['a'] }, one)).toMatchObject([{ same: true }])
})
