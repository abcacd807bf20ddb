import { afterEach, expect, test } from 'vitest'
import { clockTime, money, setLanguage, t, tn } from './i18n'

afterEach(() => setLanguage('en', {}))

test('English sentences stand for themselves', () => {
  expect(t('{left} left', { left: '22:14' })).toBe('22:14 left')
  expect(tn('{count} thing to fix', '{count} things to fix', 1)).toBe('1 thing to fix')
  expect(tn('{count} thing to fix', '{count} things to fix', 1200)).toBe('1,200 things to fix')
})

test('a catalogue replaces sentences and picks the plural of its language', () => {
  setLanguage('pl', { Submit: 'Wyślij', '{count} task': ['{count} zadanie', '{count} zadania', '{count} zadań'] })
  expect(t('Submit')).toBe('Wyślij')
  expect([1, 3, 5, 22].map((count) => tn('{count} task', '{count} tasks', count))).toEqual([
    '1 zadanie',
    '3 zadania',
    '5 zadań',
    '22 zadania',
  ])
})

test('money is never rounded and keeps the digits of its currency', () => {
  expect(money({ amount_micros: 340_000, currency: 'USD' })).toBe('$0.34')
  expect(money({ amount_micros: 5000, currency: 'USD' })).toBe('$0.005')
  expect(money({ amount_micros: 0, currency: 'USD' })).toBe('$0.00')
})

test('an instant that cannot be read is shown as nothing', () => {
  expect(clockTime('soon')).toBe('')
})
