import { area, type Box, boxContains, clampBox, moveBox, overlap } from './box'
import { lineHit } from './line'
import { movePath, pathBounds } from './path'
import { clampPoint, distance, type Point, type Size } from './point'
import { polygonArea, polygonHit } from './polygon'

export interface BoxShape extends Box {
  readonly type: 'box'
}
export interface PolygonShape {
  readonly type: 'polygon'
  readonly vertices: readonly Point[]
}
export interface LineShape {
  readonly type: 'line'
  readonly vertices: readonly Point[]
}
export interface PointShape extends Point {
  readonly type: 'point'
}
export type Shape = BoxShape | PolygonShape | LineShape | PointShape
export type ShapeType = Shape['type']
export const SHAPE_TYPES: readonly ShapeType[] = ['box', 'polygon', 'line', 'point']

export function boundsOf(shape: Shape): Box {
  switch (shape.type) {
    case 'box':
      return { left: shape.left, top: shape.top, width: shape.width, height: shape.height }
    case 'point':
      return { left: shape.x, top: shape.y, width: 0, height: 0 }
    default:
      return pathBounds(shape.vertices)
  }
}

export function moveShape<S extends Shape>(shape: S, dx: number, dy: number, size: Size): S {
  switch (shape.type) {
    case 'box':
      return { ...shape, ...moveBox(shape, dx, dy, size) }
    case 'point':
      return { ...shape, ...clampPoint({ x: shape.x + dx, y: shape.y + dy }, size) }
    default:
      return { ...shape, vertices: movePath(shape.vertices, dx, dy, size) }
  }
}

/** Cuts a shape down to the picture; used where numbers are typed in. */
export function clampShape<S extends Shape>(shape: S, size: Size): S {
  switch (shape.type) {
    case 'box':
      return { ...shape, ...clampBox(shape, size) }
    case 'point':
      return { ...shape, ...clampPoint(shape, size) }
    default:
      return { ...shape, vertices: shape.vertices.map((vertex) => clampPoint(vertex, size)) }
  }
}

export function hitsShape(shape: Shape, point: Point, tolerance: number): boolean {
  switch (shape.type) {
    case 'box':
      return boxContains(shape, point, tolerance)
    case 'point':
      return distance(shape, point) <= tolerance * 1.5
    case 'polygon':
      return polygonHit(shape.vertices, point, tolerance)
    case 'line':
      return lineHit(shape.vertices, point, tolerance)
  }
}

/** What lies in front when several shapes are hit: points and lines, then the smaller area. */
export function weight(shape: Shape): number {
  switch (shape.type) {
    case 'box':
      return area(shape)
    case 'polygon':
      return polygonArea(shape.vertices)
    default:
      return 0
  }
}

/** Overlap for display: of boxes exactly, of other shapes by their bounds; points within 5 px count as equal. */
export function likeness(a: Shape, b: Shape): number {
  if (a.type === 'point' && b.type === 'point') return distance(a, b) <= 5 ? 1 : 0
  if (JSON.stringify(a) === JSON.stringify(b)) return 1
  return overlap(boundsOf(a), boundsOf(b))
}
