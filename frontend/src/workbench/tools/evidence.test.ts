import { expect, test } from 'vitest'
import type { Evidence } from '../store/payload'
import { evidenceTool } from './evidence'
import { testEditor, touchAt } from './testing'
import { startTool } from './tool'

test('a click takes the object, a drag the region', () => {
  const editor = testEditor()
  editor.draw({ type: 'box', left: 0, top: 0, width: 50, height: 50 })
  const taken: Evidence[] = []
  const tool = startTool(
    evidenceTool((evidence) => void taken.push(evidence)),
    editor,
  )
  tool.down(touchAt(20, 20))
  tool.up(touchAt(20, 20))
  tool.down(touchAt(100, 20))
  tool.up(touchAt(120, 60))
  tool.down(touchAt(150, 80))
  tool.up(touchAt(150, 80))
  expect(taken).toEqual([
    { kind: 'object', uuid: editor.state.get().selected },
    { kind: 'region', left: 100, top: 20, width: 20, height: 40 },
  ])
})
