import { type Box, handlePoint } from '../geometry/box'
import type { Point, Size } from '../geometry/point'
import { boundsOf, type Shape } from '../geometry/shape'
import { toScreen, type Viewport } from '../geometry/viewport'
import { handlesOf, middlesOf } from '../tools/grip'
import { EVIDENCE_COLOUR } from './palette'
import { textWidth } from './painter'

const SVG = 'http://www.w3.org/2000/svg'
const CHIP_HEIGHT = 18

export interface Active {
  readonly shape: Shape
  readonly colour: string
  readonly title: string
  readonly grips: boolean
  readonly open: boolean
}

export interface Region {
  readonly box: Box
  readonly title: string
}

function element(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  if (text !== undefined) made.textContent = text
  return made
}

/** What is selected, drawn or pointed at, as SVG in screen pixels: few elements, found by attribute. */
export class Overlay {
  readonly svg = document.createElementNS(SVG, 'svg')
  private readonly regions = element('g', { 'data-part': 'regions' })
  private readonly active = element('g', { 'data-part': 'active' })
  private readonly guides = element('g', { 'data-part': 'guides' })

  constructor() {
    this.svg.setAttribute('class', 'stage-overlay')
    this.svg.setAttribute('aria-hidden', 'true')
    this.svg.append(this.regions, this.guides, this.active)
  }

  showRegions(regions: readonly Region[], view: Viewport): void {
    const drawn = regions.flatMap(({ box, title }) => {
      const at = screenBox(box, view)
      const dash = { fill: 'none', stroke: EVIDENCE_COLOUR, 'stroke-width': 3, 'stroke-dasharray': '8 5' }
      const frame = { x: at.left, y: at.top, width: Math.max(at.width, 6), height: Math.max(at.height, 6) }
      const under = element('rect', { ...frame, fill: 'none', stroke: '#111', 'stroke-width': 5 })
      const chip = chipAt({ x: at.left, y: at.top + at.height + CHIP_HEIGHT }, title, EVIDENCE_COLOUR)
      return [under, element('rect', { ...frame, ...dash, 'data-part': 'region' }), ...chip]
    })
    this.regions.replaceChildren(...drawn)
  }

  showActive(active: Active | null, view: Viewport, tolerance: number): void {
    if (!active) {
      this.active.replaceChildren()
      return
    }
    const { shape, colour } = active
    const outline = outlineOf(shape, view)
    const under = outline({ fill: 'none', stroke: '#111', 'stroke-opacity': 0.75, 'stroke-width': 5 })
    const fill = shape.type === 'line' || active.open ? 'none' : colour
    const line = outline({ fill, 'fill-opacity': 0.16, stroke: colour, 'stroke-width': 3, 'data-part': 'selected' })
    const corner = toScreen(view, { x: boundsOf(shape).left, y: boundsOf(shape).top })
    const chip = active.title ? chipAt(corner, active.title, colour) : []
    this.active.replaceChildren(under, line, ...chip, ...(active.grips ? gripsOf(shape, view, tolerance) : []))
  }

  showGuides(at: Point | null, host: Size): void {
    if (!at) {
      this.guides.replaceChildren()
      return
    }
    const d = `M0 ${Math.round(at.y) + 0.5}H${host.width}M${Math.round(at.x) + 0.5} 0V${host.height}`
    const look = { d, stroke: '#fff', 'stroke-opacity': 0.55, 'stroke-dasharray': '3 5', fill: 'none' }
    this.guides.replaceChildren(element('path', { d, stroke: '#111', 'stroke-opacity': 0.4 }), element('path', look))
  }
}

function screenBox(box: Box, view: Viewport): Box {
  const { x: left, y: top } = toScreen(view, { x: box.left, y: box.top })
  return { left, top, width: box.width * view.scale, height: box.height * view.scale }
}

function outlineOf(shape: Shape, view: Viewport): (look: Record<string, string | number>) => SVGElement {
  switch (shape.type) {
    case 'box': {
      const { left: x, top: y, width, height } = screenBox(shape, view)
      return (look) => element('rect', { x, y, width, height, ...look })
    }
    case 'point': {
      const { x: cx, y: cy } = toScreen(view, shape)
      return (look) => element('circle', { cx, cy, r: 6, ...look })
    }
    default: {
      const points = shape.vertices.map((vertex) => toScreen(view, vertex))
      const list = points.map(({ x, y }) => `${x},${y}`).join(' ')
      return (look) => element(shape.type === 'polygon' ? 'polygon' : 'polyline', { points: list, ...look })
    }
  }
}

function chipAt(corner: Point, title: string, colour: string): readonly SVGElement[] {
  const text = element('text', { x: corner.x + 5, y: corner.y - 5, class: 'stage-chip' }, title)
  const width = 12 + textWidth(title)
  const y = corner.y - CHIP_HEIGHT
  return [element('rect', { x: corner.x - 1.5, y, width, height: CHIP_HEIGHT, fill: colour }), text]
}

function gripsOf(shape: Shape, view: Viewport, tolerance: number): readonly SVGElement[] {
  const look = { fill: '#fff', stroke: '#111', 'stroke-width': 1.5 }
  if (shape.type === 'box') {
    return handlesOf(shape, tolerance).map((handle) => {
      const { x, y } = toScreen(view, handlePoint(shape, handle))
      return element('rect', { x: x - 5, y: y - 5, width: 10, height: 10, ...look, 'data-handle': handle })
    })
  }
  if (shape.type === 'point') return []
  const middles = middlesOf(shape, tolerance).map(({ index, point }) => {
    const { x: cx, y: cy } = toScreen(view, point)
    return element('circle', { cx, cy, r: 3.5, ...look, 'fill-opacity': 0.6, 'data-middle': index })
  })
  const vertices = shape.vertices.map((vertex, index) => {
    const { x: cx, y: cy } = toScreen(view, vertex)
    return element('circle', { cx, cy, r: 5, ...look, 'data-vertex': index })
  })
  return [...middles, ...vertices]
}
