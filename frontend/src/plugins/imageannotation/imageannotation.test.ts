import { expect, test } from 'vitest'
import type { Annotation, ImageDocument } from '../../workbench/store/annotations'
import type { Payload } from '../../workbench/store/payload'
import { check } from './check'
import { changed, diff, pair, summarise } from './diff'
import { readImageView } from './params'
import { fromResponse, toResponse } from './response'

const VIEW = {
  geometries: {
    box: { labels: [{ name: 'car', display: 'Car', color: 0, hotkey: '1' }, { name: 'bus', display: 'Bus', color: 1 }], min_width: 4, min_height: 4 },
    polygon: { labels: [{ name: 'road', display: 'Road', color: 2 }], min_vertices: 3, max_vertices: 4 },
  },
  attributes: [
    { key: 'Moving', type: 'category', required: true, choices: [{ name: 'y', display: 'Yes' }], labels: ['car'] },
    { key: 'Speed', type: 'number', max: 300, labels: null },
    { key: 'Weather', type: 'text', global: true, required: true },
  ],
}
const view = readImageView(VIEW, { media: [{ kind: 'image', width: 400, height: 300 }] } as unknown as Payload)

const car: Annotation = { uuid: 'u1', type: 'box', label: 'car', left: 10, top: 10, width: 40, height: 40, attributes: { Moving: 'y' } }
const bus: Annotation = { uuid: 'u2', type: 'box', label: 'bus', left: 100, top: 10, width: 40, height: 40, attributes: {} }
const document = (annotations: readonly Annotation[], weather = 'rain'): ImageDocument => ({
  annotations,
  global_attributes: weather ? { Weather: weather } : {},
})

test('an answer is read and written without a change', () => {
  const response = {
    annotations: [
      car,
      { uuid: 'u3', type: 'polygon', label: 'road', vertices: [{ x: 1, y: 2 }, { x: 30, y: 2 }, { x: 30, y: 40 }], attributes: {} },
      { uuid: 'u4', type: 'point', label: 'x', x: 5, y: 6, attributes: {} },
    ],
    global_attributes: { Weather: 'rain' },
    links: [],
  }
  expect(toResponse(fromResponse(response))).toEqual(response)
})

test('what is not an answer is read as an empty one', () => {
  for (const odd of [null, 7, { annotations: 'x' }, { annotations: [{ type: 'cuboid' }, null] }]) {
    expect(fromResponse(odd)).toEqual({ annotations: [], global_attributes: {} })
  }
})

test('findings have the codes and paths of the server', () => {
  const flat = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 20, y: 0 }]
  const found = check(
    document(
      [
        { ...car, attributes: {} },
        { ...bus, width: 3, attributes: { Speed: 400 } },
        { uuid: 'u5', type: 'polygon', label: 'road', vertices: flat, attributes: {} },
        { uuid: 'u6', type: 'point', label: 'nose', x: 1, y: 1, attributes: {} },
        { ...bus, uuid: 'u7', label: 'tram' },
      ],
      '',
    ),
    view,
  )
  expect(found.map(({ code, path }) => [code, path])).toEqual([
    ['attribute_required', ['annotations', 0, 'attributes', 'Moving']],
    ['box_too_small', ['annotations', 1]],
    ['attribute_number_too_large', ['annotations', 1, 'attributes', 'Speed']],
    ['polygon_flat', ['annotations', 2, 'vertices']],
    ['geometry_unasked', ['annotations', 3, 'type']],
    ['label_unknown', ['annotations', 4, 'label']],
    ['value_required', ['global_attributes', 'Weather']],
  ])
  expect(check(document([car, bus]), view)).toEqual([])
})

test('objects are paired by id, then by overlap', () => {
  const moved = { ...car, uuid: 'other', left: 12 }
  expect(pair([car, bus], [moved, bus])).toEqual([
    { before: car, after: moved },
    { before: bus, after: bus },
  ])
  expect(pair([car], [{ ...moved, left: 200 }])).toHaveLength(2)
})

test('a difference shows labels, attributes, missing and added objects', () => {
  const mine = document([{ ...car, label: 'bus', attributes: {} }, { ...bus, uuid: 'u9', left: 300 }])
  const differences = diff(document([car, bus]), mine, view).filter(({ same }) => !same)
  expect(differences.map(({ title, before, after, overlap }) => [title, before, after, overlap])).toEqual([
    ['1', 'Car', 'Bus', 1],
    ['2', 'Bus, at 100, 10', null, 0],
    ['3', null, 'Bus, at 300, 10', 0],
  ])
  expect(changed(document([car, bus]), mine).map(({ uuid }) => uuid)).toEqual(['u1', 'u9'])
})

test('a summary has a line per object and per question about the task', () => {
  expect(summarise(document([car]), view)).toEqual([
    { key: 'u1', title: '1 Car', detail: 'Moving: Yes', color: 0 },
    { key: 'Weather', title: 'Weather', detail: 'rain', color: null },
  ])
})
