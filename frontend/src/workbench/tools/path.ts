import { clampPoint, distance, type Point } from '../geometry/point'
import type { Tool, Touch } from './tool'
import type { Editor } from '../store/editor'

export type PathState = { at: 'idle' } | { at: 'drawing'; vertices: readonly Point[]; next: Point; pressed: boolean }

const IDLE: PathState = { at: 'idle' }
/** Steps of a dragged, freehand outline, in screen tolerances. */
const FREEHAND_STEP = 2

interface PathKind {
  readonly type: 'polygon' | 'line'
  readonly least: number
}

function commit(kind: PathKind, vertices: readonly Point[], editor: Editor): PathState {
  if (vertices.length >= kind.least) editor.draw({ type: kind.type, vertices })
  return IDLE
}

function place(kind: PathKind, state: PathState, touch: Touch, editor: Editor): PathState {
  const point = clampPoint(touch.point, editor.size)
  if (state.at === 'idle') return { at: 'drawing', vertices: [point], next: point, pressed: true }
  const [first, last] = [state.vertices[0], state.vertices.at(-1)]
  if (!first || !last) return IDLE
  const closes = kind.type === 'polygon' && state.vertices.length >= kind.least
  if (closes && distance(first, touch.point) <= touch.tolerance * 1.5) return commit(kind, state.vertices, editor)
  if (distance(last, point) <= touch.tolerance / 2) return { ...state, pressed: true }
  return { at: 'drawing', vertices: [...state.vertices, point], next: point, pressed: true }
}

function follow(state: PathState, touch: Touch, editor: Editor): PathState {
  if (state.at === 'idle') return state
  const next = clampPoint(touch.point, editor.size)
  const last = state.vertices.at(-1)
  const freehand = state.pressed && touch.shift && last && distance(last, next) >= FREEHAND_STEP * touch.tolerance
  return { ...state, next, vertices: freehand ? [...state.vertices, next] : state.vertices }
}

/** Click from vertex to vertex; Enter, a double click or a click on the first vertex finishes. */
export function pathTool(kind: PathKind): Tool<PathState> {
  return {
    id: kind.type,
    cursor: 'crosshair',
    guides: true,
    initial: IDLE,
    down: (state, touch, editor) => place(kind, state, touch, editor),
    move: follow,
    up: (state) => (state.at === 'drawing' ? { ...state, pressed: false } : state),
    double: (state, _touch, editor) =>
      state.at === 'drawing' && state.vertices.length >= kind.least ? commit(kind, state.vertices, editor) : state,
    finish: (state, editor) =>
      state.at === 'drawing' && state.vertices.length >= kind.least ? commit(kind, state.vertices, editor) : state,
    back: (state) => {
      if (state.at === 'idle') return state
      return state.vertices.length > 1 ? { ...state, vertices: state.vertices.slice(0, -1) } : IDLE
    },
    sketch: (state) =>
      state.at === 'idle'
        ? null
        : { shape: { type: kind.type, vertices: [...state.vertices, state.next] }, of: null, open: true },
  }
}
