import { expect, test } from 'vitest'
import { describe } from './picture'

test('a file name becomes a description without what Markdown would read', () => {
  expect(describe('good_example [2].png')).toBe('good example  2')
  expect(describe('photo')).toBe('photo')
})
