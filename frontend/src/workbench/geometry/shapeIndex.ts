import Flatbush from 'flatbush'
import { type Box, bottom, right } from './box'
import { boundsOf, type Shape } from './shape'

/** Finds the shapes that touch a rectangle without looking at all of them. */
export class ShapeIndex {
  private readonly tree: Flatbush | null

  constructor(shapes: readonly Shape[]) {
    this.tree = shapes.length > 0 ? new Flatbush(shapes.length) : null
    if (!this.tree) return
    for (const shape of shapes) {
      const box = boundsOf(shape)
      this.tree.add(box.left, box.top, right(box), bottom(box))
    }
    this.tree.finish()
  }

  /** The places in the list of the shapes that touch a box, in the order of the list. */
  touching(box: Box): readonly number[] {
    return this.tree?.search(box.left, box.top, right(box), bottom(box)).toSorted((a, b) => a - b) ?? []
  }
}
