import { expect, test } from 'vitest'
import { namesOf } from './controller'

test('an element may have several controllers', () => {
  expect(namesOf(' keys  theme ')).toEqual(['keys', 'theme'])
  expect(namesOf(undefined)).toEqual([])
})
