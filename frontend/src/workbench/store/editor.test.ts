import { expect, test } from 'vitest'
import { EMPTY_IMAGE, type ImageDocument } from './annotations'
import { Editor } from './editor'
import { DocumentStore } from './history'

const SIZE = { width: 400, height: 200 }
const LABELS = {
  box: [
    { name: 'car', display: 'Car', color: 0, hotkey: '1' },
    { name: 'bus', display: 'Bus', color: 1, hotkey: '2' },
  ],
  point: [{ name: 'nose', display: 'Nose', color: 0, hotkey: '1' }],
}

function editor(editable = true): Editor {
  const store = new DocumentStore<ImageDocument>(EMPTY_IMAGE)
  return new Editor(store, SIZE, LABELS, { editable, attributeFits: () => true })
}

test('a box can be made, moved, resized and labelled without a pointer', () => {
  const one = editor()
  one.drop({ left: 0, top: 0, width: 400, height: 200 })
  one.nudge(10, 0)
  one.resize(5, -5)
  one.pick('select')
  one.chooseLabel('bus')
  expect(one.store.get().annotations).toMatchObject([
    { type: 'box', label: 'bus', left: 160, top: 75, width: 105, height: 45 },
  ])
})

test('with a drawing tool a label key is for the next object', () => {
  const one = editor()
  one.draw({ type: 'box', left: 0, top: 0, width: 9, height: 9 })
  one.chooseLabel('bus')
  expect(one.selected?.label).toBe('car')
  one.draw({ type: 'box', left: 0, top: 0, width: 9, height: 9 })
  expect(one.selected?.label).toBe('bus')
})

test('stepping goes around and removing selects the neighbour', () => {
  const one = editor()
  for (const left of [0, 20, 40]) one.draw({ type: 'box', left, top: 0, width: 9, height: 9 })
  const uuids = one.store.get().annotations.map(({ uuid }) => uuid)
  one.step(1)
  expect(one.state.get().selected).toBe(uuids[0])
  one.step(-1)
  expect(one.state.get().selected).toBe(uuids[2])
  one.remove()
  expect(one.state.get().selected).toBe(uuids[1])
})

test('a locked object does not change, in a look nothing does', () => {
  const one = editor()
  one.draw({ type: 'point', x: 5, y: 5 })
  one.toggleLocked(one.state.get().selected ?? '')
  one.nudge(1, 1)
  one.remove()
  expect(one.selected).toMatchObject({ x: 5, y: 5 })
  const look = editor(false)
  look.draw({ type: 'point', x: 5, y: 5 })
  expect(look.store.get().annotations).toEqual([])
})

test('a copy lies beside its original', () => {
  const one = editor()
  one.draw({ type: 'box', left: 0, top: 0, width: 9, height: 9 })
  one.duplicate()
  expect(one.store.get().annotations).toMatchObject([{ left: 0 }, { left: 12, top: 12, label: 'car' }])
})
