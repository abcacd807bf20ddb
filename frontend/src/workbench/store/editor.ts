import { centre, growBox, type Box } from '../geometry/box'
import type { Point, Size } from '../geometry/point'
import { boundsOf, moveShape, type Shape, type ShapeType } from '../geometry/shape'
import * as annotations from './annotations'
import { Cell } from './cell'
import { newUuid } from './ids'

export type ToolId = 'select' | ShapeType | 'pan' | 'evidence'

export interface LabelChoice {
  readonly name: string
  readonly display: string
  readonly color: number
  readonly hotkey: string | null
}

export interface EditorState {
  readonly tool: ToolId
  readonly selected: string | null
  readonly labels: Readonly<Partial<Record<ShapeType, string>>>
  readonly hidden: ReadonlySet<string>
  readonly locked: ReadonlySet<string>
  readonly allHidden: boolean
  readonly bare: boolean
  readonly panning: boolean
}

const toggled = (set: ReadonlySet<string>, item: string): ReadonlySet<string> => {
  const next = new Set(set)
  if (!next.delete(item)) next.add(item)
  return next
}

/** What one person does with a document right now: tool, selection, labels, visibility. Not part of the history. */
export class Editor {
  readonly state: Cell<EditorState>
  readonly store: annotations.ImageStore
  readonly size: Size
  readonly labels: Readonly<Partial<Record<ShapeType, readonly LabelChoice[]>>>
  readonly editable: boolean
  private readonly attributeFits: (key: string, label: string) => boolean

  constructor(
    store: annotations.ImageStore,
    size: Size,
    labels: Readonly<Partial<Record<ShapeType, readonly LabelChoice[]>>>,
    options: { editable: boolean; attributeFits: (key: string, label: string) => boolean },
  ) {
    this.store = store
    this.size = size
    this.labels = labels
    this.editable = options.editable
    this.attributeFits = options.attributeFits
    const types = Object.keys(labels) as ShapeType[]
    this.state = new Cell<EditorState>({
      tool: options.editable ? (types[0] ?? 'select') : 'select',
      selected: null,
      labels: Object.fromEntries(types.map((type) => [type, labels[type]?.[0]?.name ?? ''])),
      hidden: new Set(),
      locked: new Set(),
      allHidden: false,
      bare: false,
      panning: false,
    })
  }

  get selected(): annotations.Annotation | null {
    return annotations.find(this.store.get(), this.state.get().selected)
  }

  /** The selected annotation, when it may be changed. */
  get changeable(): annotations.Annotation | null {
    const selected = this.selected
    return selected && this.editable && !this.state.get().locked.has(selected.uuid) ? selected : null
  }

  pick(tool: ToolId): void {
    this.state.patch({ tool })
  }

  select(uuid: string | null): void {
    this.state.patch({ selected: uuid })
  }

  /** Goes to the next or previous object in the list, around its end. */
  step(by: 1 | -1): void {
    const all = this.store.get().annotations
    if (all.length === 0) return
    const place = annotations.placesOf(all).get(this.state.get().selected ?? '')
    const next = place === undefined ? (by === 1 ? 0 : all.length - 1) : (place + by + all.length) % all.length
    this.select(all[next]?.uuid ?? null)
  }

  /** The kind of shape whose labels are on offer: of the selection while selecting, else of the tool. */
  get labelledType(): ShapeType | null {
    const { tool } = this.state.get()
    if (tool === 'select' && this.selected) return this.selected.type
    if (tool in this.labels) return tool as ShapeType
    return this.selected?.type ?? (Object.keys(this.labels)[0] as ShapeType | undefined) ?? null
  }

  /** Whether a label key changes the selected object; with a drawing tool it is for the next one. */
  get relabels(): boolean {
    return this.state.get().tool === 'select' && this.selected !== null
  }

  chooseLabel(name: string): void {
    const type = this.labelledType
    if (type === null) return
    const selected = this.changeable
    if (this.relabels && selected) {
      annotations.relabel(this.store, selected.uuid, name, (key) => this.attributeFits(key, name))
    }
    this.state.patch({ labels: { ...this.state.get().labels, [type]: name } })
  }

  /** Adds a drawn shape with the chosen label and selects it. */
  draw(shape: Shape): void {
    if (!this.editable) return
    const uuid = newUuid()
    const label = this.state.get().labels[shape.type] ?? ''
    annotations.add(this.store, { ...shape, uuid, label, attributes: {} })
    this.select(uuid)
  }

  reshape(uuid: string, shape: Shape, mergeKey: string | null = null): void {
    if (this.editable && !this.state.get().locked.has(uuid)) {
      annotations.reshape(this.store, uuid, shape, this.size, mergeKey)
    }
  }

  nudge(dx: number, dy: number): void {
    const selected = this.changeable
    if (selected) annotations.nudge(this.store, selected.uuid, dx, dy, this.size)
  }

  resize(dx: number, dy: number): void {
    const selected = this.changeable
    if (selected?.type !== 'box') return
    const box = growBox(boundsOf(selected), dx, dy, this.size)
    annotations.reshape(this.store, selected.uuid, { type: 'box', ...box }, this.size, `resize:${selected.uuid}`)
  }

  remove(uuid = this.state.get().selected): void {
    if (uuid === null || !this.editable || this.state.get().locked.has(uuid)) return
    const all = this.store.get().annotations
    const place = annotations.placesOf(all).get(uuid) ?? -1
    annotations.remove(this.store, uuid)
    if (this.state.get().selected === uuid) {
      const left = this.store.get().annotations
      this.select((left[place] ?? left[place - 1])?.uuid ?? null)
    }
  }

  duplicate(): void {
    const selected = this.selected
    if (!selected || !this.editable) return
    const copy = { ...moveShape(selected, 12, 12, this.size), uuid: newUuid() }
    annotations.add(this.store, copy)
    this.select(copy.uuid)
  }

  /** Drops a shape of the tool's kind in the middle of what is in view: drawing without a pointer. */
  drop(inView: Box): void {
    const { tool } = this.state.get()
    if (tool === 'select' || tool === 'pan' || tool === 'evidence') return
    this.draw(defaultShape(tool, inView, this.size))
  }

  toggleHidden(uuid: string): void {
    this.state.patch({ hidden: toggled(this.state.get().hidden, uuid) })
  }

  toggleLocked(uuid: string): void {
    this.state.patch({ locked: toggled(this.state.get().locked, uuid) })
  }

  toggleAllHidden(): void {
    this.state.patch({ allHidden: !this.state.get().allHidden })
  }
}

/** A shape a quarter as wide as the part of the picture in view, in its middle. */
export function defaultShape(type: ShapeType, inView: Box, size: Size): Shape {
  const middle = centre(inView)
  const at: Point = {
    x: Math.round(Math.min(Math.max(middle.x, 1), size.width - 1)),
    y: Math.round(Math.min(Math.max(middle.y, 1), size.height - 1)),
  }
  const dx = Math.max(1, Math.round(Math.min(inView.width, size.width) / 8))
  const dy = Math.max(1, Math.round(Math.min(inView.height, size.height) / 8))
  const left = Math.max(0, at.x - dx)
  const top = Math.max(0, at.y - dy)
  const [right, bottom] = [Math.min(size.width, at.x + dx), Math.min(size.height, at.y + dy)]
  const corners = [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ]
  switch (type) {
    case 'box':
      return { type, left, top, width: right - left, height: bottom - top }
    case 'polygon':
      return { type, vertices: corners }
    case 'line':
      return { type, vertices: corners.slice(0, 2).map(({ x }) => ({ x, y: at.y })) }
    case 'point':
      return { type, ...at }
  }
}
