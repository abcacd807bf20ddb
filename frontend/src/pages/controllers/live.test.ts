import { expect, test } from 'vitest'
import { asLines, countText } from './live'

test('a count is short, and nothing for nothing', () => {
  expect([0, 1, 99, 100].map(countText)).toEqual(['', '1', '99', '99+'])
})

test('paragraphs become lines', () => {
  expect(asLines('\n\nRule 5 is being corrected.\n\nNo new tasks.\n')).toBe('Rule 5 is being corrected.\nNo new tasks.')
})
