import { expect, test } from 'vitest'
import { zoneFor } from './time-zone'

const KNOWN = ['Africa/Nairobi', 'Europe/Berlin']

test('the browser’s zone is proposed where nothing was typed', () => {
  expect(zoneFor('', 'Africa/Nairobi', KNOWN)).toBe('Africa/Nairobi')
  expect(zoneFor('UTC', 'Africa/Nairobi', KNOWN)).toBe('Africa/Nairobi')
})

test('what was typed stays, and an unknown zone is not proposed', () => {
  expect(zoneFor('Europe/Berlin', 'Africa/Nairobi', KNOWN)).toBe('Europe/Berlin')
  expect(zoneFor('UTC', 'Nowhere/Town', KNOWN)).toBe('UTC')
})
