import type { Point } from '../geometry/point'
import type { Shape } from '../geometry/shape'
import type { Editor } from '../store/editor'

/** A pointer position in image pixels; tolerance is what a finger's or mouse's inaccuracy is in these pixels. */
export interface Touch {
  readonly point: Point
  readonly tolerance: number
  readonly shift: boolean
  readonly alt: boolean
}

/** What is being drawn or changed: the stage shows it in place of the object `of`. */
export interface Sketch {
  readonly shape: Shape
  readonly of: string | null
  readonly open: boolean
}

/** A state machine: it gets a state and an event and returns the next state; only the editor is changed. */
export interface Tool<S> {
  readonly id: string
  readonly cursor: string
  readonly guides: boolean
  readonly initial: S
  down(state: S, touch: Touch, editor: Editor): S
  move(state: S, touch: Touch, editor: Editor): S
  up(state: S, touch: Touch, editor: Editor): S
  finish?(state: S, editor: Editor): S
  /** One step back inside the shape; the same state when there is nothing to take back. */
  back?(state: S): S
  double?(state: S, touch: Touch, editor: Editor): S
  sketch(state: S): Sketch | null
}

/** A tool with its state inside, so that tools of different states can take turns. */
export interface LiveTool {
  readonly id: string
  readonly cursor: string
  readonly guides: boolean
  readonly idle: boolean
  readonly sketch: Sketch | null
  down(touch: Touch): void
  move(touch: Touch): void
  up(touch: Touch): void
  double(touch: Touch): void
  finish(): boolean
  cancel(): boolean
  back(): boolean
}

export function startTool<S>(tool: Tool<S>, editor: Editor): LiveTool {
  let state = tool.initial
  const turn = (next: S): boolean => {
    const changed = next !== state
    state = next
    return changed
  }
  return {
    id: tool.id,
    cursor: tool.cursor,
    guides: tool.guides,
    get idle() {
      return state === tool.initial
    },
    get sketch() {
      return tool.sketch(state)
    },
    down: (touch) => void turn(tool.down(state, touch, editor)),
    move: (touch) => void turn(tool.move(state, touch, editor)),
    up: (touch) => void turn(tool.up(state, touch, editor)),
    double: (touch) => void (tool.double && turn(tool.double(state, touch, editor))),
    finish: () => tool.finish !== undefined && turn(tool.finish(state, editor)),
    cancel: () => turn(tool.initial),
    back: () => tool.back !== undefined && turn(tool.back(state)),
  }
}
