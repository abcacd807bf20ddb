import { type RefObject, useEffect, useRef, useState } from 'react'
import { TextStage, type TextLook } from '../../workbench/stage/textStage'
import { number, t } from '../../workbench/store/i18n'
import type { TextEditor } from '../../workbench/store/textEditor'
import { leaveFocus, useCell } from '../../workbench/ui/hooks'
import { Icon } from '../../workbench/ui/icons'
import type { Bench } from '../../workbench/ui/plugin'
import type { EntityView } from './params'

interface SearchProps {
  readonly editor: TextEditor
  readonly stage: RefObject<TextStage | null>
  readonly markAll: () => void
}

const STEPS = [
  [-1, 'up', 'Previous match'],
  [1, 'down', 'Next match'],
] as const

/** Goes through what the text holds, and marks all of it. */
function Search({ editor, stage, markAll }: SearchProps) {
  const { query, whole } = useCell(editor.state)
  const [at, setAt] = useState(-1)
  const { matches } = editor
  const go = (by: 1 | -1): void => {
    if (matches.length === 0) return
    const next = at < 0 ? (by === 1 ? 0 : matches.length - 1) : (at + by + matches.length) % matches.length
    const match = matches[next]
    setAt(next)
    if (match) stage.current?.selectText(match)
  }
  const search = (fields: { query?: string; whole?: boolean }): void => {
    setAt(-1)
    editor.state.patch(fields)
  }
  const place = matches.length === 0 ? 0 : at + 1
  const found = t('{place} of {count}', { place, count: matches.length })
  return (
    <search className="text-bar" data-panel="search">
      <input
        className="input"
        id="text-search"
        type="search"
        dir="auto"
        aria-label={t('Search the text')}
        placeholder={t('Search the text')}
        value={query}
        onChange={({ target }) => search({ query: target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault()
            stage.current?.focus()
          }
          if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return
          event.preventDefault()
          go(event.shiftKey ? -1 : 1)
        }}
      />
      <span className="row">
        <span className="figure faint" role="status">
          {query ? found : ''}
        </span>
        {STEPS.map(([by, icon, name]) => (
          <button
            key={icon}
            className="button"
            data-kind="icon"
            type="button"
            aria-label={t(name)}
            title={t(name)}
            onMouseDown={leaveFocus}
            onClick={() => go(by)}
          >
            <Icon name={icon} />
          </button>
        ))}
      </span>
      <label className="row">
        <input className="tick" type="checkbox" checked={whole} onChange={({ target }) => search({ whole: target.checked })} />
        {t('Whole words')}
      </label>
      {editor.editable && (
        <button
          className="button"
          type="button"
          disabled={matches.length === 0}
          onClick={() => {
            editor.select(null)
            markAll()
          }}
        >
          {matches.length > 0 ? t('Mark all {count}', { count: number(matches.length) }) : t('Mark all')}
        </button>
      )}
    </search>
  )
}

interface TextPanelProps extends SearchProps {
  readonly view: EntityView
  readonly look: TextLook
  readonly bench: Bench
  readonly takeEvidence: (uuid: string) => void
}

/** The text with its objects; the panel only mounts the stage, which draws by itself. */
export function TextPanel({ view, editor, look, bench, stage, markAll, takeEvidence }: TextPanelProps) {
  const host = useRef<HTMLDivElement>(null)
  const evidence = useRef(takeEvidence)
  const [shown, setShown] = useState<TextStage | null>(null)
  evidence.current = takeEvidence

  useEffect(() => {
    if (!host.current) return undefined
    const made = new TextStage(host.current, editor, {
      mergeNewlines: view.merge_newlines,
      takeEvidence: (uuid) => evidence.current(uuid),
    })
    stage.current = made
    setShown(made)
    bench.expose('stage', made)
    return () => {
      made.close()
      stage.current = null
    }
    // the editor changes without a new stage, see below
    // oxlint-disable-next-line react/exhaustive-deps
  }, [view])

  useEffect(() => shown?.use(editor), [shown, editor])
  useEffect(() => shown?.show(look), [shown, look])

  return (
    <section className="bench-stage text-stage" aria-label={t('Text')}>
      <Search editor={editor} stage={stage} markAll={markAll} />
      <div
        ref={host}
        className="text-host"
        data-keys="stage"
        data-panel="stage"
        role="application"
        aria-label={t('Text with its objects. Arrows move, Shift and arrows select, Enter marks, Tab goes to the next object, F6 leaves.')}
        tabIndex={0}
      />
    </section>
  )
}
