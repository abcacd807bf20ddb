type Closer = () => void

/** Closes what was opened in it: listeners, timers, observers, subscriptions. */
export class Scope {
  private readonly closers = new Set<Closer>()
  private done = false

  get closed(): boolean {
    return this.done
  }

  add(closer: Closer): Closer {
    const once = (): void => {
      if (this.closers.delete(once)) closer()
    }
    this.closers.add(once)
    if (this.done) once()
    return once
  }

  listen<E extends Event>(
    target: EventTarget,
    type: string,
    listener: (event: E) => void,
    options?: AddEventListenerOptions,
  ): Closer {
    const heard = (event: Event): void => listener(event as E)
    target.addEventListener(type, heard, options)
    return this.add(() => target.removeEventListener(type, heard, options))
  }

  after(delayMs: number, action: () => void): Closer {
    const timer = setTimeout(() => {
      cancel()
      action()
    }, delayMs)
    const cancel = this.add(() => clearTimeout(timer))
    return cancel
  }

  every(periodMs: number, action: () => void): Closer {
    const timer = setInterval(action, periodMs)
    return this.add(() => clearInterval(timer))
  }

  close(): void {
    this.done = true
    for (const closer of this.closers) closer()
  }
}
