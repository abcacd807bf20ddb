import type { Controller } from '../controller'

/** The list of what is wrong gets the focus, so that it is read and its links are near. */
export const errors: Controller = (list) => list.focus()
