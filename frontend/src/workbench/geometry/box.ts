import { clamp, type Point, roundPx, type Size } from './point'

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export const HANDLES = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const
export type Handle = (typeof HANDLES)[number]

export const right = (box: Box): number => box.left + box.width
export const bottom = (box: Box): number => box.top + box.height
export const area = (box: Box): number => box.width * box.height
export const centre = (box: Box): Point => ({ x: box.left + box.width / 2, y: box.top + box.height / 2 })

const fromEdges = (x1: number, y1: number, x2: number, y2: number): Box => ({
  left: roundPx(Math.min(x1, x2)),
  top: roundPx(Math.min(y1, y2)),
  width: roundPx(Math.abs(x2 - x1)),
  height: roundPx(Math.abs(y2 - y1)),
})

export const boxBetween = (a: Point, b: Point): Box => fromEdges(a.x, a.y, b.x, b.y)

/** Cuts off what lies outside the picture. */
export function clampBox(box: Box, size: Size): Box {
  return fromEdges(
    clamp(box.left, 0, size.width),
    clamp(box.top, 0, size.height),
    clamp(right(box), 0, size.width),
    clamp(bottom(box), 0, size.height),
  )
}

/** Moves without changing the size: the box stops at the picture's edge. */
export function moveBox(box: Box, dx: number, dy: number, size: Size): Box {
  return {
    ...box,
    left: roundPx(clamp(box.left + dx, 0, Math.max(0, size.width - box.width))),
    top: roundPx(clamp(box.top + dy, 0, Math.max(0, size.height - box.height))),
  }
}

/** The box after dragging one of its handles to a point; crossing the opposite edge turns it over. */
export function resizeBox(box: Box, handle: Handle, to: Point, size: Size): Box {
  const x = clamp(to.x, 0, size.width)
  const y = clamp(to.y, 0, size.height)
  return fromEdges(
    handle.includes('w') ? x : box.left,
    handle.startsWith('n') ? y : box.top,
    handle.includes('e') ? x : right(box),
    handle.startsWith('s') ? y : bottom(box),
  )
}

/** Moves the right and lower edges, as the keyboard does; never below one pixel or out of the picture. */
export function growBox(box: Box, dx: number, dy: number, size: Size): Box {
  return {
    ...box,
    width: roundPx(clamp(box.width + dx, 1, Math.max(1, size.width - box.left))),
    height: roundPx(clamp(box.height + dy, 1, Math.max(1, size.height - box.top))),
  }
}

export function handlePoint(box: Box, handle: Handle): Point {
  const x = handle.includes('w') ? box.left : handle.includes('e') ? right(box) : centre(box).x
  const y = handle.startsWith('n') ? box.top : handle.startsWith('s') ? bottom(box) : centre(box).y
  return { x, y }
}

export const boxContains = (box: Box, point: Point, margin = 0): boolean =>
  point.x >= box.left - margin &&
  point.x <= right(box) + margin &&
  point.y >= box.top - margin &&
  point.y <= bottom(box) + margin

/** Overlap of two boxes as intersection over union, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(right(a), right(b)) - Math.max(a.left, b.left)
  const height = Math.min(bottom(a), bottom(b)) - Math.max(a.top, b.top)
  if (width <= 0 || height <= 0) return 0
  const shared = width * height
  return shared / (area(a) + area(b) - shared)
}
