import { expect, test } from 'vitest'
import { deedOf, type Press } from './keys'

const press = (key: string, more: Partial<Press> = {}): Press => ({ key, typing: false, modified: false, ...more })

test('g waits for a letter, and the letter goes to a page', () => {
  expect(deedOf(press('g'), false)).toEqual({ do: 'wait' })
  expect(deedOf(press('w'), true)).toEqual({ do: 'go', letter: 'w' })
  expect(deedOf(press('W'), true)).toEqual({ do: 'go', letter: 'w' })
  expect(deedOf(press('Escape'), true)).toEqual({ do: 'nothing' })
})

test('a letter without g means nothing', () => {
  expect(deedOf(press('w'), false)).toEqual({ do: 'nothing' })
})

test('slash goes to the search, question mark shows the keys', () => {
  expect(deedOf(press('/'), false)).toEqual({ do: 'search' })
  expect(deedOf(press('?'), false)).toEqual({ do: 'help' })
})

test('nothing fires while somebody types or holds a modifier', () => {
  for (const key of ['g', '/', '?']) {
    expect(deedOf(press(key, { typing: true }), false)).toEqual({ do: 'nothing' })
    expect(deedOf(press(key, { modified: true }), false)).toEqual({ do: 'nothing' })
  }
  expect(deedOf(press('w', { typing: true }), true)).toEqual({ do: 'nothing' })
})
