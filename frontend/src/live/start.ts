import { Live, type Notice, type Surroundings } from './stream'

declare global {
  interface DocumentEventMap {
    'plumbline:notice': CustomEvent<Notice>
    'plumbline:unread': CustomEvent<number>
  }
}

const KEY = 'plumbline-live'

/** Of this tab, so that the next page goes on where this one was. */
const memory: Surroundings['memory'] = {
  get: () => sessionStorage.getItem(KEY) ?? '',
  set: (id) => sessionStorage.setItem(KEY, id),
}

let started = false

function say(name: string, detail: unknown): void {
  document.dispatchEvent(new CustomEvent(name, { detail }))
}

/** Once per page, whichever script comes first: what is told arrives as events of the document. */
export function startLive(): void {
  const url = document.querySelector<HTMLMetaElement>('meta[name="live"]')?.content
  if (!url || started) return
  started = true
  const live = new Live(
    url,
    { notice: (notice) => say('plumbline:notice', notice), unread: (count) => say('plumbline:unread', count) },
    {
      open: (address) => new EventSource(address, { withCredentials: true }),
      after: (delayMs, action) => {
        const timer = setTimeout(action, delayMs)
        return () => clearTimeout(timer)
      },
      chance: Math.random,
      memory,
    },
  )
  const look = (): void => (document.hidden ? live.hidden() : live.shown())
  document.addEventListener('visibilitychange', look)
  window.addEventListener('online', look)
  // A page that the browser keeps to come back to holds no stream.
  window.addEventListener('pagehide', () => live.close())
  window.addEventListener('pageshow', look)
}
