import { clockTime, t } from '../store/i18n'
import type { OpenTask } from '../session/openTask'
import type { WorkSession } from '../session/workSession'
import { useCell } from './hooks'
import { Icon, type IconName } from './icons'

interface Notice {
  readonly key: string
  readonly tone: 'warn' | 'danger' | 'plain'
  readonly icon: IconName
  readonly text: string
  readonly next: boolean
}

function overText(over: string, at: number | null): string {
  const time = at === null ? '' : clockTime(at)
  if (over === 'expired') return t('Your lease ended at {time}. Your draft is kept. While the place is free you can submit.', { time })
  if (over === 'recalled') return t('Your task was taken back at {time}. Your draft is kept.', { time })
  if (over === 'submitted') return t('This task has been handed in, perhaps in another window.')
  return t('This task is no longer yours. Your draft is kept.')
}

/** The one banner of the page: what matters most wins. */
function noticeFor(task: OpenTask, online: boolean, since: number | null): Notice | null {
  const { pauses, over, overAt, refusal } = task.state.get()
  const pause = pauses[0]
  if (refusal !== null) return { key: refusal, tone: 'danger', icon: 'fault', text: refusal, next: true }
  if (pause) return { key: pause.message, tone: 'warn', icon: 'paused', text: pause.message, next: false }
  if (over !== null) return { key: over, tone: 'warn', icon: 'clock', text: overText(over, overAt), next: true }
  if (online) return null
  const time = clockTime(since ?? Date.now())
  const text = t('No connection since {time}. Go on: your work is kept on this computer and sent when it returns.', { time })
  return { key: 'offline', tone: 'warn', icon: 'away', text, next: false }
}

export function Banner({ task, session }: { task: OpenTask; session: WorkSession }) {
  const { online, since } = useCell(session.api.connection)
  useCell(task.state)
  const offline = !online && task.payload.mode !== 'preview'
  const notice = noticeFor(task, !offline, since)
  if (!notice) return null
  return (
    // its key is its text: a screen reader says it once, when it comes or changes
    <div className="banner bench-banner" data-tone={notice.tone} role="alert" key={notice.key}>
      <Icon name={notice.icon} />
      <div>
        <p>{notice.text}</p>
      </div>
      {notice.next && (
        <button className="button" type="button" onClick={() => void session.next()}>
          {t('Next task')}
        </button>
      )}
    </div>
  )
}
