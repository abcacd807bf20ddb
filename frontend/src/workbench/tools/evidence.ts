import { type Box, boxBetween } from '../geometry/box'
import { clampPoint, type Point } from '../geometry/point'
import type { Evidence } from '../store/payload'
import { hitsAt } from './select'
import type { Tool } from './tool'

type EvidenceState = { at: 'idle' } | { at: 'pointing'; from: Point; to: Point; slack: number }

const IDLE: EvidenceState = { at: 'idle' }

/** A reviewer points: a click takes the object there, a drag the region. */
export function evidenceTool(take: (evidence: Evidence) => void): Tool<EvidenceState> {
  return {
    id: 'evidence',
    cursor: 'crosshair',
    guides: false,
    initial: IDLE,
    down: (_state, { point, tolerance }, editor) => {
      const from = clampPoint(point, editor.size)
      return { at: 'pointing', from, to: from, slack: tolerance }
    },
    move: (state, { point }, editor) =>
      state.at === 'pointing' ? { ...state, to: clampPoint(point, editor.size) } : state,
    up: (state, touch, editor) => {
      if (state.at === 'idle') return state
      const region: Box = boxBetween(state.from, clampPoint(touch.point, editor.size))
      const hit = hitsAt(editor, touch)[0]
      if (Math.max(region.width, region.height) > state.slack) take({ kind: 'region', ...region })
      else if (hit) take({ kind: 'object', uuid: hit.uuid })
      return IDLE
    },
    sketch: (state) =>
      state.at === 'idle' ? null : { shape: { type: 'box', ...boxBetween(state.from, state.to) }, of: null, open: true },
  }
}
