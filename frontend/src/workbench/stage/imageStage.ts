import type { Box } from '../geometry/box'
import { distance, type Point, type Size } from '../geometry/point'
import { boundsOf } from '../geometry/shape'
import {
  actualSize,
  fitTo,
  keepInSight,
  reveal,
  toImage,
  toScreen,
  type Viewport,
  visibleBox,
  zoomAt,
} from '../geometry/viewport'
import { type Annotation, type ImageDocument, placesOf } from '../store/annotations'
import { Cell } from '../store/cell'
import type { Editor, EditorState } from '../store/editor'
import type { Evidence, Media } from '../store/payload'
import { Scope } from '../store/scope'
import { boxTool } from '../tools/box'
import { evidenceTool } from '../tools/evidence'
import { lineTool } from '../tools/line'
import { pointTool } from '../tools/point'
import { polygonTool } from '../tools/polygon'
import { selectedGrip, selectTool } from '../tools/select'
import { type LiveTool, startTool, type Touch } from '../tools/tool'
import { type Active, Overlay, type Region } from './overlay'
import { type Mark, Painter } from './painter'
import { Palette } from './palette'
import { pictureOf } from './pictures'

const TOLERANCE_PX = 7
const TOUCH_TOLERANCE_PX = 16
const STEP = 1.25
const PIXELS_FROM_SCALE = 4

/** What is shown beside the document itself. */
export interface Look {
  /** Shown in place of the editor's document while flicked. */
  readonly other: ImageDocument | null
  readonly flicked: boolean
  /** Drawn dashed over the document: the other answer where it differs. */
  readonly ghosts: readonly Annotation[]
  readonly regions: readonly Region[]
}

export interface StageOptions {
  readonly media: Media
  readonly editor: Editor
  readonly takeEvidence: (evidence: Evidence) => void
  readonly broken: () => void
}

type Gesture =
  | { readonly kind: 'none' }
  | { readonly kind: 'pan'; readonly from: Point; readonly start: Viewport }
  | { readonly kind: 'tool'; readonly tool: LiveTool }
  | { readonly kind: 'pinch'; readonly apart: number; readonly middle: Point; readonly start: Viewport }

const NO_GESTURE: Gesture = { kind: 'none' }
const PLAIN: Look = { other: null, flicked: false, ghosts: [], regions: [] }

/**
 * A picture with shapes on it, without any framework: `<img>` moved by a CSS transform, idle shapes on a canvas, the
 * selected or drawn one as SVG. Coordinates of shapes are pixels of the upright original, whatever rendition is shown.
 */
export class ImageStage {
  readonly view: Cell<Viewport>
  readonly painter = new Painter()
  private readonly host: HTMLElement
  private readonly options: StageOptions
  private readonly image: Size
  private readonly scope = new Scope()
  private readonly picture: HTMLImageElement
  private readonly overlay = new Overlay()
  private readonly palette: Palette
  private readonly pointers = new Map<number, Point>()
  private editorScope = new Scope()
  private editor: Editor
  private look: Look = PLAIN
  private live: LiveTool
  private selecting: LiveTool
  private gesture: Gesture = NO_GESTURE
  private hover: Point | null = null
  private size: Size = { width: 1, height: 1 }
  private fitted = true
  private frame = 0

  constructor(host: HTMLElement, options: StageOptions) {
    this.host = host
    this.options = options
    this.editor = options.editor
    this.picture = pictureOf(options.media.url)
    this.image = { width: options.media.width, height: options.media.height }
    this.palette = new Palette(host)
    this.view = new Cell<Viewport>(fitTo(this.image, this.size))
    this.selecting = startTool(selectTool, this.editor)
    this.live = this.selecting
    this.build()
    this.listen()
    this.use(options.editor)
    this.measure()
  }

  /** Works on another document of the same picture. */
  use(editor: Editor): void {
    this.editorScope.close()
    this.editorScope = new Scope()
    this.editor = editor
    this.selecting = startTool(selectTool, editor)
    let before = editor.state.get()
    this.editorScope.add(editor.store.subscribe(() => this.refresh()))
    this.editorScope.add(
      editor.state.subscribe(() => {
        const after = editor.state.get()
        this.stateChanged(before, after)
        before = after
      }),
    )
    this.takeTool()
    this.refresh()
  }

  show(look: Look): void {
    this.look = look
    this.refresh()
  }

  get inView(): Box {
    return visibleBox(this.view.get(), this.size)
  }

  fit(): void {
    this.moveTo(fitTo(this.image, this.size))
    this.fitted = true
  }

  actual(): void {
    this.moveTo(actualSize(this.view.get(), this.size))
  }

  zoomBy(steps: number): void {
    const at = this.hover ?? { x: this.size.width / 2, y: this.size.height / 2 }
    this.moveTo(zoomAt(this.view.get(), at, this.view.get().scale * STEP ** steps))
  }

  revealBox(box: Box): void {
    const view = reveal(this.view.get(), box, this.size)
    if (view !== this.view.get()) this.moveTo(view)
  }

  /** Ends the shape being drawn; false when there is none to end. */
  finish(): boolean {
    return this.stepped(this.live.finish())
  }

  cancel(): boolean {
    const stopped = this.gesture.kind === 'tool' ? this.gesture.tool.cancel() : false
    return this.stepped(this.live.cancel() || stopped)
  }

  back(): boolean {
    return this.stepped(this.live.back())
  }

  close(): void {
    cancelAnimationFrame(this.frame)
    this.editorScope.close()
    this.scope.close()
    this.painter.close()
    this.picture.remove()
    this.painter.canvas.remove()
    this.overlay.svg.remove()
  }

  private build(): void {
    const { broken } = this.options
    this.picture.className = 'stage-picture'
    this.picture.alt = ''
    this.picture.draggable = false
    this.picture.width = this.image.width
    this.picture.height = this.image.height
    this.scope.listen(this.picture, 'error', broken)
    this.host.prepend(this.picture, this.painter.canvas, this.overlay.svg)
    const observer = new ResizeObserver(() => this.measure())
    observer.observe(this.host)
    this.scope.add(() => observer.disconnect())
  }

  private listen(): void {
    const { scope, host } = this
    scope.listen<PointerEvent>(host, 'pointerdown', (event) => this.down(event))
    scope.listen<PointerEvent>(host, 'pointermove', (event) => this.move(event))
    scope.listen<PointerEvent>(host, 'pointerup', (event) => this.up(event))
    scope.listen<PointerEvent>(host, 'pointercancel', (event) => this.lost(event))
    scope.listen<PointerEvent>(host, 'pointerleave', () => this.hoverAt(null))
    scope.listen<MouseEvent>(host, 'dblclick', (event) => this.double(event))
    scope.listen<WheelEvent>(host, 'wheel', (event) => this.wheel(event), { passive: false })
    scope.listen(host, 'dragstart', (event) => event.preventDefault())
  }

  private measure(): void {
    const size = { width: this.host.clientWidth, height: this.host.clientHeight }
    if (size.width === 0 || size.height === 0) return
    const before = this.size
    this.size = size
    const view = this.view.get()
    const [dx, dy] = [(size.width - before.width) / 2, (size.height - before.height) / 2]
    this.view.set(this.fitted ? fitTo(this.image, size) : { ...view, x: view.x + dx, y: view.y + dy })
    this.painter.resize(size, this.view.get())
    this.placePicture()
    this.refresh()
  }

  private moveTo(view: Viewport): void {
    this.fitted = false
    this.view.set(keepInSight(view, this.image, this.size))
    this.placePicture()
    this.painter.follow(this.view.get())
    this.drawOverlay()
  }

  private placePicture(): void {
    const { scale, x, y } = this.view.get()
    this.picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`
    this.picture.dataset['pixels'] = String(scale >= PIXELS_FROM_SCALE)
  }

  private stateChanged(before: EditorState, after: EditorState): void {
    if (before.tool !== after.tool || before.panning !== after.panning) this.takeTool()
    if (before.selected !== after.selected && this.gesture.kind === 'none') {
      const selected = this.editor.selected
      if (selected) this.revealBox(boundsOf(selected))
    }
    this.refresh()
  }

  private takeTool(): void {
    const { tool, panning } = this.editor.state.get()
    this.live.cancel()
    this.live = this.toolFor(tool)
    this.host.dataset['cursor'] = panning || tool === 'pan' ? 'grab' : this.live.cursor
    this.drawOverlay()
  }

  private toolFor(tool: EditorState['tool']): LiveTool {
    const { editor } = this
    if (tool === 'evidence') return startTool(evidenceTool(this.options.takeEvidence), editor)
    if (!editor.editable) return this.selecting
    if (tool === 'box') return startTool(boxTool, editor)
    if (tool === 'point') return startTool(pointTool, editor)
    if (tool === 'polygon') return startTool(polygonTool, editor)
    return tool === 'line' ? startTool(lineTool, editor) : this.selecting
  }

  private screenPoint(event: MouseEvent): Point {
    const rect = this.host.getBoundingClientRect()
    return { x: event.clientX - rect.left, y: event.clientY - rect.top }
  }

  private touchOf(event: MouseEvent): Touch {
    const fine = !(event instanceof PointerEvent) || event.pointerType !== 'touch'
    const tolerance = (fine ? TOLERANCE_PX : TOUCH_TOLERANCE_PX) / this.view.get().scale
    const point = toImage(this.view.get(), this.screenPoint(event))
    return { point, tolerance, shift: event.shiftKey, alt: event.altKey }
  }

  private down(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest('button, a')) return
    this.host.focus({ preventScroll: true })
    const screen = this.screenPoint(event)
    this.pointers.set(event.pointerId, screen)
    capture(this.host, event.pointerId)
    if (this.pointers.size === 2) return this.startPinch()
    const { tool, panning } = this.editor.state.get()
    const pans = panning || tool === 'pan' || event.button === 1
    if (pans) {
      event.preventDefault()
      this.gesture = { kind: 'pan', from: screen, start: this.view.get() }
      this.host.dataset['cursor'] = 'grabbing'
    } else if (event.button === 0) this.startTool(event)
  }

  private startTool(event: PointerEvent): void {
    const touch = this.touchOf(event)
    const grabs = this.live.idle && this.live.id !== 'evidence' && selectedGrip(this.editor, touch) !== null
    const tool = grabs ? this.selecting : this.live
    this.gesture = { kind: 'tool', tool }
    tool.down(touch)
    this.drawOverlay()
  }

  private startPinch(): void {
    if (this.gesture.kind === 'tool') this.gesture.tool.cancel()
    const [a, b] = [...this.pointers.values()]
    if (!a || !b) return
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    this.gesture = { kind: 'pinch', apart: Math.max(1, distance(a, b)), middle, start: this.view.get() }
  }

  private move(event: PointerEvent): void {
    const screen = this.screenPoint(event)
    if (this.pointers.has(event.pointerId)) this.pointers.set(event.pointerId, screen)
    const { gesture } = this
    if (gesture.kind === 'pan') {
      const { start, from } = gesture
      this.moveTo({ ...start, x: start.x + screen.x - from.x, y: start.y + screen.y - from.y })
    } else if (gesture.kind === 'pinch') this.pinch(gesture)
    else (gesture.kind === 'tool' ? gesture.tool : this.live).move(this.touchOf(event))
    this.hoverAt(event.pointerType === 'touch' ? null : screen)
  }

  private pinch({ apart, middle, start }: Extract<Gesture, { kind: 'pinch' }>): void {
    const [a, b] = [...this.pointers.values()]
    if (!a || !b) return
    const now = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    const zoomed = zoomAt(start, middle, start.scale * (distance(a, b) / apart))
    this.moveTo({ ...zoomed, x: zoomed.x + now.x - middle.x, y: zoomed.y + now.y - middle.y })
  }

  private up(event: PointerEvent): void {
    this.pointers.delete(event.pointerId)
    const { gesture } = this
    this.gesture = NO_GESTURE
    if (gesture.kind === 'tool') {
      gesture.tool.up(this.touchOf(event))
      this.refresh()
    } else if (gesture.kind === 'pan') this.takeCursor()
  }

  private lost(event: PointerEvent): void {
    this.pointers.delete(event.pointerId)
    if (this.gesture.kind === 'tool') this.gesture.tool.cancel()
    this.gesture = NO_GESTURE
    this.takeCursor()
    this.refresh()
  }

  private takeCursor(): void {
    const { tool, panning } = this.editor.state.get()
    this.host.dataset['cursor'] = panning || tool === 'pan' ? 'grab' : this.live.cursor
  }

  private double(event: MouseEvent): void {
    this.live.double(this.touchOf(event))
    this.refresh()
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault()
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1
    const view = this.view.get()
    if (event.shiftKey && !event.ctrlKey) {
      this.moveTo({ ...view, x: view.x - (event.deltaY || event.deltaX) * unit })
      return
    }
    const amount = Math.max(-240, Math.min(240, event.deltaY * unit))
    this.moveTo(zoomAt(view, this.screenPoint(event), view.scale * Math.exp(-amount * (event.ctrlKey ? 0.01 : 0.002))))
  }

  private hoverAt(screen: Point | null): void {
    this.hover = screen
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => this.drawOverlay())
  }

  private stepped(changed: boolean): boolean {
    if (changed) this.refresh()
    return changed
  }

  private refresh(): void {
    this.painter.show(this.marks(), this.view.get())
    this.drawOverlay()
  }

  private marks(): readonly Mark[] {
    const { bare, hidden, allHidden, selected } = this.editor.state.get()
    if (bare) return []
    const { other, flicked, ghosts } = this.look
    const shown = (flicked ? other : null) ?? this.editor.store.get()
    const mark = (annotation: Annotation, number: number, ghost: boolean): Mark => {
      const paint = this.palette.paint(this.editor, annotation.type, annotation.label)
      return { annotation, number, paint, ghost }
    }
    const idle = shown.annotations.flatMap((annotation, place) => {
      const away = allHidden || hidden.has(annotation.uuid) || (annotation.uuid === selected && !flicked)
      return away ? [] : [mark(annotation, place + 1, false)]
    })
    if (flicked || allHidden) return idle
    const places = placesOf(shown.annotations)
    return [...idle, ...ghosts.map((one, at) => mark(one, (places.get(one.uuid) ?? places.size + at) + 1, true))]
  }

  private drawOverlay(): void {
    const view = this.view.get()
    const tolerance = TOLERANCE_PX / view.scale
    this.overlay.showRegions(this.look.regions, view)
    this.overlay.showActive(this.active(), view, tolerance)
    const { panning } = this.editor.state.get()
    const drawing = this.live.guides && this.editor.editable && !panning && this.gesture.kind !== 'pan'
    this.overlay.showGuides(drawing && this.hover && this.overPicture(this.hover) ? this.hover : null, this.size)
  }

  private overPicture(screen: Point): boolean {
    const from = toScreen(this.view.get(), { x: 0, y: 0 })
    const to = toScreen(this.view.get(), { x: this.image.width, y: this.image.height })
    return screen.x >= from.x && screen.x <= to.x && screen.y >= from.y && screen.y <= to.y
  }

  private active(): Active | null {
    const { bare, allHidden, hidden, labels } = this.editor.state.get()
    if (bare || this.look.flicked) return null
    const sketch = (this.gesture.kind === 'tool' ? this.gesture.tool.sketch : null) ?? this.live.sketch
    const selected = this.editor.selected
    if (sketch?.of === null) {
      const paint = this.palette.paint(this.editor, sketch.shape.type, labels[sketch.shape.type] ?? '')
      return { shape: sketch.shape, colour: paint.colour, title: '', grips: false, open: sketch.open }
    }
    if (!selected || ((allHidden || hidden.has(selected.uuid)) && !sketch)) return null
    const paint = this.palette.paint(this.editor, selected.type, selected.label)
    const number = (placesOf(this.editor.store.get().annotations).get(selected.uuid) ?? 0) + 1
    const title = `${number} ${paint.name}`
    const grips = this.editor.changeable !== null && this.live.id !== 'evidence'
    return { shape: sketch?.shape ?? selected, colour: paint.colour, title, grips, open: false }
  }
}

function capture(host: HTMLElement, pointer: number): void {
  try {
    host.setPointerCapture(pointer)
  } catch (fault) {
    if (!(fault instanceof DOMException)) throw fault // the pointer has gone already
  }
}
