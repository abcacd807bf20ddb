import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { number, t, tn } from '../store/i18n'
import type { Listing } from '../store/listing'
import { useCell } from './hooks'
import { Icon } from './icons'

const VIRTUAL_FROM = 200
const ROW_PX = 32

interface Listed {
  readonly uuid: string
}

interface ObjectListProps<A extends Listed> {
  readonly editor: Listing<A>
  readonly name: (annotation: A) => { text: string; color: number; tags: readonly string[] }
  readonly faulty: ReadonlySet<string>
}

interface RowProps<A extends Listed> extends ObjectListProps<A> {
  readonly annotation: A
  readonly place: number
  readonly count: number
  readonly offsetPx: number | null
}

function ObjectRow<A extends Listed>({ editor, annotation, place, count, name, faulty, offsetPx }: RowProps<A>) {
  const { selected, hidden, locked, allHidden } = useCell(editor.state)
  const { text, color, tags } = name(annotation)
  const { uuid } = annotation
  const unseen = allHidden || hidden.has(uuid)
  return (
    <li
      id={`object-${uuid}`}
      role="option"
      aria-selected={selected === uuid}
      aria-posinset={place + 1}
      aria-setsize={count}
      data-hidden={unseen || undefined}
      data-placed={offsetPx === null ? undefined : true}
      style={offsetPx === null ? undefined : { transform: `translateY(${offsetPx}px)` }}
      onClick={() => editor.select(uuid)}
      onKeyDown={undefined}
    >
      <span className="swatch" data-label={(color % 8) + 1} />
      <span className="number">{number(place + 1)}</span>
      <span className="name" dir="auto">
        {text}
        {tags.map((tag) => (
          <span className="tag" key={tag}>
            {tag}
          </span>
        ))}
        {locked.has(uuid) && <span className="tag">{t('locked')}</span>}
        {unseen && <span className="unseen">{t('not visible')}</span>}
      </span>
      <span className="row">
        {faulty.has(uuid) && (
          <span className="fault" title={t('Something to fix')}>
            <Icon name="fault" />
          </span>
        )}
        {/* the pointer's way; by keyboard it is the key N, and the buttons beside the attributes */}
        <span
          className="button"
          data-kind="icon"
          data-part="hide"
          title={unseen ? t('Show') : t('Hide')}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation()
            editor.toggleHidden(uuid)
          }}
        >
          <Icon name={unseen ? 'eyeOff' : 'eye'} />
        </span>
      </span>
    </li>
  )
}

/** The objects as a list: the accessible twin of the canvas. Virtual from 200 objects on. */
export function ObjectList<A extends Listed>(props: ObjectListProps<A>) {
  const { editor } = props
  const { annotations } = useCell(editor.store)
  const { selected, allHidden } = useCell(editor.state)
  const list = useRef<HTMLUListElement>(null)
  const count = annotations.length
  const virtual = count >= VIRTUAL_FROM
  const virtualizer = useVirtualizer({
    count,
    enabled: virtual,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  })
  const at = annotations.findIndex(({ uuid }) => uuid === selected)

  useEffect(() => {
    if (at < 0) return
    if (virtual) virtualizer.scrollToIndex(at)
    else document.getElementById(`object-${selected ?? ''}`)?.scrollIntoView({ block: 'nearest' })
    // only when another object is selected, not on each change of the list
    // oxlint-disable-next-line react/exhaustive-deps
  }, [selected])

  const step = (event: KeyboardEvent): void => {
    const to = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.altKey || event.ctrlKey || event.shiftKey) return
    if (to === 1 || to === -1) editor.step(to)
    else if (event.key === 'Home') editor.select(annotations[0]?.uuid ?? null)
    else if (event.key === 'End') editor.select(annotations.at(-1)?.uuid ?? null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const rows = virtual
    ? virtualizer.getVirtualItems().map(({ index, start }) => ({ index, start }))
    : annotations.map((_one, index) => ({ index, start: null }))
  return (
    <>
      <div className="panel-head">
        <h2>{t('Objects')}</h2>
        <span className="faint" data-part="count">
          {number(count)}
        </span>
        <span className="push">
          <button
            className="button"
            data-kind="icon"
            type="button"
            aria-pressed={allHidden}
            aria-label={allHidden ? t('Show all') : t('Hide all')}
            title={allHidden ? t('Show all') : t('Hide all')}
            onClick={() => editor.toggleAllHidden()}
          >
            <Icon name={allHidden ? 'eyeOff' : 'eye'} />
          </button>
        </span>
      </div>
      {count === 0 ? (
        <p className="note bench-empty">{t('No objects yet.')}</p>
      ) : (
        <ul
          ref={list}
          className="objects"
          role="listbox"
          aria-label={tn('Objects, {count}', 'Objects, {count}', count)}
          aria-activedescendant={selected === null ? undefined : `object-${selected}`}
          tabIndex={0}
          data-panel="objects"
          onKeyDown={step}
        >
          {virtual && <li role="presentation" style={{ height: `${virtualizer.getTotalSize()}px` }} data-part="room" />}
          {rows.map(({ index, start }) => {
            const annotation = annotations[index]
            return annotation ? (
              <ObjectRow key={annotation.uuid} {...props} annotation={annotation} place={index} count={count} offsetPx={start} />
            ) : null
          })}
        </ul>
      )}
    </>
  )
}
