import type { Controller } from '../controller'

/** A payload that htmx brought: the workbench beside the form opens anew on it. */
export const preview: Controller = () => {
  document.dispatchEvent(new CustomEvent('plumbline:payload'))
}
