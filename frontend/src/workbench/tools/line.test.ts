import { expect, test } from 'vitest'
import { lineTool } from './line'
import { testEditor, touchAt } from './testing'
import { startTool } from './tool'

test('a line is open: a click on its first vertex is one more vertex', () => {
  const editor = testEditor()
  const tool = startTool(lineTool, editor)
  for (const [x, y] of [
    [10, 10],
    [60, 10],
    [60, 60],
    [10, 10],
  ] as const) {
    tool.down(touchAt(x, y))
    tool.up(touchAt(x, y))
  }
  expect(tool.finish()).toBe(true)
  expect(editor.store.get().annotations).toMatchObject([{ type: 'line', vertices: { length: 4 } }])
})
