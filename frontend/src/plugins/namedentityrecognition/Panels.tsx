import { useCallback, useEffect, useMemo, useRef } from 'react'
import type { TextLook, TextStage } from '../../workbench/stage/textStage'
import { EMPTY_ENTITIES, type EntityDocument, placesOf } from '../../workbench/store/entities'
import { DocumentStore } from '../../workbench/store/history'
import { number, t } from '../../workbench/store/i18n'
import { TextEditor } from '../../workbench/store/textEditor'
import { useCell } from '../../workbench/ui/hooks'
import { ObjectList } from '../../workbench/ui/ObjectList'
import { Picker } from '../../workbench/ui/Picker'
import type { Bench, ViewProps } from '../../workbench/ui/plugin'
import { Tools } from '../../workbench/ui/Tools'
import { attributesOf } from '../attributes'
import { changed, words } from './diff'
import { markAll, useTextKeys } from './keys'
import { ObjectPanel } from './ObjectPanel'
import { displayOf, type EntityView } from './params'
import { TextPanel } from './TextPanel'

type Props = ViewProps<EntityView, EntityDocument>

function editorOf(store: DocumentStore<EntityDocument>, view: EntityView, editable: boolean): TextEditor {
  const { labels, relations } = view
  const attributeFits = (key: string, label: string): boolean => attributesOf(view, label).some((one) => one.key === key)
  return new TextEditor(store, view.points, { labels, relations, attributeFits }, editable)
}

function useLook(bench: Bench, store: DocumentStore<EntityDocument>, subject: EntityDocument | null): TextLook {
  const { flicked, evidence, choice, pointing } = useCell(bench.verdict)
  const mine = useCell(store)
  const { reason, judging } = bench
  return useMemo(() => {
    const named = reason ? reason.evidence : choice === 'rejected' ? evidence : []
    const objects = new Set(named.flatMap((item) => (item.kind === 'object' ? [item.uuid] : [])))
    const look = { evidence: objects, pointing, flicked: flicked && subject !== null }
    if (!judging || !subject || choice === 'fixed') return { ...look, other: subject, ghosts: [] }
    return { ...look, other: mine, ghosts: changed(subject, mine) }
  }, [judging, subject, mine, flicked, evidence, choice, reason, pointing])
}

/** Selects what a finding is about and brings its field into sight. */
function useTarget(bench: Bench, editor: TextEditor): void {
  const target = useCell(bench.target)
  useEffect(() => {
    if (!target) return
    const [list, place, , key] = target.path
    const document = editor.store.get()
    const global = list === 'global_attributes'
    const entity = list === 'annotations' ? document.annotations[Number(place)]?.uuid : undefined
    editor.select(entity ?? (list === 'relationships' ? (document.relations[Number(place)]?.source ?? null) : null))
    const id = global ? `global-${String(place)}` : `attribute-${String(key)}`
    requestAnimationFrame(() => {
      const field = globalThis.document.getElementById(id)
      if (field) field.focus()
      else globalThis.document.querySelector<HTMLElement>('.text-host')?.focus()
    })
    bench.target.set(null)
  }, [target, editor, bench])
}

function Side({ editor, view, bench }: { editor: TextEditor; view: EntityView; bench: Bench }) {
  const { label, range } = useCell(editor.state)
  const { annotations } = useCell(editor.store)
  const { selected } = editor
  const relabels = range === null && selected !== null
  const place = selected ? (placesOf(annotations).get(selected.uuid) ?? 0) + 1 : 0
  const whose = range ? t('of the selection') : relabels ? t('of object {number}', { number: number(place) }) : t('next object')
  const faulty = new Set(
    bench.findings.flatMap(({ path }) => {
      const uuid = path[0] === 'annotations' ? annotations[Number(path[1])]?.uuid : undefined
      return uuid === undefined ? [] : [uuid]
    }),
  )
  return (
    <aside className="bench-side" aria-label={t('Objects')}>
      {bench.editable && (
        <Picker
          title={t('Label')}
          whose={whose}
          choices={view.labels}
          current={relabels ? selected.label : label}
          disabled={!editor.editable}
          choose={(name) => editor.chooseLabel(name)}
        />
      )}
      <ObjectList
        editor={editor}
        faulty={faulty}
        name={(entity) => {
          const { display, color } = displayOf(view, entity.label)
          return { text: words(view, entity), color, tags: [display] }
        }}
      />
      <ObjectPanel editor={editor} view={view} findings={bench.findings} markAll={() => markAll({ editor, bench })} />
    </aside>
  )
}

/** Tells a screen reader what is selected: an object, or a stretch of the text. */
function announceSelection(editor: TextEditor, view: EntityView, bench: Bench): () => void {
  let before = editor.state.get()
  return editor.state.subscribe(() => {
    const state = editor.state.get()
    const { selected } = editor
    if (state.range && state.range !== before.range) bench.announce(t('Selected: {words}', { words: words(view, state.range) }))
    else if (selected && state.selected !== before.selected) {
      const object = (placesOf(editor.store.get().annotations).get(selected.uuid) ?? 0) + 1
      const label = displayOf(view, selected.label).display
      bench.announce(t('Object {object}, {label}: {words}', { object, label, words: words(view, selected) }))
    }
    before = state
  })
}

export function View({ view, store, subject, bench }: Props) {
  const stage = useRef<TextStage | null>(null)
  const { choice } = useCell(bench.verdict)
  const judged = bench.judging && choice !== 'fixed'
  const mine = useMemo(() => editorOf(store, view, !bench.judging && bench.editable), [store, view, bench.judging, bench.editable])
  const fixing = useMemo(() => editorOf(store, view, true), [store, view])
  const theirs = useMemo(() => editorOf(new DocumentStore<EntityDocument>(subject ?? EMPTY_ENTITIES), view, false), [subject, view])
  const editor = judged ? theirs : bench.judging ? fixing : mine
  const look = useLook(bench, store, subject)
  const find = useCallback(() => document.getElementById('text-search')?.focus(), [])
  useTextKeys({ editor, stage, bench, find })
  useTarget(bench, editor)
  useEffect(() => bench.expose('editor', editor), [bench, editor])
  useEffect(() => announceSelection(editor, view, bench), [editor, view, bench])

  const takeEvidence = (uuid: string): void => {
    const { evidence } = bench.verdict.get()
    bench.verdict.patch({ evidence: [...evidence, { kind: 'object', uuid }], pointing: false })
  }
  return (
    <>
      {bench.layout === 'bench' && (
        <Tools tools={[]} current={null} pick={() => undefined} store={store} shortcuts={bench.shortcuts} editable={editor.editable} />
      )}
      <TextPanel
        view={view}
        editor={editor}
        look={look}
        bench={bench}
        stage={stage}
        markAll={() => markAll({ editor, bench })}
        takeEvidence={takeEvidence}
      />
      {bench.layout === 'bench' && <Side editor={editor} view={view} bench={bench} />}
    </>
  )
}
