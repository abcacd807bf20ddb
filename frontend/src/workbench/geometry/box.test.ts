import { expect, test } from 'vitest'
import { boxBetween, clampBox, growBox, moveBox, overlap, resizeBox } from './box'

const PICTURE = { width: 200, height: 100 }
const BOX = { left: 10, top: 20, width: 40, height: 30 }

test('a box between two points does not depend on their order', () => {
  const box = { left: 10, top: 20, width: 40, height: 30 }
  expect(boxBetween({ x: 10, y: 20 }, { x: 50, y: 50 })).toEqual(box)
  expect(boxBetween({ x: 50, y: 20 }, { x: 10, y: 50 })).toEqual(box)
})

test('clamping cuts off what lies outside', () => {
  expect(clampBox({ left: -5, top: 90, width: 20, height: 40 }, PICTURE)).toEqual({
    left: 0,
    top: 90,
    width: 15,
    height: 10,
  })
})

test('moving stops at the edge and keeps the size', () => {
  expect(moveBox(BOX, 1000, -1000, PICTURE)).toEqual({ left: 160, top: 0, width: 40, height: 30 })
})

test('a handle dragged over the opposite edge turns the box over', () => {
  expect(resizeBox(BOX, 'e', { x: 4, y: 0 }, PICTURE)).toEqual({ left: 4, top: 20, width: 6, height: 30 })
  expect(resizeBox(BOX, 'se', { x: 500, y: 60 }, PICTURE)).toEqual({ left: 10, top: 20, width: 190, height: 40 })
})

test('growing by keyboard never leaves the picture or falls below a pixel', () => {
  expect(growBox(BOX, -100, 500, PICTURE)).toEqual({ left: 10, top: 20, width: 1, height: 80 })
})

test('overlap is one for equal boxes and zero for boxes that touch', () => {
  expect(overlap(BOX, BOX)).toBe(1)
  expect(overlap(BOX, { ...BOX, left: 50 })).toBe(0)
  expect(overlap(BOX, { ...BOX, width: 20 })).toBe(0.5)
})
