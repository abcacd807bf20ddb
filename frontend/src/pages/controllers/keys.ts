import type { Controller } from '../controller'
import { openDialog } from './dialog'

export type Press = { readonly key: string; readonly typing: boolean; readonly modified: boolean }
export type Deed = { readonly do: 'nothing' | 'wait' | 'search' | 'help' } | { readonly do: 'go'; readonly letter: string }

const NOTHING: Deed = { do: 'nothing' }

/** What a key means; `waiting` is true after `g`. Letters mean nothing in a text field or with a modifier. */
export function deedOf({ key, typing, modified }: Press, waiting: boolean): Deed {
  if (typing || modified) return NOTHING
  if (waiting) return /^[a-z]$/i.test(key) ? { do: 'go', letter: key.toLowerCase() } : NOTHING
  if (key === 'g') return { do: 'wait' }
  if (key === '/') return { do: 'search' }
  return key === '?' ? { do: 'help' } : NOTHING
}

const WAIT_MS = 1500
const TYPED_INTO = 'input:not([type="checkbox"], [type="radio"], [type="submit"]), textarea, select, [contenteditable]'

const pressOf = (event: KeyboardEvent): Press => ({
  key: event.key,
  typing: event.target instanceof Element && event.target.closest(TYPED_INTO) !== null,
  modified: event.ctrlKey || event.metaKey || event.altKey,
})

/** `g` and a letter goes to an entry of the rail, `/` to the search, `?` shows the keys. */
export const keys: Controller = (body) => {
  let until = 0
  describe(body)

  const pressed = (event: KeyboardEvent): void => {
    if (document.querySelector('dialog[open]')) return
    const deed = deedOf(pressOf(event), event.timeStamp < until)
    until = deed.do === 'wait' ? event.timeStamp + WAIT_MS : 0
    if (act(body, deed)) event.preventDefault()
  }

  document.addEventListener('keydown', pressed)
  return () => document.removeEventListener('keydown', pressed)
}

/** Whether the key was ours. */
function act(body: HTMLElement, deed: Deed): boolean {
  if (deed.do === 'go') {
    const link = body.querySelector<HTMLAnchorElement>(`.menu a[data-key="${deed.letter}"]`)
    link?.click()
    return link !== null
  }
  if (deed.do === 'search') {
    const field = body.querySelector<HTMLInputElement>('input[type="search"]')
    field?.focus()
    return field !== null
  }
  if (deed.do === 'help') openDialog(document.getElementById('keys'))
  return deed.do === 'help'
}

/** The letters of the rail, in the list of keys. */
function describe(body: HTMLElement): void {
  const place = document.querySelector('#keys [data-part="letters"]')
  if (!place) return
  for (const link of body.querySelectorAll<HTMLAnchorElement>('.menu a[data-key]')) {
    const key = document.createElement('kbd')
    key.textContent = link.dataset['key'] ?? ''
    place.append(key, ` ${link.querySelector('span')?.textContent ?? ''} `)
  }
}
