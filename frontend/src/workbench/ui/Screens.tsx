import { useEffect, useRef } from 'react'
import { clockTime, t } from '../store/i18n'
import type { EmptyReason } from '../store/payload'
import type { WorkSession } from '../session/workSession'
import { useCell } from './hooks'
import { Mark } from './icons'
import { shortReceipt } from './Toast'

function Plain({ session, title, children }: { session: WorkSession; title: string; children: React.ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className="bench-plain">
      <header className="bench-top">
        <a className="brand" href={session.config.home} aria-label={t('Plumbline, back to work')}>
          <Mark />
        </a>
      </header>
      <main className="bench-message" id="content">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </main>
    </div>
  )
}

/** Nothing to do now: the server's reason, the next chance, and the way back. */
export function EmptyScreen({ session, reason }: { session: WorkSession; reason: EmptyReason }) {
  const last = useCell(session.last)
  return (
    <Plain session={session} title={t('No task for you now')}>
      <p>{reason.message}</p>
      {reason.what_to_do && <p>{reason.what_to_do}</p>}
      {reason.next_at && <p className="quiet">{t('Next chance {time}.', { time: clockTime(reason.next_at) })}</p>}
      <div className="row">
        <a className="button" data-kind="primary" href={session.config.home}>
          {t('Back to work')}
        </a>
        <button className="button" type="button" onClick={() => void session.next()}>
          {t('Look again')}
        </button>
        {last && (
          <button className="button" data-kind="plain" type="button" onClick={() => void session.correctLast()}>
            {t('Correct {receipt}', { receipt: shortReceipt(last.receipt.id) })}
          </button>
        )}
      </div>
    </Plain>
  )
}

export function GoneScreen({ session, message }: { session: WorkSession; message: string }) {
  return (
    <Plain session={session} title={t('This task cannot be opened')}>
      <p>{message || t('This did not work and it is our fault. Nothing was lost.')}</p>
      <div className="row">
        <a className="button" data-kind="primary" href={session.config.home}>
          {t('Back to work')}
        </a>
      </div>
    </Plain>
  )
}

export function LoadingScreen() {
  return (
    <main className="bench-message" id="content">
      <p className="bench-loading" role="status">
        {t('Taking the next task')}
      </p>
    </main>
  )
}
