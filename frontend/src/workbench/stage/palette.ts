import type { ShapeType } from '../geometry/shape'
import type { Editor, LabelChoice } from '../store/editor'

const COLOURS = 8
const FALLBACK = ['#4cb3ff', '#ffb000', '#3fd18c', '#ff7aa8', '#c6a2ff', '#f2e14c', '#ff8a4c', '#e8e8e8']
export const EVIDENCE_COLOUR = '#ff6b5e'

export interface Paint {
  readonly colour: string
  /** Beyond eight labels the colours come again with dashed lines. */
  readonly dashed: boolean
  readonly name: string
}

/** The label colours of the style sheet, and the paint of each label. */
export class Palette {
  private readonly colours: readonly string[]

  constructor(host: Element) {
    const style = getComputedStyle(host)
    this.colours = FALLBACK.map((fallback, index) => style.getPropertyValue(`--label-${index + 1}`).trim() || fallback)
  }

  paint(editor: Editor, type: ShapeType, label: string): Paint {
    const choices = editor.labels[type] ?? []
    const place = choices.findIndex(({ name }) => name === label)
    const choice: LabelChoice | undefined = choices[place]
    const colour = this.colours[(choice?.color ?? COLOURS - 1) % COLOURS] ?? '#e8e8e8'
    return { colour, dashed: place >= COLOURS, name: choice?.display ?? label }
  }
}
