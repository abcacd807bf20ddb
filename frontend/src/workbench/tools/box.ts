import { boxBetween, clampBox } from '../geometry/box'
import { clampPoint, type Point } from '../geometry/point'
import type { Tool } from './tool'

const MIN_SIZE_PX = 1

type BoxState = { at: 'idle' } | { at: 'drawing'; from: Point; to: Point; slack: number }

const IDLE: BoxState = { at: 'idle' }

/** Drag from corner to corner. A click without a drag draws nothing. */
export const boxTool: Tool<BoxState> = {
  id: 'box',
  cursor: 'crosshair',
  guides: true,
  initial: IDLE,
  down: (_state, { point, tolerance }, editor) => {
    const from = clampPoint(point, editor.size)
    return { at: 'drawing', from, to: from, slack: tolerance / 2 }
  },
  move: (state, { point }, editor) =>
    state.at === 'drawing' ? { ...state, to: clampPoint(point, editor.size) } : state,
  up: (state, { point }, editor) => {
    if (state.at === 'idle') return state
    const box = clampBox(boxBetween(state.from, clampPoint(point, editor.size)), editor.size)
    const dragged = Math.max(box.width, box.height) >= state.slack
    if (dragged && box.width >= MIN_SIZE_PX && box.height >= MIN_SIZE_PX) editor.draw({ type: 'box', ...box })
    return IDLE
  },
  sketch: (state) =>
    state.at === 'idle' ? null : { shape: { type: 'box', ...boxBetween(state.from, state.to) }, of: null, open: true },
}
