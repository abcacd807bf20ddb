import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actualSize, fitTo, keepInSight, MAX_SCALE, MIN_SCALE, reveal, toImage, toScreen, zoomAt } from './viewport'

const HOST = { width: 800, height: 600 }
const point = fc.record({
  x: fc.double({ min: -5000, max: 5000, noNaN: true }),
  y: fc.double({ min: -5000, max: 5000, noNaN: true }),
})
const viewport = fc.record({
  scale: fc.double({ min: MIN_SCALE, max: MAX_SCALE, noNaN: true }),
  x: fc.double({ min: -4000, max: 4000, noNaN: true }),
  y: fc.double({ min: -4000, max: 4000, noNaN: true }),
})

test('screen and image positions map back to themselves', () => {
  fc.assert(
    fc.property(viewport, point, (view, there) => {
      const back = toImage(view, toScreen(view, there))
      expect(back.x).toBeCloseTo(there.x, 5)
      expect(back.y).toBeCloseTo(there.y, 5)
    }),
  )
})

test('zooming keeps what is under the pointer there', () => {
  fc.assert(
    fc.property(viewport, point, fc.double({ min: 0.001, max: 100, noNaN: true }), (view, screen, scale) => {
      const before = toImage(view, screen)
      const after = toImage(zoomAt(view, screen, scale), screen)
      expect(after.x).toBeCloseTo(before.x, 4)
      expect(after.y).toBeCloseTo(before.y, 4)
    }),
  )
})

test('fitting shows the whole picture in the middle', () => {
  expect(fitTo({ width: 1568, height: 400 }, HOST)).toEqual({ scale: 768 / 1568, x: 16, y: 300 - (200 * 768) / 1568 })
})

test('1:1 lies on whole pixels', () => {
  const view = actualSize(fitTo({ width: 1333, height: 777 }, HOST), HOST)
  expect(view.scale).toBe(1)
  expect([view.x, view.y].every(Number.isInteger)).toBe(true)
})

test('a picture cannot be dragged out of sight', () => {
  expect(keepInSight({ scale: 1, x: 9000, y: -9000 }, { width: 100, height: 100 }, HOST)).toEqual({
    scale: 1,
    x: 752,
    y: -52,
  })
})

test('revealing does not move what is in sight already', () => {
  const view = { scale: 1, x: 0, y: 0 }
  expect(reveal(view, { left: 10, top: 10, width: 20, height: 20 }, HOST)).toBe(view)
  expect(reveal(view, { left: 1000, top: 100, width: 50, height: 50 }, HOST)).toEqual({ scale: 1, x: -290, y: 0 })
})
