import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DocumentStore } from './history'

interface Sheet {
  readonly items: readonly { readonly id: number; readonly x: number }[]
  readonly notes: Readonly<Record<string, string>>
}
const EMPTY: Sheet = { items: [], notes: {} }

type Deed = { do: 'add'; id: number } | { do: 'move'; at: number; by: number } | { do: 'drop'; at: number }
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), id: fc.nat() }),
  fc.record({ do: fc.constant('move' as const), at: fc.nat(), by: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ do: fc.constant('drop' as const), at: fc.nat() }),
)

function perform(store: DocumentStore<Sheet>, step: Deed): void {
  store.run(step.do, (draft) => {
    const count = draft.items.length
    if (step.do === 'add') draft.items.push({ id: step.id, x: 0 })
    else if (count > 0 && step.do === 'drop') draft.items.splice(step.at % count, 1)
    else if (count > 0 && step.do === 'move') {
      const item = draft.items[step.at % count]
      if (item) item.x += step.by
    }
  })
}

test('undoing everything returns to the start, redoing to the end', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
      const store = new DocumentStore(EMPTY)
      for (const step of deeds) perform(store, step)
      const end = store.get()
      while (store.undo() !== null);
      expect(store.get()).toEqual(EMPTY)
      while (store.redo() !== null);
      expect(store.get()).toEqual(end)
    }),
  )
})

test('undo and redo in any order never leave the line of states that was drawn', () => {
  fc.assert(
    fc.property(fc.array(deed, { minLength: 1, maxLength: 15 }), fc.array(fc.boolean()), (deeds, walk) => {
      const store = new DocumentStore(EMPTY)
      const states = [store.get()]
      for (const step of deeds) {
        const before = store.get()
        perform(store, step)
        if (store.get() !== before) states.push(store.get())
      }
      let at = states.length - 1
      for (const back of walk) {
        const moved = back ? store.undo() : store.redo()
        if (moved !== null) at += back ? -1 : 1
        expect(store.get()).toEqual(states[at])
      }
    }),
  )
})

test('a command that changes nothing leaves no step', () => {
  const store = new DocumentStore(EMPTY)
  store.run('nothing', () => undefined)
  expect(store.history).toEqual({ undo: null, redo: null })
})

test('nudges with one key are one step while they follow each other', () => {
  let now = 0
  const store = new DocumentStore<Sheet>({ items: [{ id: 1, x: 0 }], notes: {} }, () => now)
  const nudge = (at: number): void => {
    now = at
    store.run('Nudge', (draft) => void (draft.items[0]!.x += 1), 'nudge:1')
  }
  ;[0, 500, 1000, 3000].forEach(nudge)
  expect(store.get().items[0]?.x).toBe(4)
  store.undo()
  expect(store.get().items[0]?.x).toBe(3)
  store.undo()
  expect(store.get().items[0]?.x).toBe(0)
  store.redo()
  expect(store.get().items[0]?.x).toBe(3)
})

test('replacing a document can be undone', () => {
  const store = new DocumentStore<Sheet>({ items: [{ id: 1, x: 0 }], notes: { a: 'b' } })
  const before = store.get()
  store.replace('Take theirs', { items: [], notes: {} })
  expect(store.get()).toEqual(EMPTY)
  store.undo()
  expect(store.get()).toEqual(before)
})

test('a listener hears each change once', () => {
  const store = new DocumentStore(EMPTY)
  let heard = 0
  const stop = store.subscribe(() => (heard += 1))
  perform(store, { do: 'add', id: 1 })
  store.undo()
  stop()
  store.redo()
  expect(heard).toBe(2)
})

test('members that are put in place are steps among the others, and merge by their key', () => {
  let now = 0
  const store = new DocumentStore(EMPTY, () => now)
  perform(store, { do: 'add', id: 1 })
  const drawn = store.get()
  store.put('Write', { notes: { a: 'x' } }, 'write')
  store.put('Write', { notes: { a: 'xy' } }, 'write')
  now = 5000
  store.put('Write', { notes: {} }, 'write')
  perform(store, { do: 'move', at: 0, by: 3 })
  const end = store.get()

  expect([store.undo(), store.undo(), store.get().notes]).toEqual(['move', 'Write', { a: 'xy' }])
  expect([store.undo(), store.get()]).toEqual(['Write', drawn])
  while (store.redo() !== null);
  expect(store.get()).toEqual(end)
})
