import type { Controller } from '../controller'

/** What to write into the field: the browser's zone, unless the person has typed one or the site knows no such zone. */
export function zoneFor(typed: string, browser: string, known: readonly string[]): string {
  return (typed === '' || typed === 'UTC') && known.includes(browser) ? browser : typed
}

export const timeZone: Controller = (form) => {
  const field = form.querySelector<HTMLInputElement>('input[name="time_zone"]')
  if (!field) return
  const known = [...(field.list?.options ?? [])].map((option) => option.value)
  field.value = zoneFor(field.value, Intl.DateTimeFormat().resolvedOptions().timeZone, known)
}
