import { useEffect } from 'react'
import type { TextStage } from '../../workbench/stage/textStage'
import type { TextEditor } from '../../workbench/store/textEditor'
import { tn } from '../../workbench/store/i18n'
import { keyOfChoice } from '../../workbench/ui/Picker'
import type { Bench } from '../../workbench/ui/plugin'

/** What the keys do in a text, where it is not what they do on a picture. */
export const KEY_TITLES: Readonly<Record<string, string | null>> = {
  'tool.select': null,
  'tool.box': null,
  'tool.polygon': null,
  'tool.line': null,
  'tool.point': null,
  'tool.pan': null,
  'pan.hold': null,
  'zoom.in': null,
  'zoom.out': null,
  'zoom.fit': null,
  'zoom.actual': null,
  duplicate: null,
  choice: 'Mark the selection, or change the label of the object',
  finish: 'Mark the selection with the chosen label, or end a relation',
  cancel: 'Cancel the relation, the selection, then leave',
  nudge: 'Move through the text',
  'nudge.far': 'Select',
  resize: 'With Ctrl by words; with Alt the end of the object, with Shift too its start',
  'text.all': 'Mark all that read the same',
  'text.relate': 'Lead a relation from the object',
  'text.find': 'Search the text',
  'bare.hold': 'Show without objects while held',
}

/** What the view's keys act on. */
export interface Hands {
  readonly editor: TextEditor
  readonly stage: { readonly current: TextStage | null }
  readonly bench: Bench
  readonly find: () => void
}

type Move = readonly ['left' | 'right' | 'forward' | 'backward', 'character' | 'line']

const MOVES: Readonly<Record<string, Move>> = {
  ArrowLeft: ['left', 'character'],
  ArrowRight: ['right', 'character'],
  ArrowUp: ['backward', 'line'],
  ArrowDown: ['forward', 'line'],
}

function moved({ stage }: Hands, name: string): void {
  const [direction, by] = MOVES[name.split('+').at(-1) ?? ''] ?? ['forward', 'character']
  const step = name.includes('Ctrl+') && by === 'character' ? 'word' : by
  stage.current?.move(direction, step, name.includes('Shift+'))
}

/** Alt moves the end of the object, with Shift its start: forward is to the right, and in Arabic or Hebrew to the left. */
function resized(hands: Hands, name: string): void {
  const { editor, stage } = hands
  if (!name.startsWith('Alt+')) {
    moved(hands, name)
    return
  }
  const entity = editor.selected
  const forward = entity && stage.current?.isRtl(entity) ? 'ArrowLeft' : 'ArrowRight'
  if (!/Arrow(?:Left|Right)$/.test(name)) return
  editor.resize(name.includes('Shift+') ? 'start' : 'end', name.endsWith(forward) ? 1 : -1)
}

export function markAll({ editor, bench }: Pick<Hands, 'editor' | 'bench'>): void {
  const count = editor.markAll()
  bench.announce(tn('{count} object marked', '{count} objects marked', count))
}

function bindText(hands: Hands): (() => void)[] {
  const { editor, bench, find } = hands
  const { shortcuts } = bench
  return [
    shortcuts.on('nudge', (name) => moved(hands, name)),
    shortcuts.on('nudge.far', (name) => moved(hands, name)),
    shortcuts.on('resize', (name) => resized(hands, name)),
    shortcuts.on('text.find', find),
    shortcuts.on('text.all', () => markAll(hands)),
    shortcuts.on('text.relate', () => editor.beginRelation()),
    shortcuts.hold('bare.hold', () => editor.state.patch({ bare: true }), () => editor.state.patch({ bare: false })),
  ]
}

function ended(editor: TextEditor): boolean {
  const { relating, selected } = editor.state.get()
  if (relating !== null) return selected !== null && editor.relate(selected)
  return editor.mark()
}

function canceled(editor: TextEditor): boolean {
  if (document.activeElement?.matches('input, select, textarea')) return false // first out of the field
  const { relating, range, selected } = editor.state.get()
  if (relating !== null) editor.state.patch({ relating: null })
  else if (range !== null) editor.state.patch({ range: null })
  else if (selected !== null) editor.select(null)
  else return false
  return true
}

function bindObjects({ editor, bench }: Hands): (() => void)[] {
  const { shortcuts } = bench
  const stepped = (by: 1 | -1) => (): boolean => {
    const inText = document.activeElement?.matches('[data-keys="stage"], body') ?? false
    if (!inText || editor.store.get().annotations.length === 0) return false
    editor.step(by)
    return true
  }
  return [
    shortcuts.on('next', stepped(1)),
    shortcuts.on('previous', stepped(-1)),
    shortcuts.on('finish', () => ended(editor)),
    shortcuts.on('cancel', () => canceled(editor)),
    shortcuts.on('remove', () => editor.remove()),
    shortcuts.on('undo', () => void editor.store.undo()),
    shortcuts.on('redo', () => void editor.store.redo()),
    shortcuts.on('hide', () => {
      const { selected } = editor.state.get()
      if (selected !== null) editor.toggleHidden(selected)
    }),
    shortcuts.on('choice', (name) => {
      const choice = editor.rules.labels.find((one, place) => keyOfChoice(one, place) === name)
      if (!choice || !editor.editable) return false
      editor.chooseLabel(choice.name)
      return true
    }),
  ]
}

export function useTextKeys(hands: Hands): void {
  const { editor, stage, bench, find } = hands
  useEffect(() => {
    const all = { editor, stage, bench, find }
    const closers = [...bindText(all), ...bindObjects(all)]
    return () => closers.forEach((close) => close())
  }, [editor, stage, bench, find])
}
