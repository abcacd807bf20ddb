/**
 * The two ways to count a text: JavaScript counts UTF-16 units, answers count code points.
 *
 * Only characters beyond U+FFFF take two units, so that their places say it all.
 */
export class CodePoints {
  readonly text: string
  /** The units at which such characters begin, in order. */
  private readonly wide: readonly number[]

  constructor(text: string) {
    this.text = text
    const wide: number[] = []
    for (let unit = 0; unit < text.length; unit++) {
      if ((text.codePointAt(unit) ?? 0) > 0xffff) wide.push(unit++)
    }
    this.wide = wide
  }

  get length(): number {
    return this.text.length - this.wide.length
  }

  /** A unit inside a character counts as the character's beginning. */
  toPoint(unit: number): number {
    const inside = Math.min(Math.max(unit, 0), this.text.length)
    return inside - this.before((place) => (this.wide[place] ?? 0) < inside)
  }

  toUnit(point: number): number {
    const inside = Math.min(Math.max(point, 0), this.length)
    return inside + this.before((place) => (this.wide[place] ?? 0) - place < inside)
  }

  slice(start: number, end: number): string {
    return this.text.slice(this.toUnit(start), this.toUnit(end))
  }

  /** How many of the wide characters satisfy what holds for the first ones only. */
  private before(holds: (place: number) => boolean): number {
    let [low, high] = [0, this.wide.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (holds(middle)) low = middle + 1
      else high = middle
    }
    return low
  }
}
