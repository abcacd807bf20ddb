import { expect, test } from 'vitest'
import { selectTool } from './select'
import { testEditor, touchAt } from './testing'
import { startTool } from './tool'

function drag(tool: ReturnType<typeof startTool>, from: readonly [number, number], to: readonly [number, number]): void {
  tool.down(touchAt(...from))
  tool.move(touchAt(...to))
  tool.up(touchAt(...to))
}

test('dragging the inside moves, dragging a handle resizes, undo restores exactly', () => {
  const editor = testEditor()
  const tool = startTool(selectTool, editor)
  editor.draw({ type: 'box', left: 20, top: 20, width: 60, height: 40 })
  const drawn = editor.store.get()
  drag(tool, [50, 40], [60, 35])
  expect(editor.selected).toMatchObject({ left: 30, top: 15, width: 60, height: 40 })
  drag(tool, [90, 55], [100, 99])
  expect(editor.selected).toMatchObject({ left: 30, top: 15, width: 70, height: 84 })
  editor.store.undo()
  editor.store.undo()
  expect(editor.store.get()).toEqual(drawn)
})

test('the smaller object is in front and Alt goes through the others', () => {
  const editor = testEditor()
  const tool = startTool(selectTool, editor)
  editor.draw({ type: 'box', left: 0, top: 0, width: 100, height: 100 })
  editor.draw({ type: 'box', left: 40, top: 40, width: 20, height: 20 })
  const [large, small] = editor.store.get().annotations.map(({ uuid }) => uuid)
  editor.select(null)
  const clicked = (alt: boolean): string | null => {
    tool.down(touchAt(50, 50, { alt }))
    tool.up(touchAt(50, 50, { alt }))
    return editor.state.get().selected
  }
  expect([clicked(false), clicked(true), clicked(true)]).toEqual([small, large, small])
})

test('a click beside everything selects nothing', () => {
  const editor = testEditor()
  const tool = startTool(selectTool, editor)
  editor.draw({ type: 'box', left: 0, top: 0, width: 10, height: 10 })
  drag(tool, [150, 50], [150, 50])
  expect(editor.selected).toBeNull()
})

test('a click that trembles does not move anything', () => {
  const editor = testEditor()
  const tool = startTool(selectTool, editor)
  editor.draw({ type: 'box', left: 20, top: 20, width: 60, height: 40 })
  drag(tool, [50, 40], [51, 40])
  expect(editor.selected).toMatchObject({ left: 20, top: 20 })
})

test('hidden and locked objects are not hit', () => {
  const editor = testEditor()
  const tool = startTool(selectTool, editor)
  editor.draw({ type: 'box', left: 0, top: 0, width: 50, height: 50 })
  const uuid = editor.state.get().selected ?? ''
  editor.select(null)
  editor.toggleHidden(uuid)
  drag(tool, [20, 20], [20, 20])
  expect(editor.selected).toBeNull()
})

test('the middle of an edge adds a vertex, Alt on a vertex takes it away', () => {
  const editor = testEditor()
  const tool = startTool(selectTool, editor)
  const vertices = [
    { x: 10, y: 10 },
    { x: 90, y: 10 },
    { x: 90, y: 90 },
  ]
  editor.draw({ type: 'polygon', vertices })
  drag(tool, [50, 10], [50, 2])
  expect(editor.selected).toMatchObject({ vertices: [vertices[0], { x: 50, y: 2 }, vertices[1], vertices[2]] })
  tool.down(touchAt(50, 2, { alt: true }))
  expect(editor.selected).toMatchObject({ vertices })
  tool.down(touchAt(10, 10, { alt: true }))
  expect(editor.selected).toMatchObject({ vertices })
})
