import DOMPurify from 'dompurify'
import { useEffect, useRef } from 'react'
import { t } from '../store/i18n'
import type { Payload } from '../store/payload'
import { useCell } from './hooks'
import type { OpenTask } from '../session/openTask'
import { Differences } from './Differences'

function sameOrigin(address: string): boolean {
  try {
    return new URL(address, location.href).origin === location.origin
  } catch {
    return false
  }
}

/** What a customer wrote, as nodes: no style, no script, pictures of this server only. */
function safeNodes(html: string): DocumentFragment {
  const nodes = DOMPurify.sanitize(html, {
    RETURN_DOM_FRAGMENT: true,
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'iframe', 'video', 'audio'],
    FORBID_ATTR: ['style', 'class', 'id', 'srcset', 'background'],
  })
  for (const picture of nodes.querySelectorAll('img')) {
    if (!sameOrigin(picture.getAttribute('src') ?? '')) picture.remove()
    else if (!picture.hasAttribute('alt')) picture.alt = ''
  }
  for (const link of nodes.querySelectorAll('a')) {
    link.target = '_blank'
    link.rel = 'noopener noreferrer'
  }
  return nodes
}

function Prose({ html }: { html: string }) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => host.current?.replaceChildren(safeNodes(html)), [html])
  return <div ref={host} className="copy" dir="auto" />
}

function Reason({ payload }: { payload: Payload }) {
  const reason = payload.subject?.reason
  if (!reason) return null
  const name = payload.reason_classes.find(({ code }) => code === reason.reason_class)?.name ?? reason.reason_class
  return (
    <section className="quote" aria-label={t('Why it came back')} data-part="reason">
      <b>{t('Rejected: {reason}', { reason: name })}</b>
      <p dir="auto">{reason.comment}</p>
      {reason.evidence.length > 0 && <p className="note">{t('What it is about is marked in red on the picture.')}</p>}
    </section>
  )
}

/** The column beside the stage: instructions, why an answer came back, and a reviewer's changes. */
export function Brief({ task }: { task: OpenTask }) {
  const { choice } = useCell(task.verdict)
  const { instruction } = task.payload
  return (
    <section className="bench-brief" aria-label={t('Instructions')} data-panel="brief" tabIndex={0}>
      {!task.judging && <Reason payload={task.payload} />}
      {choice === 'fixed' && <Differences task={task} compact />}
      <div className="row">
        <h2>{t('Instructions')}</h2>
        {instruction && <span className="tag">{t('version {number}', { number: instruction.number })}</span>}
        <span className="push faint">
          <kbd>I</kbd>
        </span>
      </div>
      {instruction ? <Prose html={instruction.html} /> : <p className="note">{t('There are no instructions.')}</p>}
    </section>
  )
}
