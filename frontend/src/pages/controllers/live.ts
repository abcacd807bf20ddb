import type { Notice } from '../../live/stream'
import type { Controller } from '../controller'

const MOST = 99

/** A count beside a word, as the page was made with; none for zero. */
export const countText = (count: number): string => (count > MOST ? `${MOST}+` : count > 0 ? String(count) : '')

/** Paragraphs are lines in a banner. */
export const asLines = (text: string): string => text.trim().replace(/\n{2,}/g, '\n')

function showCount(count: number): void {
  for (const link of document.querySelectorAll<HTMLElement>('a[data-unread]')) {
    const kind = link.dataset['unread'] ?? 'count'
    const shown = link.querySelector(`.${kind}`)
    const text = countText(count)
    if (!text) shown?.remove()
    else if (shown) shown.textContent = text
    else {
      const made = document.createElement('span')
      made.className = kind
      made.textContent = text
      link.append(made)
    }
  }
}

const counted = (event: CustomEvent<number>): void => showCount(event.detail)

/** Says a pause, its end, a warning or a hold above the page as soon as it is told; the last one replaces the others. */
export const live: Controller = (place) => {
  const said = (event: CustomEvent<Notice>): void => {
    const { tone, title, text, url } = event.detail
    const template = place.querySelector<HTMLTemplateElement>(`template[data-tone="${CSS.escape(tone)}"]`)
    const banner = template?.content.firstElementChild?.cloneNode(true)
    if (!(banner instanceof HTMLElement)) return
    const link = banner.querySelector('a')
    if (link && url) link.href = url
    else link?.remove()
    banner.querySelector('b')?.replaceChildren(title)
    const lines = asLines(text)
    if (lines) banner.querySelector('span')?.replaceChildren(lines)
    else banner.querySelector('span')?.remove()
    place.querySelector('.banner')?.remove()
    place.append(banner)
  }
  document.addEventListener('plumbline:notice', said)
  document.addEventListener('plumbline:unread', counted)
  return () => {
    document.removeEventListener('plumbline:notice', said)
    document.removeEventListener('plumbline:unread', counted)
  }
}
