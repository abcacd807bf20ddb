import type { Controller } from '../controller'
import { t } from '../../workbench/store/i18n'
import { uploadFile } from '../uploads/upload'

/** Uploads a picture and writes it into the text, where the cursor is. */
export const picture: Controller = (element) => {
  const input = element.querySelector<HTMLInputElement>('input[type="file"]')
  const say = element.querySelector('[data-part="say"]')
  const text = document.getElementById(element.dataset['into'] ?? '')
  if (!input || !say || !(text instanceof HTMLTextAreaElement)) return
  const token = text.form?.querySelector<HTMLInputElement>('[name="csrfmiddlewaretoken"]')?.value ?? ''
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    if (!file) return
    say.textContent = t('Sending {name}', { name: file.name })
    const to = { url: element.dataset['uploads'] ?? '', target: '', targetId: '', token }
    void uploadFile(file, to, () => undefined).then((outcome) => {
      input.value = ''
      if (outcome.at === 'refused') {
        say.textContent = outcome.reason
        return
      }
      const stored = outcome.answer['file'] as { readonly id?: string } | undefined
      write(text, `![${describe(file.name)}](file:${stored?.id ?? ''})`)
      say.textContent = t('{name} is in the text. It shows as soon as it has been read.', { name: file.name })
    })
  })
}

/** The name without its ending and without what Markdown would read. */
export const describe = (name: string): string =>
  name
    .replace(/\.[^.]*$/, '')
    .replace(/[[\]()!\\`*_<>]/g, ' ')
    .trim()

function write(text: HTMLTextAreaElement, what: string): void {
  text.setRangeText(what, text.selectionStart, text.selectionEnd, 'end')
  text.dispatchEvent(new Event('change', { bubbles: true }))
  text.focus()
}
