import { CodePoints } from '../geometry/codePoints'
import { isWhole, matchesOf, type Span, stepGrapheme, tidySpan } from '../geometry/span'
import { Cell } from './cell'
import type { LabelChoice } from './editor'
import * as entities from './entities'
import type { Listing, ListState } from './listing'

/** What one entity can be to another; null stands for any label. */
export interface RelationChoice {
  readonly name: string
  readonly is_directed: boolean
  readonly source_label: string | null
  readonly target_label: string | null
}

export function joins({ is_directed: directed, source_label: source, target_label: target }: RelationChoice, a: string, b: string): boolean {
  const fits = (one: string, other: string): boolean => (source ?? one) === one && (target ?? other) === other
  return fits(a, b) || (!directed && fits(b, a))
}

export interface TextRules {
  readonly labels: readonly LabelChoice[]
  readonly relations: readonly RelationChoice[]
  readonly attributeFits: (key: string, label: string) => boolean
}

export interface TextState extends ListState {
  readonly label: string
  /** What is selected of the text itself, in code points; empty while it is a caret only. */
  readonly range: Span | null
  /** The entity that a relation is being led from. */
  readonly relating: string | null
  readonly query: string
  readonly whole: boolean
  readonly bare: boolean
}

const NONE: ReadonlySet<string> = new Set()

/** What one person does with the entities of a text right now. Not part of the history. */
export class TextEditor implements Listing<entities.Entity> {
  readonly state: Cell<TextState>
  readonly store: entities.EntityStore
  readonly points: CodePoints
  readonly rules: TextRules
  readonly editable: boolean
  private found: { query: string; whole: boolean; spans: readonly Span[] } = { query: '', whole: false, spans: [] }

  constructor(store: entities.EntityStore, points: CodePoints, rules: TextRules, editable: boolean) {
    this.store = store
    this.points = points
    this.rules = rules
    this.editable = editable
    this.state = new Cell<TextState>({
      selected: null,
      hidden: NONE,
      locked: NONE,
      allHidden: false,
      label: rules.labels[0]?.name ?? '',
      range: null,
      relating: null,
      query: '',
      whole: false,
      bare: false,
    })
  }

  get selected(): entities.Entity | null {
    return entities.findEntity(this.store.get(), this.state.get().selected)
  }

  get changeable(): entities.Entity | null {
    return this.editable ? this.selected : null
  }

  /** Where the searched words stand, in code points. */
  get matches(): readonly Span[] {
    const { query, whole } = this.state.get()
    if (this.found.query !== query || this.found.whole !== whole) {
      this.found = { query, whole, spans: this.inPoints(matchesOf(this.points.text, query, whole)) }
    }
    return this.found.spans
  }

  /** Selects an entity, or, while a relation is being led, makes it the other end. */
  choose(uuid: string | null): void {
    const { relating } = this.state.get()
    if (relating !== null && uuid !== null && uuid !== relating) this.relate(uuid)
    else this.select(uuid)
  }

  select(uuid: string | null): void {
    this.state.patch({ selected: uuid })
  }

  step(by: 1 | -1): void {
    const all = this.store.get().annotations
    if (all.length === 0) return
    const place = entities.placesOf(all).get(this.state.get().selected ?? '')
    const next = place === undefined ? (by === 1 ? 0 : all.length - 1) : (place + by + all.length) % all.length
    this.select(all[next]?.uuid ?? null)
  }

  /** Marks what is selected of the text, in code points; false where that is nothing. */
  mark(label = this.state.get().label): boolean {
    const { range } = this.state.get()
    const span = range && this.editable ? this.tidy(range) : null
    if (!span) return false
    this.state.patch({ label, range: null, selected: entities.mark(this.store, [span], label) })
    return true
  }

  /** A label for what is selected of the text, else for the selected entity, else for the next one. */
  chooseLabel(label: string): void {
    if (this.mark(label)) return
    const entity = this.changeable
    if (entity) {
      entities.relabel(this.store, entity.uuid, label, {
        attribute: (key) => this.rules.attributeFits(key, label),
        relation: ({ name, source, target }, labelOf) =>
          this.choicesOf(labelOf(source), labelOf(target)).some((one) => one.name === name),
      })
    }
    this.state.patch({ label })
  }

  /** Marks every stretch that reads like the selected one, or every match of the search while there is none. */
  markAll(): number {
    if (!this.editable) return 0
    const entity = this.selected
    const before = this.store.get().annotations.length
    const spans = entity ? this.likeSelected(entity) : this.matches
    const label = entity?.label ?? this.state.get().label
    const selected = this.state.get().selected
    const first = entities.mark(this.store, spans, label)
    this.state.patch({ selected: selected ?? first })
    return this.store.get().annotations.length - before
  }

  private likeSelected(entity: entities.Entity): readonly Span[] {
    const { points } = this
    const units = { start: points.toUnit(entity.start), end: points.toUnit(entity.end) }
    const words = points.text.slice(units.start, units.end)
    return this.inPoints(matchesOf(points.text, words, isWhole(points.text, units)))
  }

  remove(uuid = this.state.get().selected): void {
    if (uuid === null || !this.editable) return
    const place = entities.placesOf(this.store.get().annotations).get(uuid) ?? -1
    entities.remove(this.store, uuid)
    if (this.state.get().selected !== uuid) return
    const left = this.store.get().annotations
    this.select((left[place] ?? left[place - 1])?.uuid ?? null)
  }

  /** Moves one end of the selected entity by a character as a reader sees it. */
  resize(edge: 'start' | 'end', by: 1 | -1): void {
    const entity = this.changeable
    if (!entity) return
    const at = this.points.toPoint(stepGrapheme(this.points.text, this.points.toUnit(entity[edge]), by))
    entities.moveTo(this.store, entity.uuid, { start: entity.start, end: entity.end, [edge]: at })
  }

  /** Puts the selected entity at exact offsets, cut down to the text. */
  place({ start, end }: Span): void {
    const entity = this.changeable
    const inside = (at: number): number => Math.round(Math.min(Math.max(at, 0), this.points.length))
    if (entity) entities.moveTo(this.store, entity.uuid, { start: inside(start), end: inside(end) })
  }

  choicesOf(source: string, target: string): readonly RelationChoice[] {
    return this.rules.relations.filter((one) => joins(one, source, target))
  }

  /** Begins to lead a relation from the selected entity. */
  beginRelation(): boolean {
    const entity = this.changeable
    if (!entity || this.rules.relations.length === 0) return false
    this.state.patch({ relating: entity.uuid })
    return true
  }

  /** Ends the relation at an entity; false where none is asked for between the two. */
  relate(uuid: string): boolean {
    const document = this.store.get()
    const [from, to] = [entities.findEntity(document, this.state.get().relating), entities.findEntity(document, uuid)]
    const choice = from && to ? this.choicesOf(from.label, to.label)[0] : undefined
    if (!from || !to || !choice) return false
    entities.relate(this.store, from.uuid, to.uuid, choice.name)
    this.state.patch({ relating: null, selected: from.uuid })
    return true
  }

  toggleHidden(uuid: string): void {
    const hidden = new Set(this.state.get().hidden)
    if (!hidden.delete(uuid)) hidden.add(uuid)
    this.state.patch({ hidden })
  }

  toggleAllHidden(): void {
    this.state.patch({ allHidden: !this.state.get().allHidden })
  }

  private tidy({ start, end }: Span): Span | null {
    const { points } = this
    const span = tidySpan(points.text, { start: points.toUnit(start), end: points.toUnit(end) })
    return span && { start: points.toPoint(span.start), end: points.toPoint(span.end) }
  }

  private inPoints(spans: readonly Span[]): readonly Span[] {
    return spans.map(({ start, end }) => ({ start: this.points.toPoint(start), end: this.points.toPoint(end) }))
  }
}
