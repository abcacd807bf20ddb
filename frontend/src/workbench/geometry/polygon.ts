import { boxContains } from './box'
import { edgeAt, type Path, pathBounds } from './path'
import type { Point } from './point'

/** Twice the signed area is summed over the edges (shoelace formula). */
export function polygonArea(path: Path): number {
  let twice = 0
  path.forEach((a, index) => {
    const b = path[(index + 1) % path.length]
    if (b) twice += a.x * b.y - b.x * a.y
  })
  return Math.abs(twice) / 2
}

/** Even-odd rule: a point is inside when a ray from it crosses the outline an odd number of times. */
export function polygonContains(path: Path, point: Point): boolean {
  let inside = false
  path.forEach((a, index) => {
    const b = path[(index + 1) % path.length]
    if (!b || a.y > point.y === b.y > point.y) return
    if (point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) inside = !inside
  })
  return inside
}

export const polygonHit = (path: Path, point: Point, tolerance: number): boolean =>
  boxContains(pathBounds(path), point, tolerance) &&
  (polygonContains(path, point) || edgeAt(path, point, tolerance, true) >= 0)

const turn = (a: Point, b: Point, c: Point): number => Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x))

const between = (a: Point, b: Point, c: Point): boolean =>
  Math.min(a.x, b.x) <= c.x && c.x <= Math.max(a.x, b.x) && Math.min(a.y, b.y) <= c.y && c.y <= Math.max(a.y, b.y)

const touches = (side: number, from: Point, to: Point, point: Point): boolean => side === 0 && between(from, to, point)

function segmentsMeet(a: Point, b: Point, c: Point, d: Point): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)]
  if (abc !== abd && cda !== cdb) return true
  return touches(abc, a, b, c) || touches(abd, a, b, d) || touches(cda, c, d, a) || touches(cdb, c, d, b)
}

/** Whether two edges that are not neighbours meet. */
export function polygonCrosses(path: Path): boolean {
  const { length } = path
  for (let first = 0; first < length; first += 1) {
    for (let second = first + 2; second < length; second += 1) {
      if (first === 0 && second === length - 1) continue
      const [a, b, c, d] = [path[first], path[first + 1], path[second], path[(second + 1) % length]]
      if (a && b && c && d && segmentsMeet(a, b, c, d)) return true
    }
  }
  return false
}
