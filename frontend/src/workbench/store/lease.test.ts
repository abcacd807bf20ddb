import { expect, test } from 'vitest'
import { clockText, crossesSpoken, leaseAt, readLease } from './lease'

const NOW = Date.parse('2026-11-23T14:00:00Z')
const lease = readLease('2026-11-23T14:30:00Z', 1800, '2026-11-23T14:00:00Z', NOW)!

test('the server clock decides when this computer is an hour late', () => {
  const late = readLease('2026-11-23T14:30:00Z', 1800, '2026-11-23T14:00:00Z', NOW - 3_600_000)!
  expect(leaseAt(late, NOW - 3_600_000)).toEqual({ leftMs: 1_800_000, share: 1, low: false, over: false })
})

test('a lease is low at a fifth and over at zero', () => {
  expect(leaseAt(lease, NOW + 1440_000)).toEqual({ leftMs: 360_000, share: 0.2, low: true, over: false })
  expect(leaseAt(lease, NOW + 9_000_000)).toEqual({ leftMs: 0, share: 0, low: true, over: true })
})

test('only a fifth, five minutes and one minute are spoken', () => {
  const spoken = []
  for (let second = 0; second < 1800; second += 1) {
    const [before, after] = [leaseAt(lease, NOW + second * 1000), leaseAt(lease, NOW + (second + 1) * 1000)]
    if (crossesSpoken(before, after)) spoken.push(after.leftMs / 1000)
  }
  expect(spoken).toEqual([360, 300, 60])
})

test('no lease without an end', () => {
  expect(readLease(null, 0, '', NOW)).toBeNull()
})

test('the clock shows minutes, and hours when there are any', () => {
  expect([clockText(1_334_000), clockText(59_001), clockText(3_723_000)]).toEqual(['22:14', '1:00', '1:02:03'])
})
