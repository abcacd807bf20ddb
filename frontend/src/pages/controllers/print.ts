import type { Controller } from '../controller'

/** A button that opens the browser's own print dialog. */
export const print: Controller = (button) => {
  button.addEventListener('click', () => window.print())
}
