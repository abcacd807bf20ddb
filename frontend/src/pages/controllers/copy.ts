import type { Controller } from '../controller'

/** A button that copies the value of the field it names; without a clipboard it stays hidden. */
export const copy: Controller = (button) => {
  const field = document.getElementById(button.dataset['copies'] ?? '')
  if (!(field instanceof HTMLInputElement) || !('clipboard' in navigator)) return
  button.hidden = false
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(field.value).then(() => {
      button.setAttribute('aria-label', button.dataset['done'] ?? '')
      button.textContent = button.dataset['done'] ?? ''
    })
  })
}
