import { expect, test } from 'vitest'
import { sentence } from './order'

test('a name is put into the sentence as it is', () => {
  expect(sentence('{batch} is number {place} of {count} now.', '$& {place}', 2, 5)).toBe('$& {place} is number 2 of 5 now.')
})
