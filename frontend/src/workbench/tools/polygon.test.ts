import { expect, test } from 'vitest'
import { polygonTool } from './polygon'
import { testEditor, touchAt } from './testing'
import { type LiveTool, startTool } from './tool'

function click(tool: LiveTool, x: number, y: number): void {
  tool.down(touchAt(x, y))
  tool.up(touchAt(x, y))
}

test('a click on the first vertex closes the outline', () => {
  const editor = testEditor()
  const tool = startTool(polygonTool, editor)
  click(tool, 10, 10)
  click(tool, 50, 10)
  click(tool, 50, 50)
  click(tool, 12, 11)
  const vertices = [
    { x: 10, y: 10 },
    { x: 50, y: 10 },
    { x: 50, y: 50 },
  ]
  expect(editor.store.get().annotations).toMatchObject([{ type: 'polygon', vertices }])
  expect(tool.idle).toBe(true)
})

test('two vertices are not finished by Enter', () => {
  const editor = testEditor()
  const tool = startTool(polygonTool, editor)
  click(tool, 10, 10)
  click(tool, 50, 10)
  expect(tool.finish()).toBe(false)
  click(tool, 50, 50)
  expect(tool.finish()).toBe(true)
  expect(editor.store.get().annotations).toHaveLength(1)
})

test('going back takes vertices away one by one', () => {
  const tool = startTool(polygonTool, testEditor())
  click(tool, 10, 10)
  click(tool, 50, 10)
  expect(tool.back()).toBe(true)
  expect(tool.idle).toBe(false)
  expect(tool.back()).toBe(true)
  expect([tool.idle, tool.back()]).toEqual([true, false])
})

test('a double click does not add its point twice', () => {
  const editor = testEditor()
  const tool = startTool(polygonTool, editor)
  click(tool, 10, 10)
  click(tool, 50, 10)
  click(tool, 50, 50)
  click(tool, 50, 50)
  tool.double(touchAt(50, 50))
  expect(editor.store.get().annotations).toMatchObject([{ vertices: { length: 3 } }])
})

test('holding Shift while dragging draws freehand', () => {
  const editor = testEditor()
  const tool = startTool(polygonTool, editor)
  tool.down(touchAt(10, 10))
  for (const x of [15, 20, 30, 40]) tool.move(touchAt(x, 30, { shift: true }))
  tool.up(touchAt(40, 30))
  tool.finish()
  expect(editor.store.get().annotations).toMatchObject([{ vertices: { length: 4 } }])
})
