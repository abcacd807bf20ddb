import { expect, test } from 'vitest'
import { check, diff, fromResponse, readView, toResponse } from './form'

const view = readView({
  content: { kind: 'image' },
  fields: [
    { key: 'title', type: 'text', title: 'Title', required: true, max_length: 5 },
    { key: 'count', type: 'number', min: 0, max: 9 },
    { key: 'seen', type: 'category', allow_multiple: true, choices: [{ name: 'a', display: 'A' }, { name: 'b' }] },
    { key: 'night', type: 'boolean' },
  ],
})

const LONG = {
  annotations: {
    title: { type: 'text', field_id: 'title', response: [['Lake']] },
    count: { type: 'number', field_id: 'count', response: [[0]] },
    seen: { type: 'category', field_id: 'seen', response: [['a', 'b']] },
    night: { type: 'boolean', field_id: 'night', response: [[false]] },
  },
}

test('the long form is read and written without a change', () => {
  const document = fromResponse(LONG, view)
  expect(document.values).toEqual({ title: 'Lake', count: 0, seen: ['a', 'b'], night: false })
  expect(toResponse(document, view)).toEqual(LONG)
})

test('the short form is read too', () => {
  const short = { annotations: { title: 'Lake', count: 0, seen: ['a', 'b'], night: false } }
  expect(toResponse(fromResponse(short, view), view)).toEqual(LONG)
})

test('fields without an answer are left out', () => {
  expect(toResponse({ values: { count: 3 } }, view)).toEqual({
    annotations: { count: { type: 'number', field_id: 'count', response: [[3]] } },
  })
})

test('findings have the codes and paths of the server', () => {
  expect(check({ values: { title: '  ', count: 12 } }, view).map(({ code, path }) => [code, path])).toEqual([
    ['value_required', ['annotations', 'title']],
    ['number_too_large', ['annotations', 'count']],
  ])
  expect(check({ values: { title: 'Sherburne' } }, view)).toMatchObject([{ code: 'text_too_long' }])
  expect(check({ values: { title: 'Lake', count: 0 } }, view)).toEqual([])
})

test('a difference names the fields whose answers are not the same', () => {
  const [before, after] = [{ values: { title: 'Lake', seen: ['a'] } }, { values: { title: 'Lake', seen: ['b'] } }]
  expect(diff(before, after, view).filter(({ same }) => !same)).toMatchObject([{ key: 'seen', before: 'A', after: 'b' }])
})
