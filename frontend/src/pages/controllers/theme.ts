import type { Controller } from '../controller'

/** Shows the picked theme at once; it is kept when the form is saved. */
export const theme: Controller = (form) => {
  form.addEventListener('change', (event) => {
    const input = event.target
    if (!(input instanceof HTMLInputElement) || input.name !== 'theme') return
    if (input.value === 'light' || input.value === 'dark') document.documentElement.dataset['theme'] = input.value
    else delete document.documentElement.dataset['theme']
  })
}
