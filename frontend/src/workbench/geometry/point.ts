/** Image pixels of the upright original, origin top left, unless a name says screen. */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Coordinates are kept to a hundredth of a pixel: finer than any screen, short in JSON. */
export const roundPx = (value: number): number => Math.round(value * 100) / 100

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

export const clampPoint = (point: Point, size: Size): Point => ({
  x: roundPx(clamp(point.x, 0, size.width)),
  y: roundPx(clamp(point.y, 0, size.height)),
})

export function distanceToSegment(point: Point, a: Point, b: Point): number {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : clamp(((point.x - a.x) * dx + (point.y - a.y) * dy) / length, 0, 1)
  return distance(point, { x: a.x + along * dx, y: a.y + along * dy })
}
