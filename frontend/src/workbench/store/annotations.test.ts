import { expect, test } from 'vitest'
import * as annotations from './annotations'
import { DocumentStore } from './history'

const SIZE = { width: 100, height: 100 }
const BOX = { uuid: 'u1', type: 'box', label: 'car', attributes: {}, left: 10, top: 10, width: 20, height: 20 } as const

function storeWith(...all: annotations.Annotation[]): annotations.ImageStore {
  return new DocumentStore<annotations.ImageDocument>({ annotations: all, global_attributes: {} })
}

test('draw, change, relabel and remove, then undo everything', () => {
  const store = storeWith()
  annotations.add(store, BOX)
  annotations.reshape(store, 'u1', { type: 'box', left: 90, top: 0, width: 50, height: 10 }, SIZE)
  annotations.relabel(store, 'u1', 'bus', () => true)
  expect(store.get().annotations).toEqual([{ ...BOX, label: 'bus', left: 90, top: 0, width: 10, height: 10 }])
  annotations.remove(store, 'u1')
  expect(store.get().annotations).toEqual([])
  for (let step = 0; step < 4; step += 1) store.undo()
  expect(store.get().annotations).toEqual([])
  expect(store.history.undo).toBeNull()
})

test('nudging is one step however often the key repeats', () => {
  const store = storeWith(BOX)
  for (let step = 0; step < 5; step += 1) annotations.nudge(store, 'u1', 1, 0, SIZE)
  expect(annotations.find(store.get(), 'u1')).toMatchObject({ left: 15 })
  store.undo()
  expect(store.get().annotations).toEqual([BOX])
})

test('a nudge against the edge leaves no step', () => {
  const store = storeWith({ ...BOX, left: 0 })
  annotations.nudge(store, 'u1', -1, 0, SIZE)
  expect(store.history.undo).toBeNull()
})

test('a new label drops the attributes that it does not have', () => {
  const store = storeWith({ ...BOX, attributes: { hidden: 'no', doors: 4 } })
  annotations.relabel(store, 'u1', 'person', (key) => key === 'hidden')
  expect(annotations.find(store.get(), 'u1')).toMatchObject({ label: 'person', attributes: { hidden: 'no' } })
})

test('an attribute can be set and cleared, on an object and on the task', () => {
  const store = storeWith(BOX)
  annotations.setAttribute(store, 'u1', 'doors', 4)
  annotations.setGlobal(store, 'weather', 'rain')
  expect(store.get()).toEqual({
    annotations: [{ ...BOX, attributes: { doors: 4 } }],
    global_attributes: { weather: 'rain' },
  })
  annotations.setAttribute(store, 'u1', 'doors', undefined)
  annotations.setGlobal(store, 'weather', undefined)
  expect(store.get()).toEqual({ annotations: [BOX], global_attributes: {} })
})

test('a shape never becomes one of another kind', () => {
  const store = storeWith(BOX)
  annotations.reshape(store, 'u1', { type: 'point', x: 1, y: 1 }, SIZE)
  expect(store.get().annotations).toEqual([BOX])
})
