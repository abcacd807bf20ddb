/** What a page script does with its element; what it returns undoes it. */
export type Controller = (element: HTMLElement) => (() => void) | void

type Bound = { readonly element: HTMLElement; readonly close: () => void }

/** Binds each element with `data-controller` once, also those that htmx brings, and lets go of those that left. */
export function bindControllers(controllers: Readonly<Record<string, Controller>>, root: Document = document): void {
  const seen = new WeakSet<HTMLElement>()
  let bound: Bound[] = []

  const bind = (): void => {
    bound = bound.filter(({ element, close }) => {
      if (element.isConnected) return true
      close()
      return false
    })
    for (const element of root.querySelectorAll<HTMLElement>('[data-controller]')) {
      if (seen.has(element)) continue
      seen.add(element)
      for (const name of namesOf(element.dataset['controller'])) {
        const close = controllers[name]?.(element)
        if (close) bound.push({ element, close })
      }
    }
  }

  bind()
  root.addEventListener('htmx:load', bind)
}

export const namesOf = (value: string | undefined): string[] => (value ?? '').split(/\s+/).filter(Boolean)
