import { expect, test } from 'vitest'
import { ActivityMeter } from './activity'

function meterAt(): { meter: ActivityMeter; at: (ms: number) => void } {
  let now = 0
  return { meter: new ActivityMeter(() => now), at: (ms) => (now = ms) }
}

test('time between inputs counts', () => {
  const { meter, at } = meterAt()
  meter.input()
  at(4000)
  meter.input()
  at(5000)
  expect(meter.activeMs).toBe(5000)
})

test('silence counts for 30 seconds and no more', () => {
  const { meter, at } = meterAt()
  meter.input()
  at(600_000)
  expect(meter.activeMs).toBe(30_000)
  at(900_000)
  expect(meter.activeMs).toBe(30_000)
  meter.input()
  at(901_000)
  expect(meter.activeMs).toBe(31_000)
})

test('a hidden page does not count', () => {
  const { meter, at } = meterAt()
  meter.input()
  at(1000)
  meter.hidden()
  at(9000)
  expect(meter.activeMs).toBe(1000)
})

test('asking often does not change the sum', () => {
  const { meter, at } = meterAt()
  meter.input()
  for (let ms = 0; ms <= 20_000; ms += 100) {
    at(ms)
    expect(meter.activeMs).toBe(ms)
  }
})

test('fresh input is reported once', () => {
  const { meter } = meterAt()
  meter.input()
  expect([meter.takeFresh(), meter.takeFresh()]).toEqual([true, false])
})
