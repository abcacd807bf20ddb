import { clampPoint, type Point } from '../geometry/point'
import type { Tool } from './tool'

type PointState = { at: 'idle' } | { at: 'pressed'; point: Point }

const IDLE: PointState = { at: 'idle' }

/** Press, adjust while held, release. */
export const pointTool: Tool<PointState> = {
  id: 'point',
  cursor: 'crosshair',
  guides: true,
  initial: IDLE,
  down: (_state, { point }, editor) => ({ at: 'pressed', point: clampPoint(point, editor.size) }),
  move: (state, { point }, editor) =>
    state.at === 'pressed' ? { at: 'pressed', point: clampPoint(point, editor.size) } : state,
  up: (state, { point }, editor) => {
    if (state.at === 'pressed') editor.draw({ type: 'point', ...clampPoint(point, editor.size) })
    return IDLE
  },
  sketch: (state) => (state.at === 'idle' ? null : { shape: { type: 'point', ...state.point }, of: null, open: true }),
}
