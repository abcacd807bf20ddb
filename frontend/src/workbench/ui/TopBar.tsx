import { useEffect, useRef, useState } from 'react'
import type { Saved } from '../store/drafts'
import { exactTime, t, tn } from '../store/i18n'
import { clockText, crossesSpoken, type Lease, leaseAt, LOW_SHARE } from '../store/lease'
import { Cell } from '../store/cell'
import type { OpenTask } from '../session/openTask'
import { useCell, useNow } from './hooks'
import { Icon, Mark } from './icons'

const NEVER_SAVED = new Cell<Saved>({ word: 'none' })

function savedText(saved: Saved, now: number): string {
  if (saved.word === 'saving') return t('Saving')
  if (saved.word === 'kept') return t('Kept on this computer')
  if (saved.word === 'failed') return saved.why ? t('Not saved: {why}', { why: saved.why }) : t('Not saved')
  if (saved.word === 'none') return ''
  const seconds = Math.max(0, Math.round((now - saved.at) / 1000))
  if (seconds < 60) return tn('Saved {count} s ago', 'Saved {count} s ago', seconds)
  return tn('Saved {count} min ago', 'Saved {count} min ago', Math.floor(seconds / 60))
}

export function SavedState({ task }: { task: OpenTask }) {
  const saved = useCell(task.keeper?.saved ?? NEVER_SAVED)
  const now = useNow(1000)
  if (saved.word === 'none') return null
  // the seconds that pass are not spoken: only another word is
  const spoken = { saved: t('Saved'), saving: '', kept: t('Kept on this computer'), failed: savedText(saved, now) }
  return (
    <span className="saved" data-state={saved.word} title={saved.word === 'saved' ? exactTime(saved.at) : undefined}>
      <Icon name={saved.word === 'failed' ? 'fault' : saved.word === 'kept' ? 'away' : 'tick'} />
      <span aria-hidden="true">{savedText(saved, now)}</span>
      <span className="unseen" role="status">
        {spoken[saved.word]}
      </span>
    </span>
  )
}

interface LeaseProps {
  readonly lease: Lease
  readonly announce: (text: string) => void
  readonly extend: () => Promise<string | null>
}

export function LeaseClock({ lease, announce, extend }: LeaseProps) {
  const now = useNow(1000)
  const state = leaseAt(lease, now)
  const before = useRef(state)
  const [refused, setRefused] = useState<string | null>(null)
  const minutes = Math.ceil(state.leftMs / 60_000)
  const said = tn('{count} minute left. Working on it renews the lease by itself.', '{count} minutes left. Working on it renews the lease by itself.', minutes)
  useEffect(() => {
    if (crossesSpoken(before.current, state)) announce(said)
    before.current = state
  })
  const whole = Math.round(lease.lengthMs / 60_000)
  const label = t('{left} minutes of {whole} left', { left: minutes, whole })
  return (
    <>
      <div className="lease" data-state={state.over ? 'over' : state.low ? 'low' : 'good'}>
        <Icon name="clock" />
        <span>
          <b>{clockText(state.leftMs)}</b> {t('left')}
        </span>
        <svg className="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={label}>
          <rect className="track" width="100" height="8" />
          <rect className={state.low ? 'low' : 'done'} width={state.share * 100} height="8" />
          <rect className="mark" x={LOW_SHARE * 100 - 0.3} y="-2.5" width=".6" height="13" />
        </svg>
      </div>
      {state.low && (
        <button className="button" type="button" title={refused ?? said} onClick={async () => setRefused(await extend())}>
          {refused === null ? t('Ask for more time') : refused || t('No more time')}
        </button>
      )}
    </>
  )
}

interface TopBarProps {
  readonly task: OpenTask
  readonly announce: (text: string) => void
  readonly extend: () => Promise<string | null>
  readonly showKeys: () => void
  readonly leave: () => void
}

function stateOf(task: OpenTask): string | null {
  if (task.amends) return t('Correction of what you handed in')
  const { mode, round } = task.payload
  if (mode === 'review') return t('In review')
  if (mode === 'audit') return t('Audit')
  if (mode === 'preview') return t('Preview: nothing is sent')
  if (mode === 'read_only') return t('Read only')
  return round > 1 ? t('Correction') : null
}

export function TopBar({ task, announce, extend, showKeys, leave }: TopBarProps) {
  const { lease, over } = useCell(task.state)
  const state = stateOf(task)
  const { codename, short_id: shortId, mode } = task.payload
  return (
    <header className="bench-top">
      <button className="brand" type="button" aria-label={t('Plumbline, back to work')} onClick={leave}>
        <Mark />
      </button>
      <div className="row">
        <b>
          <bdi>{codename}</bdi>
        </b>
        <span className="faint figure">{shortId}</span>
        {state && (
          <span className="state" data-state={mode === 'review' || mode === 'audit' ? 'in_review' : 'active'} data-boxed="">
            {state}
          </span>
        )}
      </div>
      <div className="row push">
        <SavedState task={task} />
      </div>
      {lease && over === null && !task.amends && (mode === 'work' || mode === 'review') && (
        <LeaseClock lease={lease} announce={announce} extend={extend} />
      )}
      <div className="row">
        <button
          className="button"
          data-kind="icon"
          type="button"
          aria-label={t('Keyboard shortcuts, key ?')}
          title={t('Keyboard shortcuts, key ?')}
          onClick={showKeys}
        >
          <Icon name="keys" />
        </button>
        <button className="button" type="button" onClick={leave}>
          {task.amends ? t('Back') : t('Leave')} <kbd>Esc</kbd>
        </button>
      </div>
    </header>
  )
}
