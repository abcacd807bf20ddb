import { useEffect, useMemo, useRef } from 'react'
import { SHAPE_TYPES, type ShapeType } from '../../workbench/geometry/shape'
import type { ImageStage, Look } from '../../workbench/stage/imageStage'
import { find, type ImageDocument } from '../../workbench/store/annotations'
import { DocumentStore } from '../../workbench/store/history'
import { Editor, type LabelChoice, type ToolId } from '../../workbench/store/editor'
import { number, t } from '../../workbench/store/i18n'
import type { Evidence, Reason } from '../../workbench/store/payload'
import { useCell } from '../../workbench/ui/hooks'
import { ObjectList } from '../../workbench/ui/ObjectList'
import { Picker } from '../../workbench/ui/Picker'
import type { Bench, ViewProps } from '../../workbench/ui/plugin'
import { StagePanel } from '../../workbench/ui/StagePanel'
import { TOOL_CHOICES, Tools } from '../../workbench/ui/Tools'
import { boundsOf } from '../../workbench/geometry/shape'
import { Attributes } from './Attributes'
import { changed } from './diff'
import { useImageKeys } from './keys'
import { attributesOf } from '../attributes'
import { displayOf, type ImageView } from './params'

type Props = ViewProps<ImageView, ImageDocument>

function editorOf(store: DocumentStore<ImageDocument>, view: ImageView, editable: boolean): Editor {
  const types = SHAPE_TYPES.filter((type) => view.geometries[type])
  const labels: Partial<Record<ShapeType, readonly LabelChoice[]>> = Object.fromEntries(
    types.map((type) => [type, view.geometries[type]?.labels ?? []]),
  )
  const attributeFits = (key: string, label: string): boolean =>
    attributesOf(view, label).some((attribute) => attribute.key === key)
  return new Editor(store, { width: view.width, height: view.height }, labels, { editable, attributeFits })
}

/** Where evidence points: regions as they are, objects by their bounds in the answer that was judged. */
function regionsOf(evidence: readonly Evidence[], judged: ImageDocument | null): Look['regions'] {
  return evidence.flatMap((item, at) => {
    const title = t('Evidence {number}', { number: at + 1 })
    if (item.kind === 'region') return [{ box: item, title }]
    const annotation = item.kind === 'object' && judged ? find(judged, item.uuid) : null
    return annotation ? [{ box: boundsOf(annotation), title }] : []
  })
}

function useLook(bench: Bench, store: DocumentStore<ImageDocument>, subject: ImageDocument | null): Look {
  const { flicked, evidence, choice } = useCell(bench.verdict)
  const mine = useCell(store)
  const reason: Reason | null = bench.reason
  return useMemo(() => {
    const regions = regionsOf(reason ? reason.evidence : choice === 'rejected' ? evidence : [], subject)
    if (!bench.judging || !subject) return { other: subject, flicked: flicked && subject !== null, ghosts: [], regions }
    const editing = choice === 'fixed'
    const ghosts = editing ? [] : changed(subject, mine)
    return { other: editing ? subject : mine, flicked, ghosts, regions }
  }, [bench.judging, subject, mine, flicked, evidence, choice, reason])
}

/** Selects what a finding is about and brings its field into sight. */
function useTarget(bench: Bench, editor: Editor): void {
  const target = useCell(bench.target)
  useEffect(() => {
    if (!target) return
    const [list, place, , key] = target.path
    const global = list === 'global_attributes'
    const annotation = global ? null : editor.store.get().annotations[Number(place)]
    editor.select(annotation?.uuid ?? null)
    const id = global ? `global-${String(place)}` : `attribute-${String(key)}`
    requestAnimationFrame(() => {
      const field = document.getElementById(id)
      if (field) field.focus()
      else document.querySelector<HTMLElement>('.stage-host')?.focus()
    })
    bench.target.set(null)
  }, [target, editor, bench])
}

function Side({ editor, view, bench }: { editor: Editor; view: ImageView; bench: Bench }) {
  const { labels } = useCell(editor.state)
  const document = useCell(editor.store)
  const type = editor.labelledType
  const selected = editor.selected
  const relabels = editor.relabels && selected
  const current = relabels ? selected.label : type ? (labels[type] ?? null) : null
  const place = selected ? document.annotations.indexOf(selected) + 1 : 0
  const faulty = new Set(
    bench.findings.flatMap(({ path }) => {
      const uuid = path[0] === 'annotations' ? document.annotations[Number(path[1])]?.uuid : undefined
      return uuid === undefined ? [] : [uuid]
    }),
  )
  return (
    <aside className="bench-side" aria-label={t('Objects')}>
      {bench.editable && (
        <Picker
          title={t('Label')}
          whose={relabels ? t('of object {number}', { number: number(place) }) : t('next object')}
          choices={(type && editor.labels[type]) || []}
          current={current}
          disabled={!editor.editable}
          choose={(name) => editor.chooseLabel(name)}
        />
      )}
      <ObjectList
        editor={editor}
        faulty={faulty}
        name={(annotation) => {
          const { display, color } = displayOf(view, annotation.type, annotation.label)
          return { text: display, color, tags: [] }
        }}
      />
      <Attributes editor={editor} view={view} findings={bench.findings} />
    </aside>
  )
}

const DEEDS: Readonly<Record<ToolId, string>> = {
  select: 'Drag to move or resize',
  box: 'Drag to draw',
  polygon: 'Click corner by corner, finish',
  line: 'Click corner by corner, finish',
  point: 'Click to place',
  pan: 'Drag the picture',
  evidence: 'Click an object or drag over a place',
}

function Hint({ editor, bench }: { editor: Editor; bench: Bench }) {
  const { tool } = useCell(editor.state)
  const { pointing } = useCell(bench.verdict)
  if (pointing) return <p className="hint">{t('Click an object or drag over a place')}</p>
  if (bench.judging && bench.layout === 'judge') {
    return (
      <p className="hint">
        {t('Attempt ━  yours ╌  flick between them')} <kbd>X</kbd>
      </p>
    )
  }
  if (!bench.editable) return null
  const path = tool === 'polygon' || tool === 'line'
  return (
    <p className="hint">
      {t(DEEDS[tool])} <kbd>{path ? 'Enter' : (bench.shortcuts.keysOf(`tool.${tool}`)[0] ?? '')}</kbd>
      {'  '}
      {t('next object')} <kbd>Tab</kbd>
      {'  '}
      {t('nudge')} <kbd>←↑↓→</kbd>
    </p>
  )
}

export function View({ view, store, subject, bench }: Props) {
  const stage = useRef<ImageStage | null>(null)
  const { choice, pointing } = useCell(bench.verdict)
  const judged = bench.judging && choice !== 'fixed'
  const mine = useMemo(() => editorOf(store, view, !bench.judging && bench.editable), [store, view, bench.judging, bench.editable])
  const fixing = useMemo(() => editorOf(store, view, true), [store, view])
  const theirs = useMemo(
    () => editorOf(new DocumentStore<ImageDocument>(subject ?? { annotations: [], global_attributes: {} }), view, false),
    [subject, view],
  )
  const editor = judged ? theirs : bench.judging ? fixing : mine
  const look = useLook(bench, store, subject)
  const { tool } = useCell(editor.state)
  const tools = useMemo<readonly ToolId[]>(
    () => ['select', ...(editor.editable ? SHAPE_TYPES.filter((type) => view.geometries[type]) : []), 'pan'],
    [editor, view],
  )
  const media = bench.media.find(({ kind }) => kind === 'image')
  useImageKeys({ editor, stage, tools, bench })
  useTarget(bench, editor)
  useEffect(() => bench.expose('editor', editor), [bench, editor])
  useEffect(() => {
    theirs.pick(pointing ? 'evidence' : 'select')
  }, [theirs, pointing])
  useEffect(() => announceSelection(editor, view, bench), [editor, view, bench])

  const takeEvidence = (item: Evidence): void => {
    const { evidence } = bench.verdict.get()
    bench.verdict.patch({ evidence: [...evidence, item], pointing: false })
  }
  return (
    <>
      {bench.layout === 'bench' && (
        <Tools
          tools={tools.flatMap((id) => TOOL_CHOICES[id] ?? [])}
          current={tool}
          pick={(id) => editor.pick(id)}
          zoom={() => stage.current?.zoomBy(1)}
          store={store}
          shortcuts={bench.shortcuts}
          editable={editor.editable}
        />
      )}
      {media ? (
        <StagePanel
          media={media}
          editor={editor}
          look={look}
          label={t('Picture with its objects. Enter draws, Tab goes to the next object, F6 leaves.')}
          bench={bench}
          stage={stage}
          takeEvidence={takeEvidence}
        >
          <Hint editor={editor} bench={bench} />
        </StagePanel>
      ) : (
        <section className="bench-stage">
          <p className="stage-fault">{t('This task has no picture. Report a problem.')}</p>
        </section>
      )}
      {bench.layout === 'bench' && <Side editor={editor} view={view} bench={bench} />}
    </>
  )
}

/** Tells a screen reader which object is selected and where it lies. */
function announceSelection(editor: Editor, view: ImageView, bench: Bench): () => void {
  let before = editor.state.get().selected
  return editor.state.subscribe(() => {
    const { selected } = editor
    if ((selected?.uuid ?? null) === before) return
    before = selected?.uuid ?? null
    if (!selected) return
    const { left, top, width, height } = boundsOf(selected)
    const place = editor.store.get().annotations.indexOf(selected) + 1
    const label = displayOf(view, selected.type, selected.label).display
    const [x, y, w, h] = [left, top, width, height].map((value) => number(Math.round(value)))
    const at = { object: place, label, x: x ?? '', y: y ?? '', width: w ?? '', height: h ?? '' }
    bench.announce(t('Object {object}, {label}, at {x}, {y}, {width} by {height}', at))
  })
}
