import type { Point } from '../geometry/point'
import { EMPTY_IMAGE, type ImageDocument } from '../store/annotations'
import { Editor } from '../store/editor'
import { DocumentStore } from '../store/history'
import type { Touch } from './tool'

const LABEL = [{ name: 'car', display: 'Car', color: 0, hotkey: '1' }]

/** An editor for a picture of 200 × 100 pixels with one label for each kind of shape. */
export function testEditor(): Editor {
  const store = new DocumentStore<ImageDocument>(EMPTY_IMAGE)
  const labels = { box: LABEL, polygon: LABEL, line: LABEL, point: LABEL }
  return new Editor(store, { width: 200, height: 100 }, labels, { editable: true, attributeFits: () => true })
}

export const touchAt = (x: number, y: number, held: Partial<Touch> = {}): Touch => ({
  point: { x, y } satisfies Point,
  tolerance: 4,
  shift: false,
  alt: false,
  ...held,
})
