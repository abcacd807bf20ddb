import { isRecord, listIn, textIn } from '../store/json'
import { readLease } from '../store/lease'
import type { Pause } from '../store/payload'
import { type Api, ApiError } from './api'
import type { OpenTask } from './openTask'

const BEAT_MS = 8000
/** Everybody at a project hears of its pause at once: their heartbeats are spread a little. */
const SPREAD_MS = 300

function heard(task: OpenTask, answer: unknown): void {
  if (!isRecord(answer)) return
  const status = textIn(answer['status'])
  const before = task.state.get()
  const over = status === 'active' || status === 'reserved' || status === '' ? null : status
  const lease = readLease(
    textIn(answer['lease_expires_at']) || null,
    task.payload.lease_s,
    textIn(answer['server_time']),
    Date.now(),
  )
  const pauses = listIn(answer['pauses']) as readonly Pause[]
  const same = JSON.stringify(pauses) === JSON.stringify(before.pauses)
  const overAt = over === null ? null : (before.overAt ?? Date.now())
  task.state.patch({ over, overAt, lease: lease ?? before.lease, pauses: same ? before.pauses : pauses })
}

/** Says "I am here" every eight seconds while the page is visible. */
export function startHeart(api: Api, task: OpenTask, url: string): void {
  const beat = async (): Promise<void> => {
    if (document.hidden) return
    try {
      heard(task, await api.post(`${url}/heartbeat`, { active: task.activity.takeFresh() }))
    } catch (fault) {
      if (fault instanceof ApiError && (fault.status === 404 || fault.status === 403)) {
        task.state.patch({ over: 'gone', overAt: task.state.get().overAt ?? Date.now() })
      }
    }
  }
  task.scope.every(BEAT_MS, () => void beat())
  task.scope.listen(document, 'visibilitychange', () => void beat())
  // what was told may concern this task: what is true of it the heartbeat knows
  task.scope.listen(document, 'plumbline:notice', () => {
    task.scope.after(Math.random() * SPREAD_MS, () => void beat())
  })
}

/** Asks for a longer lease; returns why not, or null. */
export async function extendLease(api: Api, task: OpenTask, url: string): Promise<string | null> {
  try {
    heard(task, await api.post(`${url}/extend`))
    return null
  } catch (fault) {
    if (fault instanceof ApiError) return fault.message
    throw fault
  }
}
