import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { CodePoints } from './codePoints'

const samples = ['', 'plain', 'Zoe\u0308 met \u{1f469}\u200d\u{1f680}!', 'قال أحمد 😀 لها', '東京𠮷野家', 'क्षत्रिय 🇮🇳']

test.each(samples)('both ways for %j', (text) => {
  const points = new CodePoints(text)
  const characters = [...text]
  expect(points.length).toBe(characters.length)
  let unit = 0
  characters.forEach((character, point) => {
    expect(points.toUnit(point)).toBe(unit)
    expect(points.toPoint(unit)).toBe(point)
    expect(points.slice(point, point + 1)).toBe(character)
    unit += character.length
  })
  expect([points.toUnit(characters.length), points.toPoint(text.length)]).toEqual([text.length, characters.length])
})

test('any slice by code points is what the characters say', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      const points = new CodePoints(text)
      const characters = [...text]
      for (let start = 0; start <= characters.length; start++) {
        expect(points.toPoint(points.toUnit(start))).toBe(start)
        expect(points.slice(start, start + 3)).toBe(characters.slice(start, start + 3).join(''))
      }
    }),
  )
})

test('a place outside the text or inside a character is the nearest one before', () => {
  const points = new CodePoints('a😀b')
  expect([-1, 2, 9].map((unit) => points.toPoint(unit))).toEqual([0, 1, 3])
  expect([-1, 9].map((point) => points.toUnit(point))).toEqual([0, 4])
})
