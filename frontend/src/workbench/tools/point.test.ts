import { expect, test } from 'vitest'
import { pointTool } from './point'
import { testEditor, touchAt } from './testing'
import { startTool } from './tool'

test('a point lands where the pointer is released', () => {
  const editor = testEditor()
  const tool = startTool(pointTool, editor)
  tool.down(touchAt(10, 10))
  tool.move(touchAt(15, 10))
  tool.up(touchAt(16.004, 900))
  expect(editor.store.get().annotations).toMatchObject([{ type: 'point', x: 16, y: 100 }])
})
