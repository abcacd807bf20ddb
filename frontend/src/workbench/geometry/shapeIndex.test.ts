import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bottom, type Box, right } from './box'
import { boundsOf, type Shape } from './shape'
import { ShapeIndex } from './shapeIndex'

const shape: fc.Arbitrary<Shape> = fc.record({
  type: fc.constant('box' as const),
  left: fc.integer({ min: 0, max: 200 }),
  top: fc.integer({ min: 0, max: 200 }),
  width: fc.integer({ min: 0, max: 40 }),
  height: fc.integer({ min: 0, max: 40 }),
})

const touches = (a: Box, b: Box): boolean =>
  a.left <= right(b) && right(a) >= b.left && a.top <= bottom(b) && bottom(a) >= b.top

test('the index finds what looking at each shape finds', () => {
  fc.assert(
    fc.property(fc.array(shape), shape, (shapes, window) => {
      const box = boundsOf(window)
      const expected = shapes.flatMap((one, place) => (touches(boundsOf(one), box) ? [place] : []))
      expect(new ShapeIndex(shapes).touching(box)).toEqual(expected)
    }),
  )
})
