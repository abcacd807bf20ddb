import { useEffect, useRef, useState } from 'react'
import { dayMonth, exactTime, money, t } from '../store/i18n'
import type { Receipt } from '../store/payload'
import type { Said, WorkSession } from '../session/workSession'
import { useCell } from './hooks'
import { Icon } from './icons'

const SHOWN_MS = 6000

/** Enough of a receipt's id to read it out; the whole one stands in the record. */
export const shortReceipt = (id: string): string =>
  /^[0-9a-f]{16,}$/.test(id) ? `${id.slice(0, 4)}-${id.slice(4, 8)}`.toUpperCase() : id

export function receiptText(receipt: Receipt): string {
  const done = t('Submitted {time}. Receipt {id}.', { time: exactTime(receipt.submitted_at), id: shortReceipt(receipt.id) })
  const { pay, final_by: final } = receipt
  if (!pay || pay.amount_micros === 0) return done
  if (receipt.state === 'accepted' || !final) return `${done} ${t('{pay} is yours.', { pay: money(pay) })}`
  return `${done} ${t('{pay} after review, at the latest on {date}.', { pay: money(pay), date: dayMonth(final) })}`
}

function textOf(said: Said): string {
  if (said.what === 'receipt') return receiptText(said.receipt)
  if (said.what === 'preview') return t('The answer is complete. In a preview nothing is sent.')
  return said.what === 'verdict' ? t('Your verdict is stored.') : t('The task has been given back.')
}

/** One message at a time, for six seconds, longer while it is looked at. */
export function Toast({ session }: { session: WorkSession }) {
  const shown = useCell(session.said)
  const [held, setHeld] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!shown || held) return undefined
    const timer = setTimeout(() => session.dismiss(), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [shown, held, session])
  const correctable = shown?.said.what === 'receipt' && shown.said.correctable
  return (
    <div className="bench-toast" role="status">
      {shown && (
        <div
          ref={box}
          className="toast"
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <Icon name="tick" />
          <span>{textOf(shown.said)}</span>
          {correctable && (
            <button
              className="link"
              type="button"
              onClick={() => {
                session.dismiss()
                void session.correctLast()
              }}
            >
              {t('Correct it')}
            </button>
          )}
        </div>
      )}
    </div>
  )
}
