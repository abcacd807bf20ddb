import type { Span } from '../geometry/span'
import { type Entity, type EntityDocument, findEntity } from '../store/entities'
import { Scope } from '../store/scope'
import type { TextEditor } from '../store/textEditor'
import { merged, type Rect, TextLayout } from './textLayout'
import { hit, LANE_PX, roomFor, type Shown, TextInk, TextPainter } from './textPainter'

/** What is shown beside the editor's own document. */
export interface TextLook {
  /** Another answer, shown in the place of the own one while flicked. */
  readonly other: EntityDocument | null
  readonly flicked: boolean
  readonly ghosts: readonly Entity[]
  readonly evidence: ReadonlySet<string>
  /** A click names an entity as evidence. */
  readonly pointing: boolean
}

interface Options {
  readonly mergeNewlines: boolean
  readonly takeEvidence: (uuid: string) => void
}

interface Pressed {
  readonly x: number
  readonly y: number
  readonly type: string
  /** Which border between characters it was at; null with Shift or in a row of clicks, which select by other rules. */
  readonly border: number | null
}

const OVERSCAN_PX = 400
const STILL_PX = 5

/**
 * A text with its entities: the text is the page's own, so that selecting, directions and fonts are the browser's;
 * entities are drawn on a canvas behind it, only those in view and a little around.
 */
export class TextStage {
  readonly layout: TextLayout
  private readonly host: HTMLElement
  private readonly canvas = document.createElement('canvas')
  private readonly painter: TextPainter
  private readonly scope = new Scope()
  private readonly options: Options
  private editor: TextEditor
  private undirected: ReadonlySet<string> = new Set()
  private leave: () => void = () => undefined
  private look: TextLook = { other: null, flicked: false, ghosts: [], evidence: new Set(), pointing: false }
  private shown: readonly Shown[] = []
  private caret: number | null = null
  private frame = 0
  private top = 0
  private lanes = 0
  private down: Pressed | null = null
  private selected: string | null = null

  constructor(host: HTMLElement, editor: TextEditor, options: Options) {
    this.host = host
    this.editor = editor
    this.options = options
    this.canvas.className = 'text-canvas'
    const body = document.createElement('div')
    body.className = 'text-body'
    const { text } = editor.points
    this.layout = new TextLayout(body, options.mergeNewlines ? merged(text) : text)
    this.painter = new TextPainter(this.layout, editor.points)
    host.replaceChildren(this.canvas, body)
    this.listen()
    this.use(editor)
  }

  use(editor: TextEditor): void {
    this.leave()
    this.editor = editor
    const leaveState = editor.state.subscribe(() => this.changed())
    const leaveStore = editor.store.subscribe(() => this.draw())
    this.leave = () => {
      leaveState()
      leaveStore()
    }
    this.undirected = new Set(editor.rules.relations.filter((one) => !one.is_directed).map(({ name }) => name))
    this.selected = editor.state.get().selected
    this.draw()
  }

  show(look: TextLook): void {
    this.look = look
    this.draw()
  }

  /** Selects a stretch of the text, in code points, and brings it into sight. */
  selectText({ start, end }: Span): void {
    const { points } = this.editor
    const [from, to] = [this.layout.placeOf(points.toUnit(start)), this.layout.placeOf(points.toUnit(end))]
    getSelection()?.setBaseAndExtent(from.node, from.offset, to.node, to.offset)
    this.read()
    this.reveal(this.painter.placed({ start, end }).rects[0])
  }

  /** Moves the caret, or with `extend` the end of the selection, as arrow keys do in any text. */
  move(direction: 'left' | 'right' | 'forward' | 'backward', by: 'character' | 'word' | 'line', extend: boolean): void {
    const selection = getSelection()
    if (!selection) return
    if (this.caret === null || !selection.anchorNode || !this.layout.body.contains(selection.anchorNode)) {
      const { node, offset } = this.layout.placeOf(this.layout.between(this.inView.top, this.inView.bottom).start)
      selection.collapse(node, offset)
    }
    selection.modify(extend ? 'extend' : 'move', direction, by)
    this.read()
    if (this.caret !== null) this.reveal(this.layout.caretAt(this.caret))
  }

  focus(): void {
    this.host.focus({ preventScroll: true })
  }

  /** Whether a stretch runs from right to left. */
  isRtl(span: Span): boolean {
    return this.painter.placed(span).rtl
  }

  /** Draws now; the frame that was asked for is not needed any more. */
  paint(): void {
    cancelAnimationFrame(this.frame)
    this.frame = 0
    this.spread()
    const { canvas, host, layout } = this
    const ratio = devicePixelRatio || 1
    const [width, height] = [host.clientWidth, host.clientHeight + 2 * OVERSCAN_PX]
    this.top = Math.max(0, host.scrollTop - OVERSCAN_PX)
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) })
      Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` })
    }
    // Behind the end of the text it would make the host scroll further.
    const most = Math.max(0, layout.body.offsetTop + layout.body.offsetHeight - host.clientHeight - OVERSCAN_PX)
    this.top = Math.min(this.top, most)
    canvas.style.transform = `translateY(${this.top}px)`
    const pen = canvas.getContext('2d')
    if (!pen) return
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, width, height)
    const [left, top] = [layout.body.offsetLeft, layout.body.offsetTop - this.top]
    pen.translate(left, top)
    this.shown = this.painter.paint(pen, new TextInk(host, this.editor.rules.labels), this.picture(), -top, height - top)
  }

  close(): void {
    cancelAnimationFrame(this.frame)
    this.leave()
    this.scope.close()
    this.host.replaceChildren()
  }

  private get document(): EntityDocument {
    return this.look.flicked && this.look.other ? this.look.other : this.editor.store.get()
  }

  private get inView(): { top: number; bottom: number } {
    const top = this.host.scrollTop - this.layout.body.offsetTop
    return { top, bottom: top + this.host.clientHeight }
  }

  private picture(): Parameters<TextPainter['paint']>[2] {
    const { selected, relating, hidden, allHidden, bare, range } = this.editor.state.get()
    const { ghosts, evidence } = this.look
    const caret = this.caret !== null && document.activeElement === this.host ? this.layout.caretAt(this.caret) : null
    const plain = { document: this.document, selected, relating, hidden, range, matches: this.editor.matches }
    return { ...plain, bare: bare || allHidden, ghosts, evidence, undirected: this.undirected, caret }
  }

  private listen(): void {
    const { scope, host } = this
    scope.listen(document, 'selectionchange', () => this.read())
    scope.listen(host, 'scroll', () => this.scrolled(), { passive: true })
    scope.listen(host, 'focus', () => this.draw())
    scope.listen(host, 'blur', () => this.draw())
    scope.listen<PointerEvent>(host, 'pointerdown', (event) => {
      if (event.button === 0) this.down = this.pressed(event)
    })
    scope.listen<MouseEvent>(host, 'mousedown', ({ detail, shiftKey }) => {
      if (this.down && (detail > 1 || shiftKey)) this.down = { ...this.down, border: null }
    })
    scope.listen<PointerEvent>(window, 'pointerup', (event) => {
      const { down } = this
      this.down = null
      // The browser ends its own selecting behind this event.
      if (down) requestAnimationFrame(() => this.settle(event, down))
    })
    const resized = new ResizeObserver(() => {
      this.layout.forget()
      this.draw()
    })
    resized.observe(host)
    resized.observe(this.layout.body)
    scope.add(() => resized.disconnect())
    const dark = matchMedia('(prefers-color-scheme: dark)')
    scope.listen(dark, 'change', () => this.draw())
  }

  private pressed({ clientX: x, clientY: y, pointerType: type }: PointerEvent): Pressed {
    return { x, y, type, border: this.layout.borderAt(x, y) }
  }

  private settle(event: PointerEvent, down: Pressed): void {
    if (this.scope.closed) return
    this.focus()
    this.read()
    this.correct(event, down)
    const { range, relating } = this.editor.state.get()
    if (range && relating === null) {
      // Fingers go on with the handles of the selection, and then touch a label.
      if (down.type !== 'touch') this.editor.mark()
      return
    }
    if (Math.hypot(event.clientX - down.x, event.clientY - down.y) > STILL_PX) return
    const base = this.layout.body.getBoundingClientRect()
    const uuid = hit(this.shown, event.clientX - base.left, event.clientY - base.top, this.editor.state.get().selected)
    if (!this.look.pointing) this.editor.choose(uuid)
    else if (uuid !== null) this.options.takeEvidence(uuid)
  }

  /** From border to border of the characters that were pressed: the browser's selection may begin or end beside them. */
  private correct(event: PointerEvent, down: Pressed): void {
    const { points, state } = this.editor
    const to = this.layout.borderAt(event.clientX, event.clientY)
    if (down.type === 'touch' || down.border === null || to === null || state.get().range === null) return
    const [start, end] = [points.toPoint(Math.min(down.border, to)), points.toPoint(Math.max(down.border, to))]
    if (start < end) state.patch({ range: { start, end } })
  }

  /** Takes over what the page has selected. */
  private read(): void {
    const selection = getSelection()
    const { anchorNode, focusNode } = selection ?? {}
    if (!selection || !anchorNode || !focusNode) return
    const from = this.layout.unitOf(anchorNode, selection.anchorOffset)
    const to = this.layout.unitOf(focusNode, selection.focusOffset)
    if (from === null || to === null) return
    const { points, state } = this.editor
    const [start, end] = [points.toPoint(Math.min(from, to)), points.toPoint(Math.max(from, to))]
    const before = state.get().range
    this.caret = to
    if (start === end) state.patch({ range: null })
    else if (before?.start !== start || before.end !== end) state.patch({ range: { start, end } })
    this.draw()
  }

  private changed(): void {
    const { range, selected } = this.editor.state.get()
    const selection = getSelection()
    const here = selection?.focusNode && this.layout.body.contains(selection.focusNode)
    if (range === null && selection && here && !selection.isCollapsed && this.down === null) selection.collapseToEnd()
    if (selected !== this.selected) {
      this.selected = selected
      const entity = findEntity(this.document, selected)
      if (entity) this.reveal(this.painter.placed(entity).rects[0])
    }
    this.draw()
  }

  private reveal(rect: Rect | undefined | null): void {
    if (!rect) return
    const { top, bottom } = this.inView
    const room = 2 * LANE_PX
    if (rect.top < top + room || rect.bottom > bottom - room) {
      this.host.scrollTop += rect.top - (top + bottom) / 2
    }
  }

  /** Lines make room for as many lanes as there are; they never go back, so that the text does not jump. */
  private spread(): void {
    const lanes = roomFor(this.document)
    if (lanes <= this.lanes) return
    this.lanes = lanes
    this.layout.body.style.setProperty('--lanes', String(lanes))
    this.layout.forget()
  }

  private scrolled(): void {
    const { scrollTop, clientHeight } = this.host
    const bottom = this.top + clientHeight + 2 * OVERSCAN_PX
    if (scrollTop < this.top || scrollTop + clientHeight > bottom) this.paint()
  }

  private draw(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.paint())
  }
}
