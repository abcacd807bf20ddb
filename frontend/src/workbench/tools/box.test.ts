import { expect, test } from 'vitest'
import { boxTool } from './box'
import { testEditor, touchAt } from './testing'
import { startTool } from './tool'

test('a drag draws a box, cut off at the picture', () => {
  const editor = testEditor()
  const tool = startTool(boxTool, editor)
  tool.down(touchAt(180, 90))
  tool.move(touchAt(150, 95))
  expect(tool.sketch?.shape).toEqual({ type: 'box', left: 150, top: 90, width: 30, height: 5 })
  tool.up(touchAt(300, 60))
  expect(editor.store.get().annotations).toMatchObject([{ left: 180, top: 60, width: 20, height: 30, label: 'car' }])
  expect([tool.idle, tool.sketch]).toEqual([true, null])
})

test('a click or an escape draws nothing', () => {
  const editor = testEditor()
  const tool = startTool(boxTool, editor)
  tool.down(touchAt(10, 10))
  tool.up(touchAt(11, 10))
  tool.down(touchAt(10, 10))
  tool.move(touchAt(50, 50))
  expect(tool.cancel()).toBe(true)
  tool.up(touchAt(50, 50))
  expect(editor.store.get().annotations).toEqual([])
})
