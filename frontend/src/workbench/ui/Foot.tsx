import type { Finding } from '../store/findings'
import { clockTime, money, t, tn } from '../store/i18n'
import type { OpenTask } from '../session/openTask'
import { useCell } from './hooks'
import { Icon } from './icons'
import { VerdictSegments } from './JudgePanel'

interface FootProps {
  readonly task: OpenTask
  readonly findings: readonly Finding[]
  readonly goTo: (finding: Finding) => void
  readonly submit: () => void
  readonly skip: () => void
  readonly report: () => void
}

function Findings({ findings, goTo }: Pick<FootProps, 'findings' | 'goTo'>) {
  const first = findings[0]
  if (!first) return null
  const text = tn('{count} thing to fix: {first}', '{count} things to fix: {first}', findings.length, { first: first.message })
  return (
    <button className="finding" type="button" onClick={() => goTo(first)} title={text}>
      <Icon name="fault" />
      <span>{text}</span>
    </button>
  )
}

/** Why the main button does nothing now; null when it works. */
export function stopReason(task: OpenTask): string | null {
  const { stop } = task
  if (!stop) return null
  const until = stop.submit_until ?? stop.until
  return until ? t('Paused. You could submit until {time}.', { time: clockTime(until) }) : t('Paused. Your draft is kept.')
}

interface SubmitProps {
  readonly task: OpenTask
  readonly submit: () => void
  readonly danger?: boolean
  readonly blocked?: string | null
  readonly text: string
}

export function SubmitButton({ task, submit, danger, blocked, text }: SubmitProps) {
  const { submitting } = useCell(task.state)
  const stop = stopReason(task) ?? blocked ?? null
  const busy = submitting !== 'no'
  return (
    <>
      {stop && (
        <span className="note" id="stop-reason">
          {stop}
        </span>
      )}
      <button
        className="button"
        data-kind={danger ? 'danger' : 'primary'}
        data-size="large"
        data-part="submit"
        data-busy={busy || undefined}
        type="button"
        aria-disabled={stop !== null || busy || undefined}
        aria-describedby={stop ? 'stop-reason' : undefined}
        onClick={() => {
          if (stop === null && !busy) submit()
        }}
      >
        {text} <kbd>Ctrl ↵</kbd>
      </button>
    </>
  )
}

function mainText(task: OpenTask): string {
  if (task.amends) return t('Send the correction')
  if (task.judging) return t('Hand in the fix and next')
  return task.payload.mode === 'preview' ? t('Check the answer') : t('Submit and next')
}

export function Foot({ task, findings, goTo, submit, skip, report }: FootProps) {
  const { skipsLeft } = useCell(task.state)
  const { mode, pay } = task.payload
  const given = mode === 'work' && !task.amends
  return (
    <footer className="bench-foot" data-panel="foot">
      {given && (
        <>
          <button className="button" type="button" onClick={skip} aria-disabled={skipsLeft === 0 || undefined}>
            <Icon name="skip" />
            {t('Skip')}
          </button>
          {skipsLeft !== null && (
            <span className="faint">
              {skipsLeft === 0 ? t('No skips left today') : tn('{count} skip left today', '{count} skips left today', skipsLeft)}
            </span>
          )}
        </>
      )}
      {(given || mode === 'review') && (
        <button className="button" data-kind="plain" type="button" onClick={report}>
          <Icon name="flag" />
          {t('Report a problem')}
        </button>
      )}
      {task.judging && <VerdictSegments task={task} />}
      <span className="push" />
      {task.editable && <Findings findings={findings} goTo={goTo} />}
      {pay && mode !== 'audit' && (
        <>
          <span className="faint">{t('pays')}</span>
          <b data-part="pay">{money(pay)}</b>
        </>
      )}
      {mode !== 'read_only' && <SubmitButton task={task} submit={submit} text={mainText(task)} />}
    </footer>
  )
}
