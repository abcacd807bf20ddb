import { expect, test } from 'vitest'
import golden from '../../../../tests/golden/namedentityrecognition.json'
import type { EntityDocument } from '../../workbench/store/entities'
import type { Payload } from '../../workbench/store/payload'
import { loadPlugin } from '../registry'
import { changed } from './diff'
import type { EntityView } from './params'

const plugin = await loadPlugin('namedentityrecognition')
const view = plugin.readView(golden.view, {} as Payload) as EntityView
const read = (response: unknown): EntityDocument => plugin.fromResponse(response, view) as EntityDocument

test('the golden answer is read, is in order, and is written again', () => {
  const document = read(golden.response)
  expect(plugin.check(document, view)).toEqual([])
  expect(plugin.toResponse(document, view)).toEqual(golden.response)
})

test('the same is wrong here as on the server, where a view can make it', () => {
  const here = new Set(['entity_twice', 'attribute_required', 'relation_unasked'])
  const found = plugin.check(read(golden.bad_response), view).map(({ code, path }) => ({ code, path }))
  const wanted = golden.findings_of_bad_response.filter(({ code }) => here.has(code)).map(({ code, path }) => ({ code, path }))
  expect(found).toEqual(expect.arrayContaining(wanted))
})

test('an answer is told in words, and so is its difference to another', () => {
  const document = read(golden.response)
  expect(plugin.summarise(document, view).map(({ title, detail }) => `${title}: ${detail}`)).toEqual([
    '1 Person: Zoe\u0308 👩‍🚀 · Named: Yes',
    '2 Organisation: Royal Bank of Scotland · Sector: Bank',
    '3 Location: Scotland',
    '4 Person: سارة',
    '5 Location: 東京',
    'Relation: Zoe\u0308 👩‍🚀 → works for → Royal Bank of Scotland',
    'Relation: سارة → met → Zoe\u0308 👩‍🚀',
    'Tone: Neutral',
  ])
  const [zoe, bank, , ...rest] = document.annotations
  const other = { ...document, annotations: [zoe, { ...bank, start: 22 }, ...rest] as EntityDocument['annotations'] }
  const rows = plugin.diff(document, other, view).filter(({ same }) => !same)
  expect(rows.map(({ before, after }) => [before, after])).toEqual([
    ['Organisation: Royal Bank of Scotland', 'Organisation: Bank of Scotland'],
    ['Location: Scotland', null],
    ['Zoe\u0308 👩‍🚀 → works for → Royal Bank of Scotland', null],
    [null, 'Zoe\u0308 👩‍🚀 → works for → Bank of Scotland'],
  ])
  expect(changed(document, other).map(({ uuid }) => uuid)).toEqual(['e2'])
})
