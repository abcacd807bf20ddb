/** A stretch of a text, by whatever it is counted; `end` is behind the last one. */
export interface Span {
  readonly start: number
  readonly end: number
}

export const overlapOf = (a: Span, b: Span): number => {
  const common = Math.min(a.end, b.end) - Math.max(a.start, b.start)
  return common <= 0 ? 0 : common / (Math.max(a.end, b.end) - Math.min(a.start, b.start))
}

export const inTextOrder = (a: Span, b: Span): number => a.start - b.start || b.end - a.end

/**
 * A lane for each span, from 0 on, so that spans in one lane never touch: the longer of two that begin together lies
 * higher.
 */
export function lanesOf(spans: readonly Span[]): readonly number[] {
  const order = spans.map((_span, at) => at).toSorted((a, b) => inTextOrder(spans[a] as Span, spans[b] as Span))
  const ends: number[] = []
  const lanes = spans.map(() => 0)
  for (const at of order) {
    const span = spans[at] as Span
    const free = ends.findIndex((end) => end <= span.start)
    const lane = free < 0 ? ends.length : free
    ends[lane] = span.end
    lanes[at] = lane
  }
  return lanes
}

/** Widens a stretch to whole characters as a reader sees them, then takes white space off both ends; null if none is left. */
export function tidySpan(text: string, { start, end }: Span): Span | null {
  let [from, to] = [graphemeAt(text, start), graphemeEnd(text, end)]
  while (from < to && /\s/u.test(text.charAt(from))) from++
  while (from < to && /\s/u.test(text.charAt(to - 1))) to--
  return from < to ? { start: from, end: to } : null
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** A text's characters as a reader sees them. */
export const graphemesOf = (text: string): Intl.Segments => graphemes.segment(text)

// No character that a reader sees is longer; it bounds the search in a long text.
const NEAR_UNITS = 64

function graphemeAround(text: string, unit: number): Span {
  // A window that begins in the middle of a character would be cut wrongly: line ends and spaces never are inside one.
  let from = Math.max(0, unit - NEAR_UNITS)
  while (from > 0 && from > unit - 4 * NEAR_UNITS && !/[\s]/u.test(text.charAt(from))) from--
  const part = text.slice(from, unit + NEAR_UNITS)
  const found = graphemes.segment(part).containing(unit - from)
  return found ? { start: from + found.index, end: from + found.index + found.segment.length } : { start: unit, end: unit }
}

const graphemeAt = (text: string, unit: number): number => (unit >= text.length ? text.length : graphemeAround(text, unit).start)

function graphemeEnd(text: string, unit: number): number {
  if (unit <= 0 || unit >= text.length) return Math.max(0, Math.min(unit, text.length))
  const { start, end } = graphemeAround(text, unit)
  return start === unit ? unit : end
}

/** The next or previous border between characters as a reader sees them. */
export function stepGrapheme(text: string, unit: number, by: 1 | -1): number {
  if (by === 1) return unit >= text.length ? text.length : graphemeAround(text, unit).end
  return unit <= 0 ? 0 : graphemeAround(text, unit - 1).start
}

const LETTER = String.raw`[\p{L}\p{M}\p{N}]`
const MOST_MATCHES = 10_000

/** Where a text holds another, whatever the case, none overlapping; `whole`: not inside longer words. */
export function matchesOf(text: string, wanted: string, whole = false): readonly Span[] {
  if (!wanted.trim()) return []
  const plain = wanted.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
  const pattern = whole ? `(?<!${LETTER})${plain}(?!${LETTER})` : plain
  const found: Span[] = []
  for (const match of text.matchAll(new RegExp(pattern, 'giu'))) {
    found.push({ start: match.index, end: match.index + match[0].length })
    if (found.length === MOST_MATCHES) break
  }
  return found
}

/** Whether a stretch begins and ends where words do: then words like it are whole ones, too. */
export function isWhole(text: string, { start, end }: Span): boolean {
  const letter = new RegExp(LETTER, 'u')
  const inside = (unit: number): boolean => letter.test(text.charAt(unit - 1)) && letter.test(text.charAt(unit))
  return !inside(start) && !inside(end)
}
