import { useEffect } from 'react'
import type { ImageStage } from '../../workbench/stage/imageStage'
import type { Editor, ToolId } from '../../workbench/store/editor'
import type { Bench } from '../../workbench/ui/plugin'
import { keyOfChoice } from '../../workbench/ui/Picker'

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

function arrow(name: string): readonly [number, number] {
  const [dx, dy] = ARROWS[name.split('+').at(-1) ?? ''] ?? [0, 0]
  const step = name.includes('Shift+') ? 10 : 1
  return [dx * step, dy * step]
}

/** What the view's keys act on; the stage comes and goes with its picture. */
export interface Hands {
  readonly editor: Editor
  readonly stage: { readonly current: ImageStage | null }
  readonly tools: readonly ToolId[]
  readonly bench: Bench
}

function bindTools({ editor, tools, bench, stage }: Hands): (() => void)[] {
  const { shortcuts } = bench
  const picks = tools.map((tool) => shortcuts.on(`tool.${tool}`, () => editor.pick(tool)))
  const holding = (fields: { panning: boolean } | { bare: boolean }) => () => editor.state.patch(fields)
  return [
    ...picks,
    shortcuts.hold('pan.hold', holding({ panning: true }), holding({ panning: false })),
    shortcuts.hold('bare.hold', holding({ bare: true }), holding({ bare: false })),
    shortcuts.on('zoom.in', () => stage.current?.zoomBy(1)),
    shortcuts.on('zoom.out', () => stage.current?.zoomBy(-1)),
    shortcuts.on('zoom.fit', () => stage.current?.fit()),
    shortcuts.on('zoom.actual', () => stage.current?.actual()),
  ]
}

function bindObjects({ editor, stage, bench }: Hands): (() => void)[] {
  const { shortcuts } = bench
  const stepped = (by: 1 | -1) => (): boolean => {
    const inList = document.activeElement?.matches('[data-keys="stage"], body') ?? false
    if (!inList || editor.store.get().annotations.length === 0) return false
    editor.step(by)
    return true
  }
  const nudged = (name: string): boolean => {
    if (!editor.changeable) return false
    editor.nudge(...arrow(name))
    return true
  }
  return [
    shortcuts.on('next', stepped(1)),
    shortcuts.on('previous', stepped(-1)),
    shortcuts.on('nudge', nudged),
    shortcuts.on('nudge.far', nudged),
    shortcuts.on('resize', (name) => editor.resize(...arrow(name))),
    shortcuts.on('remove', () => {
      if (!stage.current?.back()) editor.remove()
    }),
    shortcuts.on('duplicate', () => editor.duplicate()),
    shortcuts.on('hide', () => {
      const { selected } = editor.state.get()
      if (selected !== null) editor.toggleHidden(selected)
    }),
    shortcuts.on('finish', () => {
      if (stage.current && !stage.current.finish() && editor.editable) editor.drop(stage.current.inView)
    }),
    shortcuts.on('cancel', () => {
      if (document.activeElement?.matches('input, select, textarea')) return false // first out of the field
      if (stage.current?.cancel()) return true
      if (editor.state.get().selected === null) return false
      editor.select(null)
      return true
    }),
    shortcuts.on('undo', () => (stage.current?.back() ? undefined : void editor.store.undo())),
    shortcuts.on('redo', () => void editor.store.redo()),
    shortcuts.on('choice', (name) => {
      const type = editor.labelledType
      const choices = (type && editor.labels[type]) || []
      const choice = choices.find((one, place) => keyOfChoice(one, place) === name)
      if (!choice || !editor.editable) return false
      editor.chooseLabel(choice.name)
      return true
    }),
  ]
}

export function useImageKeys(hands: Hands): void {
  const { editor, stage, bench, tools } = hands
  useEffect(() => {
    const closers = [...bindTools({ editor, stage, bench, tools }), ...bindObjects({ editor, stage, bench, tools })]
    return () => closers.forEach((close) => close())
  }, [editor, stage, bench, tools])
}
