import { array, assert, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { isWhole, lanesOf, matchesOf, overlapOf, stepGrapheme, tidySpan } from './span'

test('spans that overlap lie in different lanes, and no lane more than needed is used', () => {
  const spans = [
    { start: 0, end: 10 },
    { start: 2, end: 4 },
    { start: 4, end: 6 },
    { start: 3, end: 12 },
    { start: 12, end: 13 },
  ]
  expect(lanesOf(spans)).toEqual([0, 1, 1, 2, 0])
})

test('no two spans in one lane ever touch', () => {
  const span = record({ start: nat(60), length: nat(20) }).map(({ start, length }) => ({ start, end: start + length + 1 }))
  assert(
    property(array(span, { maxLength: 40 }), (spans) => {
      const lanes = lanesOf(spans)
      spans.forEach((a, i) =>
        spans.forEach((b, j) => {
          if (i < j && lanes[i] === lanes[j]) expect(overlapOf(a, b)).toBe(0)
        }),
      )
      const deepest = Math.max(0, ...Array.from({ length: 90 }, (_one, at) => spans.filter((s) => s.start <= at && at < s.end).length))
      expect(Math.max(0, ...lanes.map((lane) => lane + 1))).toBe(deepest)
    }),
  )
})

const FAMILY = '👩‍👩‍👧'

test.each([
  ['met Zoe\u0308 there', 4, 7, 'Zoe\u0308'], // a combining mark stays with its letter
  [`the ${FAMILY} here`, 6, 7, FAMILY],
  ['  a b ', 0, 6, 'a b'],
  ['क्षत्रिय', 0, 1, 'क्ष'],
  ['مُحَمَّد هنا', 0, 7, 'مُحَمَّ'],
  ['😀😀', 0, 1, '😀'],
])('a stretch of %j is made of whole characters', (text, start, end, wanted) => {
  const span = tidySpan(text, { start, end })
  expect(span && text.slice(span.start, span.end)).toBe(wanted)
})

test('a stretch of white space is none', () => {
  expect(tidySpan('a \n b', { start: 1, end: 4 })).toBeNull()
})

test('steps go from character to character and stop at the ends', () => {
  const text = `e\u0301${FAMILY}!`
  const forward = [0]
  while ((forward.at(-1) ?? 0) < text.length) forward.push(stepGrapheme(text, forward.at(-1) ?? 0, 1))
  expect(forward).toEqual([0, 2, 2 + FAMILY.length, text.length])
  const back = [text.length]
  while ((back.at(-1) ?? 0) > 0) back.push(stepGrapheme(text, back.at(-1) ?? 0, -1))
  expect(back.toReversed()).toEqual(forward)
  expect([stepGrapheme(text, text.length, 1), stepGrapheme(text, 0, -1)]).toEqual([text.length, 0])
})

test('matches are found whatever the case, letter by letter, and as whole words', () => {
  const text = 'Ann met Anna. ANN (ann) – 東京と東京都, C++'
  const said = (wanted: string, whole = false) => matchesOf(text, wanted, whole).map(({ start, end }) => text.slice(start, end))
  expect(said('ann')).toEqual(['Ann', 'Ann', 'ANN', 'ann'])
  expect(said('ann', true)).toEqual(['Ann', 'ANN', 'ann'])
  expect(said('東京')).toEqual(['東京', '東京'])
  expect(said('C++')).toEqual(['C++'])
  expect(said(' ')).toEqual([])
})

test('a stretch is whole where words begin and end', () => {
  expect(isWhole('Ann met Anna', { start: 0, end: 3 })).toBe(true)
  expect(isWhole('Ann met Anna', { start: 8, end: 11 })).toBe(false)
})
