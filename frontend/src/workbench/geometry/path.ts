import { type Box, boxBetween } from './box'
import { clampPoint, clamp, distance, distanceToSegment, type Point, roundPx, type Size } from './point'

export type Path = readonly Point[]

export function pathBounds(path: Path): Box {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of path) {
    x1 = Math.min(x1, x)
    y1 = Math.min(y1, y)
    x2 = Math.max(x2, x)
    y2 = Math.max(y2, y)
  }
  return path.length === 0 ? { left: 0, top: 0, width: 0, height: 0 } : boxBetween({ x: x1, y: y1 }, { x: x2, y: y2 })
}

/** Moves all vertices by the same amount: as much of it as keeps the path inside the picture. */
export function movePath(path: Path, dx: number, dy: number, size: Size): Point[] {
  const bounds = pathBounds(path)
  const stepX = clamp(dx, -bounds.left, size.width - bounds.left - bounds.width)
  const stepY = clamp(dy, -bounds.top, size.height - bounds.top - bounds.height)
  return path.map(({ x, y }) => ({ x: roundPx(x + stepX), y: roundPx(y + stepY) }))
}

export const moveVertex = (path: Path, index: number, to: Point, size: Size): Point[] =>
  path.map((vertex, at) => (at === index ? clampPoint(to, size) : vertex))

/** Puts a vertex behind the one at index. */
export const insertVertex = (path: Path, index: number, vertex: Point, size: Size): Point[] =>
  path.toSpliced(index + 1, 0, clampPoint(vertex, size))

export const removeVertex = (path: Path, index: number): Point[] => path.toSpliced(index, 1)

/** The vertex within the tolerance of a point, the nearest one; -1 when there is none. */
export function vertexAt(path: Path, point: Point, tolerance: number): number {
  let best = -1
  let nearest = tolerance
  path.forEach((vertex, index) => {
    const away = distance(vertex, point)
    if (away <= nearest) {
      nearest = away
      best = index
    }
  })
  return best
}

/** The index of the first vertex of the edge within the tolerance; -1 when there is none. */
export function edgeAt(path: Path, point: Point, tolerance: number, closed: boolean): number {
  const edges = closed ? path.length : path.length - 1
  for (let index = 0; index < edges; index += 1) {
    const a = path[index]
    const b = path[(index + 1) % path.length]
    if (a && b && distanceToSegment(point, a, b) <= tolerance) return index
  }
  return -1
}
