import { distance, type Point } from '../geometry/point'
import { removeVertex } from '../geometry/path'
import { hitsShape, moveShape, type Shape, weight } from '../geometry/shape'
import { type Annotation, find, geometryOf } from '../store/annotations'
import type { Editor } from '../store/editor'
import { dragGrip, type Grip, gripAt } from './grip'
import type { Tool, Touch } from './tool'

type SelectState =
  | { at: 'idle' }
  | { at: 'pressed'; uuid: string; grip: Grip; from: Point; before: Shape }
  | { at: 'dragging'; uuid: string; grip: Grip; from: Point; before: Shape; now: Shape }

const IDLE: SelectState = { at: 'idle' }

/** The annotations under a point, the one in front first. */
export function hitsAt(editor: Editor, touch: Touch): readonly Annotation[] {
  const { hidden, locked, allHidden } = editor.state.get()
  if (allHidden) return []
  return editor.store
    .get()
    .annotations.filter(({ uuid }) => !hidden.has(uuid) && !locked.has(uuid))
    .filter((annotation) => hitsShape(annotation, touch.point, touch.tolerance))
    .toSorted((a, b) => weight(a) - weight(b))
}

/** The grip of the selected object under a point. */
export function selectedGrip(editor: Editor, touch: Touch): Grip | null {
  const selected = editor.changeable
  return selected ? gripAt(selected, touch.point, touch.tolerance) : null
}

/** Alt goes through what lies on top of each other. */
function hitFor(editor: Editor, touch: Touch): Annotation | null {
  const hits = hitsAt(editor, touch)
  const at = hits.findIndex(({ uuid }) => uuid === editor.state.get().selected)
  if (touch.alt && at >= 0) return hits[(at + 1) % hits.length] ?? null
  return at >= 0 ? (hits[at] ?? null) : (hits[0] ?? null)
}

function press(editor: Editor, touch: Touch): SelectState {
  const selected = editor.changeable
  const grip = selectedGrip(editor, touch)
  if (selected && grip) {
    if (touch.alt && grip.part === 'vertex') return dropVertex(editor, selected, grip.index)
    return { at: 'pressed', uuid: selected.uuid, grip, from: touch.point, before: geometryOf(selected) }
  }
  const hit = hitFor(editor, touch)
  editor.select(hit?.uuid ?? null)
  if (!hit || !editor.changeable) return IDLE
  return { at: 'pressed', uuid: hit.uuid, grip: { part: 'whole' }, from: touch.point, before: geometryOf(hit) }
}

function dropVertex(editor: Editor, annotation: Annotation, index: number): SelectState {
  if (annotation.type !== 'polygon' && annotation.type !== 'line') return IDLE
  const least = annotation.type === 'polygon' ? 3 : 2
  if (annotation.vertices.length > least) {
    editor.reshape(annotation.uuid, { type: annotation.type, vertices: removeVertex(annotation.vertices, index) })
  }
  return IDLE
}

function dragged(state: Exclude<SelectState, { at: 'idle' }>, touch: Touch, editor: Editor): Shape {
  const { before, grip, from } = state
  const whole = grip.part === 'whole'
  if (whole) return moveShape(before, touch.point.x - from.x, touch.point.y - from.y, editor.size)
  return dragGrip(before, grip, touch.point, editor.size)
}

/** Click selects, drag moves, handles and vertices resize, the middle of an edge adds a vertex. */
export const selectTool: Tool<SelectState> = {
  id: 'select',
  cursor: 'default',
  guides: false,
  initial: IDLE,
  down: (_state, touch, editor) => press(editor, touch),
  move: (state, touch, editor) => {
    if (state.at === 'idle') return state
    const started = state.at === 'dragging' || distance(state.from, touch.point) > touch.tolerance / 2
    return started ? { ...state, at: 'dragging', now: dragged(state, touch, editor) } : state
  },
  up: (state, touch, editor) => {
    if (state.at === 'dragging' && find(editor.store.get(), state.uuid)) {
      editor.reshape(state.uuid, dragged(state, touch, editor))
    }
    return IDLE
  },
  sketch: (state) => (state.at === 'dragging' ? { shape: state.now, of: state.uuid, open: false } : null),
}
