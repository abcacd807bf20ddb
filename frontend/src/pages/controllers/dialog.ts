import type { Controller } from '../controller'

/** Opens a native dialog; what is no dialog, or open already, stays as it is. */
export function openDialog(element: Element | null): void {
  if (element instanceof HTMLDialogElement && !element.open) element.showModal()
}

/** A button that opens the dialog whose id it names in `data-opens`. */
export const open: Controller = (button) => {
  button.addEventListener('click', () => openDialog(document.getElementById(button.dataset['opens'] ?? '')))
}

/** A dialog that the server sends open, as after a mistake in its form. */
export const dialog: Controller = (element) => openDialog(element)

/** Every button inside a dialog that only closes it. */
export function closeDialogs(root: Document = document): void {
  root.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('dialog [data-part="close"]') : null
    button?.closest('dialog')?.close()
  })
}
