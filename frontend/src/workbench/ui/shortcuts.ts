import { BINDINGS, type Binding, bindingFor, type Focus, keyName, type Remap, remapped } from '../store/keys'
import { Scope } from '../store/scope'

/** Returns false when it has nothing to do with the key, so that others and the browser get it. */
export type KeyHandler = (name: string) => boolean | void

interface Hold {
  readonly down: () => void
  readonly up: () => void
}

const TEXT_INPUTS = new Set(['text', 'number', 'email', 'password', 'search', 'url', 'tel', 'date', 'time'])

export function focusOf(element: Element | null): Focus {
  if (!element || element === document.body || element.matches('[data-keys="stage"], [role="listbox"]')) return 'stage'
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return 'typing'
  if (element instanceof HTMLInputElement) return TEXT_INPUTS.has(element.type) ? 'typing' : 'control'
  return element instanceof HTMLElement && element.isContentEditable ? 'typing' : 'control'
}

/** Calls what is registered for a key. The newest registration of a key is asked first. */
export class Shortcuts {
  readonly bindings: readonly Binding[]
  private readonly scope = new Scope()
  private readonly handlers = new Map<string, KeyHandler[]>()
  private readonly holds = new Map<string, Hold>()
  private readonly held = new Map<string, Hold>()

  private readonly within: Element | null

  /** `within`: keys work only while the focus is inside, where the rest of the page has keys of its own. */
  constructor(within: Element | null = null, remap: Remap = {}) {
    this.within = within
    this.bindings = remapped(BINDINGS, remap)
    this.scope.listen<KeyboardEvent>(window, 'keydown', (event) => this.down(event))
    this.scope.listen<KeyboardEvent>(window, 'keyup', (event) => this.up(event.code))
    this.scope.listen(window, 'blur', () => this.letGo())
  }

  /** Registers a handler and returns what takes it away. */
  on(id: string, handler: KeyHandler): () => void {
    this.handlers.set(id, [handler, ...(this.handlers.get(id) ?? [])])
    return () => this.take(id, handler)
  }

  /** Registers a handler that is asked after all others: the page's, when what is on it has no use for the key. */
  onLast(id: string, handler: KeyHandler): () => void {
    this.handlers.set(id, [...(this.handlers.get(id) ?? []), handler])
    return () => this.take(id, handler)
  }

  /** Registers what lasts while a key is held. */
  hold(id: string, down: () => void, up: () => void): () => void {
    const hold = { down, up }
    this.holds.set(id, hold)
    return () => {
      if (this.holds.get(id) === hold) this.holds.delete(id)
    }
  }

  /** The keys of a binding, as a person reads them. */
  keysOf(id: string): readonly string[] {
    return this.bindings.find((binding) => binding.id === id)?.keys ?? []
  }

  close(): void {
    this.letGo()
    this.scope.close()
  }

  private take(id: string, handler: KeyHandler): void {
    const left = (this.handlers.get(id) ?? []).filter((one) => one !== handler)
    this.handlers.set(id, left)
  }

  private down(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented || document.querySelector('dialog[open]')) return
    if (this.within && !this.within.contains(document.activeElement)) return
    const name = keyName(event)
    const binding = bindingFor(this.bindings, name, focusOf(document.activeElement))
    if (!binding) return
    const hold = this.holds.get(binding.id)
    if (hold) {
      event.preventDefault()
      if (!this.held.has(event.code)) {
        this.held.set(event.code, hold)
        hold.down()
      }
      return
    }
    const handled = (this.handlers.get(binding.id) ?? []).some((handler) => handler(name) !== false)
    if (handled) event.preventDefault()
  }

  private up(code: string): void {
    this.held.get(code)?.up()
    this.held.delete(code)
  }

  private letGo(): void {
    for (const code of Array.from(this.held.keys())) this.up(code)
  }
}
