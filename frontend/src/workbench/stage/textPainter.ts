import type { CodePoints } from '../geometry/codePoints'
import { lanesOf, type Span } from '../geometry/span'
import type { Entity, EntityDocument } from '../store/entities'
import type { LabelChoice } from '../store/editor'
import type { Placed, Rect, TextLayout } from './textLayout'

export const LANE_PX = 12
const MOST_LANES = 4
const LEAST_LANES = 2
const NAME_FROM_PX = 12
const FONT = '600 9px system-ui, sans-serif'

/** Everything that is drawn behind a text. */
export interface Picture {
  readonly document: EntityDocument
  readonly selected: string | null
  readonly relating: string | null
  readonly hidden: ReadonlySet<string>
  readonly bare: boolean
  readonly matches: readonly Span[]
  /** What is selected of the text itself. */
  readonly range: Span | null
  /** Entities of another answer that are not in this one. */
  readonly ghosts: readonly Entity[]
  /** Entities that a reviewer points at. */
  readonly evidence: ReadonlySet<string>
  /** Names of relations that lead neither way. */
  readonly undirected: ReadonlySet<string>
  readonly caret: Rect | null
}

interface Line {
  readonly colour: string
  /** Lies around the words. */
  readonly halo: string
  readonly arrow: boolean
}

interface Shown {
  readonly entity: Entity
  readonly lane: number
  readonly placed: Placed
}

const lanes = new WeakMap<readonly Entity[], readonly number[]>()

function lanesIn(entities: readonly Entity[]): readonly number[] {
  let known = lanes.get(entities)
  if (!known) {
    known = lanesOf(entities)
    lanes.set(entities, known)
  }
  return known
}

/** How many lanes the lines of a text have to leave room for. */
export const roomFor = (document: EntityDocument): number =>
  Math.min(MOST_LANES, Math.max(LEAST_LANES, lanesIn(document.annotations).reduce((most, lane) => Math.max(most, lane + 1), 0)))

const darker = (hex: string, share: number): string =>
  `#${[1, 3, 5].map((at) => Math.round(parseInt(hex.slice(at, at + 2), 16) * share).toString(16).padStart(2, '0')).join('')}`

/** The colours of the theme, and of each label. */
export class TextInk {
  readonly ink: string
  readonly soft: string
  readonly sheet: string
  readonly accent: string
  readonly danger: string
  private readonly dark: boolean
  private readonly colours: readonly string[]
  private readonly labels: ReadonlyMap<string, LabelChoice>

  constructor(host: Element, labels: readonly LabelChoice[]) {
    const style = getComputedStyle(host)
    const channels = /\d+/.exec(style.color)
    this.dark = Number(channels?.[0] ?? 0) > 128
    this.colours = Array.from({ length: 8 }, (_one, at) => style.getPropertyValue(`--label-${at + 1}`).trim() || '#e8e8e8')
    this.ink = style.color
    this.soft = this.dark ? '#bab9b3' : '#454a52'
    this.sheet = style.backgroundColor
    this.accent = this.dark ? '#8fb8fa' : '#1a52ac'
    this.danger = this.dark ? '#ff9f96' : '#ad2219'
    this.labels = new Map(labels.map((label) => [label.name, label]))
  }

  name(label: string): string {
    return this.labels.get(label)?.display ?? label
  }

  fill(label: string): string {
    return this.colours[(this.labels.get(label)?.color ?? 7) % 8] ?? '#e8e8e8'
  }

  /** For thin lines: the palette is made for a dark ground. */
  line(label: string): string {
    return this.dark ? this.fill(label) : darker(this.fill(label), 0.62)
  }
}

/** Draws what lies behind the text between two heights of the body. */
export class TextPainter {
  private readonly layout: TextLayout
  private readonly points: CodePoints

  constructor(layout: TextLayout, points: CodePoints) {
    this.layout = layout
    this.points = points
  }

  /** Draws; the pen's origin is the body's. Returns what can be hit. */
  paint(pen: CanvasRenderingContext2D, ink: TextInk, picture: Picture, top: number, bottom: number): readonly Shown[] {
    const view = this.layout.between(top, bottom)
    const seen = { start: this.points.toPoint(view.start), end: this.points.toPoint(view.end) }
    const inView = ({ start, end }: Span): boolean => end > seen.start && start < seen.end
    if (!picture.bare) for (const match of picture.matches) if (inView(match)) this.match(pen, ink, match)
    const shown = picture.bare ? [] : this.shown(picture, inView)
    for (const one of shown) this.entity(pen, ink, one, picture)
    if (!picture.bare) {
      for (const ghost of picture.ghosts) if (inView(ghost)) this.outline(pen, ink.danger, this.placed(ghost), [4, 3])
      this.relations(pen, ink, picture, shown)
    }
    if (picture.range) this.wash(pen, ink.accent, 0.38, picture.range)
    if (picture.caret) {
      pen.fillStyle = ink.accent
      pen.fillRect(picture.caret.left - 1, picture.caret.top, 2, picture.caret.bottom - picture.caret.top)
    }
    return shown
  }

  placed({ start, end }: Span): Placed {
    return this.layout.rectsOf({ start: this.points.toUnit(start), end: this.points.toUnit(end) })
  }

  private shown({ document: { annotations }, hidden }: Picture, inView: (span: Span) => boolean): readonly Shown[] {
    const all = lanesIn(annotations)
    return annotations.flatMap((entity, at) =>
      inView(entity) && !hidden.has(entity.uuid)
        ? [{ entity, lane: Math.min(all[at] ?? 0, MOST_LANES - 1), placed: this.placed(entity) }]
        : [],
    )
  }

  private entity(pen: CanvasRenderingContext2D, ink: TextInk, { entity, lane, placed }: Shown, picture: Picture): void {
    const selected = entity.uuid === picture.selected
    pen.fillStyle = ink.fill(entity.label)
    pen.globalAlpha = selected ? 0.5 : 0.26
    for (const { left, top, right, bottom } of placed.rects) pen.fillRect(left, top, right - left, bottom - top)
    pen.globalAlpha = 1
    pen.fillStyle = ink.line(entity.label)
    const drop = 2 + lane * LANE_PX
    for (const { left, right, bottom } of placed.rects) pen.fillRect(left, bottom + drop, right - left, 2)
    this.name(pen, ink, entity, placed, drop + 3)
    if (selected) this.outline(pen, ink.ink, placed, [])
    if (entity.uuid === picture.relating) this.outline(pen, ink.accent, placed, [2, 2])
    if (picture.evidence.has(entity.uuid)) this.outline(pen, ink.danger, placed, [])
  }

  /** Colours alone say too little: the label's name stands under the first line, as far as it fits. */
  private name(pen: CanvasRenderingContext2D, ink: TextInk, entity: Entity, { rects, rtl }: Placed, drop: number): void {
    const [first] = rects
    if (!first || first.right - first.left < NAME_FROM_PX) return
    pen.save()
    pen.beginPath()
    pen.rect(first.left, first.bottom + drop, first.right - first.left, LANE_PX - 3)
    pen.clip()
    pen.font = FONT
    pen.fillStyle = ink.soft
    pen.textBaseline = 'top'
    pen.textAlign = rtl ? 'right' : 'left'
    pen.fillText(ink.name(entity.label), rtl ? first.right : first.left, first.bottom + drop)
    pen.restore()
  }

  private outline(pen: CanvasRenderingContext2D, colour: string, { rects }: Placed, dash: readonly number[]): void {
    pen.strokeStyle = colour
    pen.lineWidth = 1.5
    pen.setLineDash([...dash])
    for (const { left, top, right, bottom } of rects) pen.strokeRect(left - 1, top - 1, right - left + 2, bottom - top + 2)
    pen.setLineDash([])
  }

  private match(pen: CanvasRenderingContext2D, ink: TextInk, span: Span): void {
    this.wash(pen, ink.accent, 0.16, span)
    this.outline(pen, ink.accent, this.placed(span), [1, 2])
  }

  private wash(pen: CanvasRenderingContext2D, colour: string, alpha: number, span: Span): void {
    pen.fillStyle = colour
    pen.globalAlpha = alpha
    for (const { left, top, right, bottom } of this.placed(span).rects) pen.fillRect(left, top, right - left, bottom - top)
    pen.globalAlpha = 1
  }

  private relations(pen: CanvasRenderingContext2D, ink: TextInk, { document, selected, undirected }: Picture, shown: readonly Shown[]): void {
    if (document.relations.length === 0) return
    const ends = new Map(shown.map(({ entity, placed }) => [entity.uuid, placed.rects[0]]))
    for (const relation of document.relations) {
      const [from, to] = [ends.get(relation.source), ends.get(relation.target)]
      if (!from || !to) continue
      const strong = relation.source === selected || relation.target === selected
      this.arc(pen, { colour: strong ? ink.ink : ink.soft, halo: ink.sheet, arrow: !undirected.has(relation.name) }, relation.name, from, to)
    }
  }

  private arc(pen: CanvasRenderingContext2D, { colour, halo, arrow }: Line, name: string, from: Rect, to: Rect): void {
    const [x1, y1] = [(from.left + from.right) / 2, from.top]
    const [x2, y2] = [(to.left + to.right) / 2, to.top]
    const height = Math.min(y1, y2) - 14
    pen.strokeStyle = colour
    pen.fillStyle = colour
    pen.lineWidth = 1.25
    pen.beginPath()
    pen.moveTo(x1, y1)
    pen.bezierCurveTo(x1, height, x2, height, x2, y2 - 3)
    pen.stroke()
    if (arrow) {
      pen.beginPath()
      pen.moveTo(x2, y2)
      pen.lineTo(x2 - 3, y2 - 5)
      pen.lineTo(x2 + 3, y2 - 5)
      pen.fill()
    }
    pen.font = FONT
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.lineWidth = 3
    pen.strokeStyle = halo
    const y = (y1 + y2) / 8 + (height * 3) / 4
    pen.strokeText(name, (x1 + x2) / 2, y)
    pen.fillText(name, (x1 + x2) / 2, y)
  }
}

/** The entity at a place: of several the one whose line was hit, else the next smaller or, again, larger one. */
export function hit(shown: readonly Shown[], x: number, y: number, selected: string | null): string | null {
  const across = shown.filter(({ placed }) => placed.rects.some(({ left, right }) => left <= x && x <= right))
  const line = across.find(({ placed, lane }) =>
    placed.rects.some(({ left, right, bottom }) => {
      const drop = bottom + 1 + lane * LANE_PX
      return left <= x && x <= right && drop <= y && y < drop + LANE_PX
    }),
  )
  if (line) return line.entity.uuid
  const under = across
    .filter(({ placed }) => placed.rects.some(({ left, top, right, bottom }) => left <= x && x <= right && top <= y && y <= bottom))
    .toSorted((a, b) => a.entity.end - a.entity.start - (b.entity.end - b.entity.start))
  const at = under.findIndex(({ entity }) => entity.uuid === selected)
  return under[(at + 1) % under.length]?.entity.uuid ?? null
}

export type { Shown }
