import { type Box, right } from '../geometry/box'
import type { Size } from '../geometry/point'
import { boundsOf, type Shape } from '../geometry/shape'
import { ShapeIndex } from '../geometry/shapeIndex'
import { toImage, toScreen, type Viewport } from '../geometry/viewport'
import type { Annotation } from '../store/annotations'
import type { Paint } from './palette'

const OVERSCAN_PX = 240
const MOST_PIXELS = 16_000_000
const CHIP_HEIGHT = 18
const CHIP_FONT = '600 12px system-ui, sans-serif'
const REPAINT_AT_ONCE_BELOW = 400
/** Among more shapes than this only those of some width carry their number: nobody can read the others. */
const CHIPS_FOR_ALL_BELOW = 300
const CHIP_FROM_PX = 64
const REPAINT_AFTER_MS = 80

export interface Mark {
  readonly annotation: Annotation
  readonly number: number
  readonly paint: Paint
  readonly ghost: boolean
}

function sameMarks(a: readonly Mark[], b: readonly Mark[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ annotation, number, ghost }, place) => {
      const other = b[place]
      return other?.annotation === annotation && other.number === number && other.ghost === ghost
    })
  )
}

/** Adds the outline of a shape in screen pixels to a path. */
export function trace(path: Path2D, shape: Shape, view: Viewport, shiftPx = 0): void {
  const at = (point: { x: number; y: number }): [number, number] => {
    const { x, y } = toScreen(view, point)
    return [x + shiftPx, y + shiftPx]
  }
  if (shape.type === 'box') {
    path.rect(...at({ x: shape.left, y: shape.top }), shape.width * view.scale, shape.height * view.scale)
  } else if (shape.type === 'point') {
    const [x, y] = at(shape)
    path.moveTo(x + 5, y)
    path.arc(x, y, 5, 0, 2 * Math.PI)
  } else {
    shape.vertices.forEach((vertex, index) => (index === 0 ? path.moveTo(...at(vertex)) : path.lineTo(...at(vertex))))
    if (shape.type === 'polygon') path.closePath()
  }
}

/**
 * Draws all shapes that nobody is editing on one canvas, larger than the stage by a margin.
 *
 * While the view moves, the canvas moves with it by a CSS transform; it is painted again only when its margin is used
 * up, or shortly after the last step of a zoom.
 */
export class Painter {
  readonly canvas = document.createElement('canvas')
  readonly stats = { paints: 0, lastMs: 0 }
  private marks: readonly Mark[] = []
  private index = new ShapeIndex([])
  private painted: Viewport = { scale: 1, x: 0, y: 0 }
  private host: Size = { width: 1, height: 1 }
  private timer: ReturnType<typeof setTimeout> | null = null
  private frame = 0

  constructor() {
    this.canvas.className = 'stage-canvas'
    this.canvas.setAttribute('aria-hidden', 'true')
  }

  /** Paints these marks; nothing happens while they are the ones that are there. */
  show(marks: readonly Mark[], view: Viewport): void {
    if (sameMarks(marks, this.marks)) return
    this.marks = marks
    this.index = new ShapeIndex(marks.map(({ annotation }) => annotation))
    this.paintSoon(view)
  }

  resize(host: Size, view: Viewport): void {
    this.host = host
    const [width, height] = [host.width + 2 * OVERSCAN_PX, host.height + 2 * OVERSCAN_PX]
    const ratio = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / (width * height)))
    this.canvas.width = Math.round(width * ratio)
    this.canvas.height = Math.round(height * ratio)
    this.canvas.style.width = `${width}px`
    this.canvas.style.height = `${height}px`
    this.paint(view)
  }

  follow(view: Viewport): void {
    this.place(view)
    const scale = view.scale / this.painted.scale
    const slack = Math.max(Math.abs(view.x - this.painted.x), Math.abs(view.y - this.painted.y))
    if (scale === 1 && slack < OVERSCAN_PX) return
    if (scale === 1 || this.marks.length < REPAINT_AT_ONCE_BELOW) this.paintSoon(view)
    else {
      if (this.timer !== null) clearTimeout(this.timer)
      this.timer = setTimeout(() => this.paint(view), REPAINT_AFTER_MS)
    }
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    cancelAnimationFrame(this.frame)
  }

  private paintSoon(view: Viewport): void {
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => this.paint(view))
  }

  private place(view: Viewport): void {
    const scale = view.scale / this.painted.scale
    const x = view.x - (this.painted.x + OVERSCAN_PX) * scale
    const y = view.y - (this.painted.y + OVERSCAN_PX) * scale
    this.canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale})`
  }

  private paint(view: Viewport): void {
    const started = performance.now()
    this.painted = view
    this.place(view)
    const context = this.canvas.getContext('2d')
    if (!context) return
    const ratio = this.canvas.width / (this.host.width + 2 * OVERSCAN_PX)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, this.canvas.width, this.canvas.height)
    const marks = this.index.touching(this.coverage(view)).flatMap((place) => this.marks[place] ?? [])
    this.strokeAll(context, marks, view)
    const least = marks.length > CHIPS_FOR_ALL_BELOW ? CHIP_FROM_PX : 0
    for (const mark of marks) drawChip(context, mark, view, least)
    this.stats.paints += 1
    this.stats.lastMs = performance.now() - started
  }

  private coverage(view: Viewport): Box {
    const { x: left, y: top } = toImage(view, { x: -OVERSCAN_PX, y: -OVERSCAN_PX })
    const width = (this.host.width + 2 * OVERSCAN_PX) / view.scale
    return { left, top, width, height: (this.host.height + 2 * OVERSCAN_PX) / view.scale }
  }

  /** One path for each look: stroking two thousand shapes one by one is several times slower. */
  private strokeAll(context: CanvasRenderingContext2D, marks: readonly Mark[], view: Viewport): void {
    const looks = new Map<string, { paint: Paint; ghost: boolean; lines: Path2D; areas: Path2D }>()
    for (const { annotation, paint, ghost } of marks) {
      const key = `${paint.colour}${paint.dashed}${ghost}`
      const look = looks.get(key) ?? { paint, ghost, lines: new Path2D(), areas: new Path2D() }
      looks.set(key, look)
      trace(annotation.type === 'line' ? look.lines : look.areas, annotation, view, OVERSCAN_PX)
    }
    for (const { paint, ghost, lines, areas } of looks.values()) {
      lines.addPath(areas)
      strokeTwice(context, lines, paint, ghost)
      context.globalAlpha = ghost ? 0 : 0.06
      context.fillStyle = paint.colour
      context.fill(areas, 'nonzero')
      context.globalAlpha = 1
    }
  }
}

function strokeTwice(context: CanvasRenderingContext2D, path: Path2D, paint: Paint, ghost: boolean): void {
  context.setLineDash([])
  context.strokeStyle = 'rgb(17 17 17 / 0.75)'
  context.lineWidth = ghost ? 5 : 4
  context.stroke(path)
  context.setLineDash(ghost ? [8, 5] : paint.dashed ? [7, 5] : [])
  context.strokeStyle = paint.colour
  context.lineWidth = ghost ? 3 : 2
  context.stroke(path)
}

const widths = new Map<string, number>()
let ruler: CanvasRenderingContext2D | null = null

/** The width of a text in the font of the chips. */
export function textWidth(text: string): number {
  const known = widths.get(text)
  if (known !== undefined) return known
  ruler ??= document.createElement('canvas').getContext('2d')
  if (!ruler) return text.length * 7
  ruler.font = CHIP_FONT
  const { width } = ruler.measureText(text)
  if (widths.size > 5000) widths.clear()
  widths.set(text, width)
  return width
}

/** Number and name above the shape; only the number when the shape is narrower than its name. */
function drawChip(context: CanvasRenderingContext2D, mark: Mark, view: Viewport, leastPx: number): void {
  const { annotation, number, paint, ghost } = mark
  const box = boundsOf(annotation)
  if (box.width * view.scale < leastPx) return
  context.font = CHIP_FONT
  const corner = toScreen(view, { x: box.left, y: ghost ? box.top + box.height : box.top })
  const room = toScreen(view, { x: right(box), y: box.top }).x - corner.x
  const full = `${number} ${paint.name}`
  const text = textWidth(full) + 12 <= Math.max(room, 34) || annotation.type === 'point' ? full : `${number}`
  const width = textWidth(text) + 12
  const x = corner.x + OVERSCAN_PX - 1
  const y = corner.y + OVERSCAN_PX - (ghost ? 0 : CHIP_HEIGHT) - (annotation.type === 'point' ? 7 : 0)
  context.fillStyle = paint.colour
  context.fillRect(x, y, width, CHIP_HEIGHT)
  context.fillStyle = '#111'
  context.textBaseline = 'middle'
  context.fillText(text, x + 6, y + CHIP_HEIGHT / 2 + 0.5)
}
