/** A form that has been sent says so on its button, and a second click does nothing. */
export function markBusy(root: Document = document): void {
  root.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== 'post' || 'repeat' in form.dataset) return
    if (form.dataset['sent'] !== undefined) {
      event.preventDefault()
      return
    }
    form.dataset['sent'] = ''
    event.submitter?.setAttribute('aria-busy', 'true')
  })
  // The page may come back from the browser's memory as it was left.
  window.addEventListener('pageshow', () => {
    for (const form of root.querySelectorAll<HTMLFormElement>('form[data-sent]')) delete form.dataset['sent']
    for (const button of root.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy')
  })
}
