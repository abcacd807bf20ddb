import { type MouseEvent, useEffect, useState, useSyncExternalStore } from 'react'
import type { Readable } from '../store/cell'

export function useCell<T>(cell: Readable<T>): T {
  return useSyncExternalStore(cell.subscribe, cell.get)
}

/** The time now, told again each period. */
export function useNow(periodMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), periodMs)
    return () => clearInterval(timer)
  }, [periodMs])
  return now
}

/** For buttons beside the stage: a click on them leaves the focus, and with it the keys, where the work is. */
export function leaveFocus(event: MouseEvent): void {
  event.preventDefault()
}
