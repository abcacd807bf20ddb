import type { Controller } from '../controller'

/** Rows that are moved by dragging their grip or by their buttons; each move is sent, and taken back where it fails. */
export const order: Controller = (list) => {
  const said = document.getElementById(list.dataset['said'] ?? '')
  const rows = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(':scope > [data-batch]')]
  let sent: Promise<void> = Promise.resolve()

  const say = (what: 'moved' | 'stays' | 'failed', row: HTMLElement): void => {
    if (said) said.textContent = sentence(list.dataset[what] ?? '', row.dataset['name'] ?? '', rows().indexOf(row) + 1, rows().length)
  }
  const send = (row: HTMLElement, before: readonly HTMLElement[]): void => {
    number(rows())
    say('moved', row)
    const request = requestOf(row)
    sent = sent.then(async () => {
      if (await arrives(request)) return
      list.append(...before)
      number(rows())
      say('failed', row)
    })
  }
  const pressed = (event: SubmitEvent): void => {
    const button = event.submitter
    const row = button?.closest<HTMLElement>('[data-batch]')
    if (!button || !row) return
    event.preventDefault()
    const before = rows()
    if (!step(list, row, button.dataset['part'])) return say('stays', row)
    button.focus()
    send(row, before)
  }

  const letGo = dragging(list, rows, send)
  list.addEventListener('submit', pressed)
  return () => {
    list.removeEventListener('submit', pressed)
    letGo()
  }
}

export const sentence = (words: string, batch: string, place: number, count: number): string =>
  words.replace('{place}', String(place)).replace('{count}', String(count)).replace('{batch}', () => batch)

/** Moves the row in the page; false where it stays. */
function step(list: HTMLElement, row: HTMLElement, part: string | undefined): boolean {
  const above = row.previousElementSibling
  const below = row.nextElementSibling
  if (part === 'down' ? !below : !above) return false
  if (part === 'top') list.prepend(row)
  if (part === 'up') above?.before(row)
  if (part === 'down') below?.after(row)
  return true
}

/** Places and buttons as the server would write them. */
function number(rows: readonly HTMLElement[]): void {
  const ids = rows.map((row) => row.dataset['batch'] ?? '')
  rows.forEach((row, index) => {
    const place = row.querySelector('[data-part="place"]')
    if (place) place.textContent = String(index + 1)
    label(row, 'top', index > 0 ? ids[0] : undefined)
    label(row, 'up', ids[index - 1])
    label(row, 'down', ids[index + 1])
  })
}

function label(row: HTMLElement, part: string, other: string | undefined): void {
  const button = row.querySelector<HTMLButtonElement>(`button[data-part="${part}"]`)
  if (!button) return
  button.value = other ?? ''
  button.toggleAttribute('aria-disabled', false)
  if (other === undefined) button.setAttribute('aria-disabled', 'true')
}

/** Where the row stands now, said by its neighbour: below it, or above it at the end. */
function requestOf(row: HTMLElement): { readonly action: string; readonly body: FormData } | null {
  const form = row.querySelector('form')
  const below = row.nextElementSibling
  const other = below ?? row.previousElementSibling
  if (!form || !(other instanceof HTMLElement)) return null
  const body = new FormData(form)
  body.set(below ? 'before' : 'after', other.dataset['batch'] ?? '')
  return { action: form.action, body }
}

async function arrives(request: ReturnType<typeof requestOf>): Promise<boolean> {
  if (!request) return false
  try {
    const answer = await fetch(request.action, { method: 'POST', body: request.body, headers: { 'X-In-Place': 'true' } })
    return answer.status === 204
  } catch {
    return false
  }
}

type Drag = { readonly row: HTMLElement; readonly before: readonly HTMLElement[] }

/** Mouse, pen and finger. The list holds the pointer, because a row that moves in the page would lose it. */
function dragging(
  list: HTMLElement,
  rows: () => HTMLElement[],
  dropped: (row: HTMLElement, before: readonly HTMLElement[]) => void,
): () => void {
  let drag: Drag | null = null

  const begin = (event: PointerEvent): void => {
    const grip = event.target instanceof Element ? event.target.closest('[data-part="grip"]') : null
    const row = grip?.closest<HTMLElement>('[data-batch]')
    if (!row || event.button !== 0) return
    event.preventDefault()
    list.setPointerCapture(event.pointerId)
    drag = { row, before: rows() }
    row.dataset['dragged'] = ''
  }
  const over = (event: PointerEvent): void => {
    if (!drag) return
    const other = rows().find((row) => isAt(row, event.clientY))
    if (!other || other === drag.row) return
    const { top, height } = other.getBoundingClientRect()
    const isBelow = Boolean(drag.row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)
    // past its middle: rows of unlike height would change places for ever
    if (isBelow && event.clientY > top + height / 2) other.after(drag.row)
    if (!isBelow && event.clientY < top + height / 2) other.before(drag.row)
    drag.row.scrollIntoView({ block: 'nearest' })
  }
  const end = (takenBack: boolean): void => {
    if (!drag) return
    const { row, before } = drag
    drag = null
    delete row.dataset['dragged']
    if (takenBack) list.append(...before)
    else if (rows().some((one, index) => one !== before[index])) dropped(row, before)
  }
  const drop = (): void => end(false)
  const cancel = (): void => end(true)
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') cancel()
  }

  list.addEventListener('pointerdown', begin)
  list.addEventListener('pointermove', over)
  list.addEventListener('pointerup', drop)
  list.addEventListener('pointercancel', cancel)
  document.addEventListener('keydown', escape)
  return () => {
    list.removeEventListener('pointerdown', begin)
    list.removeEventListener('pointermove', over)
    list.removeEventListener('pointerup', drop)
    list.removeEventListener('pointercancel', cancel)
    document.removeEventListener('keydown', escape)
  }
}

function isAt(row: HTMLElement, y: number): boolean {
  const { top, bottom } = row.getBoundingClientRect()
  return y >= top && y < bottom
}
