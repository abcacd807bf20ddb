import { graphemesOf, type Span } from '../geometry/span'

export interface Rect {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The rectangles of a stretch, line by line, and whether its first line runs from right to left. */
export interface Placed {
  readonly rects: readonly Rect[]
  readonly rtl: boolean
}

const NOWHERE: Placed = { rects: [], rtl: false }
// Above any length of a text, so that two offsets make one key.
const KEY = 2 ** 26
const LONG = 2000
const MOST_KNOWN = 20_000
/** How far the browser's idea of a place may be off, where directions meet. */
const NEAR = 80
const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/** Line ends that only wrap a paragraph shown as spaces: of the same length, so that offsets stay. */
export const merged = (text: string): string => text.replace(/(?<=[^\n])\n(?=[^\n])/g, ' ')

/**
 * A text in the page: a paragraph per line, each with one text node. Offsets are UTF-16 units of the whole text.
 * Rectangles are relative to the body, and kept until something moves.
 */
export class TextLayout {
  readonly body: HTMLElement
  readonly length: number
  private readonly starts: readonly number[]
  private readonly paragraphs: readonly HTMLElement[]
  private readonly places = new Map<Node, number>()
  private readonly known = new Map<number, Placed>()
  private tops: readonly number[] | null = null

  constructor(body: HTMLElement, text: string) {
    this.body = body
    this.length = text.length
    const starts: number[] = []
    let start = 0
    this.paragraphs = text.split('\n').map((line, at) => {
      const paragraph = document.createElement('p')
      paragraph.dir = 'auto'
      const node = document.createTextNode(line)
      paragraph.append(node)
      this.places.set(node, at)
      this.places.set(paragraph, at)
      starts.push(start)
      start += line.length + 1
      return paragraph
    })
    this.starts = starts
    body.replaceChildren(...this.paragraphs)
  }

  /** Something moved: a width, a font, the distance of lines. */
  forget(): void {
    this.known.clear()
    this.tops = null
  }

  /** The offset of a place in the page; null outside the text. */
  unitOf(node: Node, offset: number): number | null {
    const at = this.places.get(node)
    if (at !== undefined) {
      const start = this.starts[at] ?? 0
      if (node instanceof Text) return start + offset
      return offset === 0 ? start : start + this.lengthOf(at)
    }
    if (node === this.body) return this.starts[offset] ?? this.length
    return null
  }

  /** The place in the page of an offset. */
  placeOf(unit: number): { node: Node; offset: number } {
    const at = this.paragraphAt(unit)
    const paragraph = this.paragraphs[at] ?? this.body
    const node = paragraph.firstChild ?? paragraph
    return { node, offset: Math.min(unit - (this.starts[at] ?? 0), this.lengthOf(at)) }
  }

  rectsOf({ start, end }: Span): Placed {
    const key = start * KEY + end
    let placed = this.known.get(key)
    if (!placed) {
      if (this.known.size >= MOST_KNOWN) this.known.clear()
      placed = start < end ? this.measure(start, end) : NOWHERE
      this.known.set(key, placed)
    }
    return placed
  }

  /** Where a caret stands: a rectangle without a width. */
  caretAt(unit: number): Rect | null {
    const { node, offset } = this.placeOf(unit)
    const range = document.createRange()
    range.setStart(node, offset)
    const rects = range.getClientRects()
    const rect = rects[rects.length - 1] ?? (node.parentElement ?? this.body).getBoundingClientRect()
    return this.inside(rect, this.body.getBoundingClientRect())
  }

  /**
   * The border between characters that is nearest to a place in the window: before or behind the character there, as it
   * is read. The browser's own answer is beside it where scripts of both directions meet. Null beside the text.
   */
  borderAt(x: number, y: number): number | null {
    const found = document.caretPositionFromPoint(x, y)
    const near = found && this.unitOf(found.offsetNode, found.offset)
    if (near === null) return null
    const at = this.paragraphAt(near)
    const [from, line] = [this.starts[at] ?? 0, this.paragraphs[at]?.textContent ?? '']
    const range = document.createRange()
    const node = this.paragraphs[at]?.firstChild
    if (!node) return near
    const boxOf = (start: number, end: number): DOMRect => {
      range.setStart(node, start)
      range.setEnd(node, Math.min(end, line.length))
      return range.getBoundingClientRect()
    }
    const first = Math.max(0, near - from - NEAR)
    for (const { segment, index } of graphemesOf(line.slice(first, near - from + NEAR))) {
      const [start, end] = [first + index, first + index + segment.length]
      const box = boxOf(start, end)
      if (x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue
      const rtl = readsLeft(segment, () => end < line.length && boxOf(end, end + 1).left < box.left)
      const leftHalf = x < (box.left + box.right) / 2
      return from + (leftHalf === rtl ? end : start)
    }
    return near
  }

  /** The stretch that lies between two heights, a little more at most. */
  between(top: number, bottom: number): Span {
    const tops = (this.tops ??= this.paragraphs.map(({ offsetTop }) => offsetTop))
    const first = Math.max(0, before(tops, (one) => one <= top) - 1)
    const last = Math.max(0, before(tops, (one) => one <= bottom) - 1)
    return { start: this.cut(first, top, 0), end: Math.min(this.length, this.cut(last, bottom, this.lengthOf(last)) + 1) }
  }

  /**
   * The first offset of a long paragraph whose line ends below a height: lines follow one another as offsets do.
   * A short one is not worth the search, and gives what it is given.
   */
  private cut(at: number, height: number, otherwise: number): number {
    const start = this.starts[at] ?? 0
    const node = this.paragraphs[at]?.firstChild
    let [low, high] = [0, this.lengthOf(at)]
    if (!node || high < LONG) return start + otherwise
    const range = document.createRange()
    const { top } = this.body.getBoundingClientRect()
    while (low < high) {
      const middle = (low + high) >> 1
      range.setStart(node, middle)
      range.setEnd(node, middle + 1)
      if (range.getBoundingClientRect().bottom - top <= height) low = middle + 1
      else high = middle
    }
    return start + low
  }

  private lengthOf(at: number): number {
    return ((this.starts[at + 1] ?? this.length + 1) - 1) - (this.starts[at] ?? 0)
  }

  private paragraphAt(unit: number): number {
    return Math.max(0, before(this.starts, (start) => start <= unit) - 1)
  }

  private measure(start: number, end: number): Placed {
    const base = this.body.getBoundingClientRect()
    const rects: Rect[] = []
    const [first, last] = [this.paragraphAt(start), this.paragraphAt(end - 1)]
    for (let at = first; at <= last; at++) {
      const node = this.paragraphs[at]?.firstChild
      if (!node) continue
      const from = this.starts[at] ?? 0
      const range = document.createRange()
      range.setStart(node, Math.max(0, start - from))
      range.setEnd(node, Math.min(end - from, this.lengthOf(at)))
      for (const rect of range.getClientRects()) if (rect.width > 0) rects.push(this.inside(rect, base))
    }
    const paragraph = this.paragraphs[first]
    return { rects, rtl: paragraph !== undefined && getComputedStyle(paragraph).direction === 'rtl' }
  }

  private inside({ left, top, right, bottom }: DOMRect, base: DOMRect): Rect {
    return { left: left - base.left, top: top - base.top, right: right - base.left, bottom: bottom - base.top }
  }
}

/** Letters and digits have a direction; for signs it is that of what follows. */
function readsLeft(character: string, nextIsLeft: () => boolean): boolean {
  if (/\p{N}/u.test(character)) return false
  if (RTL.test(character)) return true
  return !/\p{L}/u.test(character) && nextIsLeft()
}

/** How many of the first items satisfy what holds for none behind them. */
function before(items: readonly number[], holds: (item: number) => boolean): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(items[middle] ?? 0)) low = middle + 1
    else high = middle
  }
  return low
}
