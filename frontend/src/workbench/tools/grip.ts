import { type Handle, handlePoint, HANDLES, resizeBox } from '../geometry/box'
import { distance, type Point, type Size } from '../geometry/point'
import { insertVertex, moveVertex, vertexAt } from '../geometry/path'
import { boundsOf, type Shape } from '../geometry/shape'

/** The part of a shape that is dragged: a handle of a box, a vertex, the middle of an edge, or all of it. */
export type Grip =
  | { readonly part: 'handle'; readonly handle: Handle }
  | { readonly part: 'vertex'; readonly index: number }
  | { readonly part: 'edge'; readonly index: number }
  | { readonly part: 'whole' }

/** Edges with less room than this on screen get no handle in their middle. */
const ROOM_FOR_MIDDLES = 4

export function handlesOf(shape: Shape, tolerance: number): readonly Handle[] {
  const { width, height } = boundsOf(shape)
  return HANDLES.filter((handle) => {
    if (handle === 'n' || handle === 's') return width > ROOM_FOR_MIDDLES * tolerance
    return handle === 'e' || handle === 'w' ? height > ROOM_FOR_MIDDLES * tolerance : true
  })
}

/** The middles of edges long enough to take one more vertex. */
export function middlesOf(shape: Shape, tolerance: number): readonly { index: number; point: Point }[] {
  if (shape.type !== 'polygon' && shape.type !== 'line') return []
  const edges = shape.type === 'polygon' ? shape.vertices.length : shape.vertices.length - 1
  const middles: { index: number; point: Point }[] = []
  for (let index = 0; index < edges; index += 1) {
    const [a, b] = [shape.vertices[index], shape.vertices[(index + 1) % shape.vertices.length]]
    if (!a || !b || distance(a, b) < ROOM_FOR_MIDDLES * tolerance) continue
    middles.push({ index, point: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } })
  }
  return middles
}

/** The handle, vertex or edge middle under a point; null when there is none. */
export function gripAt(shape: Shape, point: Point, tolerance: number): Grip | null {
  if (shape.type === 'point') return distance(shape, point) <= tolerance * 1.5 ? { part: 'whole' } : null
  if (shape.type === 'box') {
    const near = handlesOf(shape, tolerance)
      .map((handle) => ({ handle, away: distance(handlePoint(shape, handle), point) }))
      .toSorted((a, b) => a.away - b.away)[0]
    return near && near.away <= tolerance ? { part: 'handle', handle: near.handle } : null
  }
  const vertex = vertexAt(shape.vertices, point, tolerance)
  if (vertex >= 0) return { part: 'vertex', index: vertex }
  const middle = middlesOf(shape, tolerance).find(({ point: there }) => distance(there, point) <= tolerance)
  return middle ? { part: 'edge', index: middle.index } : null
}

/** The shape with the grip dragged to a point; a whole shape is moved by its caller. */
export function dragGrip(shape: Shape, grip: Grip, to: Point, size: Size): Shape {
  if (shape.type === 'box' && grip.part === 'handle') return { type: 'box', ...resizeBox(shape, grip.handle, to, size) }
  if (shape.type !== 'polygon' && shape.type !== 'line') return shape
  if (grip.part === 'vertex') return { type: shape.type, vertices: moveVertex(shape.vertices, grip.index, to, size) }
  if (grip.part === 'edge') return { type: shape.type, vertices: insertVertex(shape.vertices, grip.index, to, size) }
  return shape
}
