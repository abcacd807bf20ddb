import type { Controller } from '../controller'

/** A filter is sent as soon as a choice is made; text is sent with Enter. */
export const filter: Controller = (form) => {
  if (!(form instanceof HTMLFormElement)) return
  form.addEventListener('change', (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit()
  })
}
