import { array, assert, constantFrom, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { CodePoints } from '../geometry/codePoints'
import { EMPTY_ENTITIES, type EntityDocument, mark, pairEntities, relate, relabel, remove } from './entities'
import { DocumentStore } from './history'
import { TextEditor, type TextRules } from './textEditor'

const label = (name: string) => ({ name, display: name, color: 0, hotkey: null })
const RULES: TextRules = {
  labels: [label('Person'), label('Place')],
  relations: [
    { name: 'lives in', is_directed: true, source_label: 'Person', target_label: 'Place' },
    { name: 'knows', is_directed: false, source_label: 'Person', target_label: 'Person' },
  ],
  attributeFits: (key, name) => key === 'all' || name === 'Person',
}
const TEXT = 'Zoe\u0308 😀 lives in Berlin. Berlin is big; she knows سارة.'

function open(text = TEXT): { store: DocumentStore<EntityDocument>; editor: TextEditor } {
  const store = new DocumentStore<EntityDocument>(EMPTY_ENTITIES)
  return { store, editor: new TextEditor(store, new CodePoints(text), RULES, true) }
}

const said = (editor: TextEditor): readonly string[] =>
  editor.store.get().annotations.map(({ start, end, label: name }) => `${editor.points.slice(start, end)}/${name}`)

function select(editor: TextEditor, words: string): void {
  const unit = editor.points.text.indexOf(words)
  const { points } = editor
  editor.state.patch({ range: { start: points.toPoint(unit), end: points.toPoint(unit + words.length) } })
}

test('what is selected is marked, in whole characters, and lies in the order of the text', () => {
  const { editor } = open()
  select(editor, 'Berlin. ')
  editor.chooseLabel('Place')
  select(editor, 'Zoe') // the mark behind it belongs to it
  editor.chooseLabel('Person')
  expect(said(editor)).toEqual(['Zoe\u0308/Person', 'Berlin./Place'])
  expect(editor.selected?.start).toBe(0)
})

test('overlapping and nested stretches stand beside one another, equal ones only once', () => {
  const { editor } = open()
  for (const words of ['lives in Berlin', 'Berlin', 'in Berlin. Berlin', 'Berlin']) {
    select(editor, words)
    editor.chooseLabel('Place')
  }
  expect(said(editor)).toEqual(['lives in Berlin/Place', 'in Berlin. Berlin/Place', 'Berlin/Place'])
})

test('without a selection a label is for the selected object, and drops what does not belong to it', () => {
  const { store, editor } = open()
  const [a, b] = [mark(store, [{ start: 0, end: 4 }], 'Person'), mark(store, [{ start: 16, end: 22 }], 'Place')]
  relate(store, a ?? '', b ?? '', 'lives in')
  editor.select(a)
  editor.chooseLabel('Place')
  expect(store.get().relations).toEqual([])
  store.undo()
  expect([store.get().relations.length, said(editor)[0]]).toEqual([1, 'Zoe\u0308/Person'])
})

test('all that reads the same is marked at once, and taken back at once', () => {
  const { store, editor } = open()
  select(editor, 'Berlin')
  editor.chooseLabel('Place')
  expect(editor.markAll()).toBe(1)
  expect(said(editor)).toEqual(['Berlin/Place', 'Berlin/Place'])
  store.undo()
  expect(said(editor)).toEqual(['Berlin/Place'])
  editor.select(null)
  editor.state.patch({ query: 'سارة', label: 'Person' })
  expect(editor.markAll()).toBe(1)
  expect(said(editor).at(-1)).toBe('سارة/Person')
})

test('a relation is led from one object to another where one is asked for, and goes with its ends', () => {
  const { store, editor } = open()
  const [person, place] = [mark(store, [{ start: 0, end: 4 }], 'Person'), mark(store, [{ start: 16, end: 22 }], 'Place')]
  editor.select(place)
  editor.beginRelation()
  expect(editor.relate(person ?? '')).toBe(false)
  editor.state.patch({ relating: null })
  editor.select(person)
  editor.beginRelation()
  editor.choose(place)
  expect(store.get().relations).toMatchObject([{ source: person, target: place, name: 'lives in' }])
  expect(editor.state.get()).toMatchObject({ relating: null, selected: person })
  remove(store, place ?? '')
  expect(store.get().relations).toEqual([])
})

test('the ends of an object move by whole characters and never cross', () => {
  const { store, editor } = open()
  editor.select(mark(store, [{ start: 5, end: 6 }], 'Person'))
  editor.resize('start', -1)
  editor.resize('start', -1)
  expect(said(editor)).toEqual(['e\u0308 😀/Person'])
  editor.place({ start: 5, end: 6 })
  editor.resize('end', -1)
  editor.resize('start', 1)
  expect(said(editor)).toEqual(['😀/Person'])
})

test('undo after any commands restores the document, redo brings it back', () => {
  const deed = record({ kind: constantFrom('mark', 'all', 'relabel', 'remove', 'relate', 'resize'), start: nat(50), length: nat(9), which: nat(9) })
  assert(
    property(array(deed, { maxLength: 25 }), (deeds) => {
      const { store, editor } = open()
      const states = [store.get()]
      for (const { kind, start, length, which } of deeds) {
        const all = store.get().annotations
        const uuid = all[which % Math.max(1, all.length)]?.uuid ?? ''
        const name = which % 2 === 0 ? 'Person' : 'Place'
        editor.select(uuid)
        if (kind === 'mark') mark(store, [{ start, end: start + length + 1 }], name)
        if (kind === 'all') editor.markAll()
        if (kind === 'relabel') relabel(store, uuid, name, { attribute: () => false, relation: () => false })
        if (kind === 'remove') remove(store, uuid)
        if (kind === 'relate') relate(store, uuid, all[0]?.uuid ?? '', 'knows')
        if (kind === 'resize') editor.place({ start, end: start + length })
        if (store.get() !== states.at(-1)) states.push(store.get())
      }
      const last = store.get()
      while (store.undo() !== null);
      expect(store.get()).toEqual(states[0])
      while (store.redo() !== null);
      expect(store.get()).toEqual(last)
    }),
  )
})

const one = (uuid: string, start: number, end: number) => ({ uuid, start, end, label: 'Person', attributes: {} })

test('two answers are paired by id, by place, and by overlap', () => {
  const paired = pairEntities(
    [one('a', 0, 4), one('b', 5, 9), one('c', 10, 20), one('d', 30, 31)],
    [one('a', 1, 4), one('x', 5, 9), one('y', 12, 20), one('z', 50, 51)],
  )
  expect(paired.map(({ before, after }) => [before?.uuid, after?.uuid])).toEqual([
    ['a', 'a'],
    ['b', 'x'],
    ['c', 'y'],
    ['d', undefined],
    [undefined, 'z'],
  ])
})

test('50,000 characters with 5,000 objects: a command takes a few milliseconds', () => {
  const { store, editor } = open('lorem ipsum '.repeat(4200))
  const spans = Array.from({ length: 5000 }, (_one, at) => ({ start: at * 10, end: at * 10 + 5 + (at % 20) }))
  mark(store, spans, 'Place')
  const before = performance.now()
  for (let at = 0; at < 20; at++) {
    editor.state.patch({ range: { start: at * 1000 + 1, end: at * 1000 + 4 } })
    editor.chooseLabel('Person')
  }
  expect(store.get().annotations).toHaveLength(5020)
  expect((performance.now() - before) / 20).toBeLessThan(16)
})
