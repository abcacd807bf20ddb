import type { Controller } from '../controller'
import { number, t, tn } from '../../workbench/store/i18n'
import { type Destination, type Outcome, uploadFile } from '../uploads/upload'

const AT_ONCE = 3
const SHOWN_TAKEN = 100

/** A form for files: what is dropped on it or chosen is sent at once, one row for each file. */
export const drop: Controller = (form) => {
  const input = form.querySelector<HTMLInputElement>('input[type="file"]')
  const list = document.getElementById(form.dataset['list'] ?? '')
  if (!(form instanceof HTMLFormElement) || !input || !list) return
  for (const part of form.querySelectorAll<HTMLElement>('[data-part="without-script"]')) part.hidden = true
  for (const part of form.querySelectorAll<HTMLElement>('[data-part="with-script"]')) part.hidden = false
  const queue = new Queue(destinationOf(form), list, form.querySelector('[data-part="summary"]'))
  input.addEventListener('change', () => {
    queue.add(input.files ?? [])
    input.value = ''
  })
  form.addEventListener('dragover', (event) => {
    event.preventDefault()
    form.dataset['over'] = ''
  })
  form.addEventListener('dragleave', () => delete form.dataset['over'])
  form.addEventListener('drop', (event) => {
    event.preventDefault()
    delete form.dataset['over']
    queue.add(event.dataTransfer?.files ?? [])
  })
  const warn = (event: BeforeUnloadEvent): void => {
    if (queue.busy) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  return () => window.removeEventListener('beforeunload', warn)
}

function destinationOf(form: HTMLFormElement): Destination {
  const { dataset } = form
  return {
    url: dataset['uploads'] ?? '',
    target: dataset['target'] ?? '',
    targetId: dataset['targetId'] ?? '',
    token: form.querySelector<HTMLInputElement>('[name="csrfmiddlewaretoken"]')?.value ?? '',
  }
}

/** Sends a few files at a time and says what became of each. */
class Queue {
  private readonly waiting: File[] = []
  private readonly to: Destination
  private readonly list: HTMLElement
  private readonly summary: HTMLElement | null
  private running = 0
  private taken = 0
  private refused = 0
  private all = 0

  constructor(to: Destination, list: HTMLElement, summary: HTMLElement | null) {
    this.to = to
    this.list = list
    this.summary = summary
  }

  get busy(): boolean {
    return this.running > 0 || this.waiting.length > 0
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      this.waiting.push(file)
      this.all += 1
    }
    this.list.hidden = false
    while (this.running < AT_ONCE && this.waiting.length > 0) void this.next()
    this.say()
  }

  private async next(): Promise<void> {
    const file = this.waiting.shift()
    if (!file) return
    this.running += 1
    const row = new Row(file, this.list)
    const outcome = await uploadFile(file, this.to, (sent) => row.progress(sent))
    this.running -= 1
    if (outcome.at === 'taken') this.taken += 1
    else this.refused += 1
    row.end(outcome, this.list.dataset['importUrl'] ?? '')
    if (outcome.at === 'taken' && this.taken > SHOWN_TAKEN) row.remove()
    this.say()
    void this.next()
  }

  private say(): void {
    if (!this.summary) return
    const parts = [t('{taken} of {all} taken', { taken: number(this.taken), all: number(this.all) })]
    if (this.refused > 0) parts.push(tn('{count} refused', '{count} refused', this.refused))
    this.summary.textContent = parts.join(', ')
    if (!this.busy) document.dispatchEvent(new CustomEvent('plumbline:uploaded'))
  }
}

/** One file: its name, how far it is, and what became of it. */
class Row {
  private readonly row = document.createElement('li')
  private readonly bar = document.createElement('progress')
  private readonly word = document.createElement('span')

  constructor(file: File, list: HTMLElement) {
    const name = document.createElement('span')
    name.textContent = file.name
    name.dir = 'auto'
    this.bar.max = file.size
    this.bar.value = 0
    this.bar.setAttribute('aria-label', file.name)
    this.word.className = 'note'
    this.row.append(name, this.bar, this.word)
    list.prepend(this.row)
  }

  progress(sent: number): void {
    this.bar.value = sent
  }

  end(outcome: Outcome, importUrl: string): void {
    this.bar.remove()
    this.row.dataset['state'] = outcome.at
    if (outcome.at === 'refused') {
      this.word.textContent = outcome.reason
      return
    }
    const found = outcome.answer['import']
    if (typeof found !== 'object' || found === null) {
      this.word.textContent = t('taken')
      return
    }
    const link = document.createElement('a')
    link.href = importUrl.replace('IMPORT', String((found as Record<string, unknown>)['id']))
    link.textContent = (found as Record<string, unknown>)['needs_column'] ? t('choose the column') : t('being read: follow it')
    this.word.append(link)
  }

  remove(): void {
    this.row.remove()
  }
}
