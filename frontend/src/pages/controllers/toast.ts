import type { Controller } from '../controller'

export const SHOWN_MS = 6000
const STEP_MS = 250

/** Time is only counted while nobody points at the toast or has the focus in it. */
export function remaining(left: number, passed: number, held: boolean): number {
  return held ? left : Math.max(0, left - passed)
}

/** Shows toasts one after the other; the style sheet shows only the first. */
export const toast: Controller = (place) => {
  let left = SHOWN_MS
  let shown: Element | null = null

  const leave = (): void => shown?.remove()
  const step = (): void => {
    const first = place.querySelector('.toast')
    if (first !== shown) {
      shown = first
      left = SHOWN_MS
      return
    }
    if (!first) return
    left = remaining(left, STEP_MS, first.matches(':hover, :focus-within'))
    if (left === 0) leave()
  }
  const clicked = (event: Event): void => {
    if (event.target instanceof Element && event.target.closest('[data-part="close"]')) leave()
  }

  step()
  place.addEventListener('click', clicked)
  const timer = window.setInterval(step, STEP_MS)
  return () => window.clearInterval(timer)
}
