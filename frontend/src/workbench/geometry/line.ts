import { edgeAt, type Path, vertexAt } from './path'
import { distance, type Point } from './point'

export const lineHit = (path: Path, point: Point, tolerance: number): boolean =>
  edgeAt(path, point, tolerance, false) >= 0 || vertexAt(path, point, tolerance) >= 0

export function lineLength(path: Path): number {
  let length = 0
  path.forEach((vertex, index) => {
    const next = path[index + 1]
    if (next) length += distance(vertex, next)
  })
  return length
}
