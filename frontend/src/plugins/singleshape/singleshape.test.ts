import { expect, test } from 'vitest'
import annotation from '../../../../tests/golden/annotation.json'
import lineannotation from '../../../../tests/golden/lineannotation.json'
import pointannotation from '../../../../tests/golden/pointannotation.json'
import polygonannotation from '../../../../tests/golden/polygonannotation.json'
import type { ImageDocument } from '../../workbench/store/annotations'
import type { Payload } from '../../workbench/store/payload'
import { loadPlugin } from '../registry'

const media = [{ role: 'attachment', kind: 'image', url: '', width: 640, height: 480, shown_width: 640, shown_height: 480 }]

test.each([
  ['annotation', 'box', annotation],
  ['polygonannotation', 'polygon', polygonannotation],
  ['lineannotation', 'line', lineannotation],
  ['pointannotation', 'point', pointannotation],
] as const)('%s: the golden answer is read, is in order, and is written again', async (type, shape, golden) => {
  const plugin = await loadPlugin(type)
  const view = plugin.readView(golden.view, { media } as unknown as Payload)
  const document = plugin.fromResponse(golden.response, view) as ImageDocument

  expect(plugin.type).toBe(type)
  expect(plugin.drawn).toBe(true)
  expect(document.annotations.map((one) => one.type)).toEqual([shape, shape])
  expect(plugin.check(document, view)).toEqual([])
  expect(plugin.toResponse(document, view)).toEqual(golden.response)
})
