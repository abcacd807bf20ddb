import { isRecord } from '../store/json'
import { type Payload, readPayload } from '../store/payload'
import type { Api } from './api'
import type { AnyKind } from './taskKind'

/** The next task, reserved while the present one is worked on, with its picture decoded. */
export class Ahead {
  private readonly api: Api
  private readonly url: string
  private readonly wish: Readonly<Record<string, string>>
  private readonly load: (type: string) => Promise<AnyKind>
  private readonly preload: (url: string) => Promise<void>
  private held: Payload | null = null
  private busy = false

  constructor(
    api: Api,
    url: string,
    wish: Readonly<Record<string, string>>,
    load: (type: string) => Promise<AnyKind>,
    preload: (url: string) => Promise<void>,
  ) {
    this.preload = preload
    this.api = api
    this.url = url
    this.wish = wish
    this.load = load
  }

  /** Reserves when nothing is held; a failure only means that the next switch is slower. */
  async fetch(currentId: string): Promise<void> {
    if (this.busy || this.held) return
    this.busy = true
    try {
      const answer = await this.api.post(this.url, this.wish)
      if (!isRecord(answer) || answer['state'] !== 'assigned') return
      const payload = readPayload(answer['assignment'])
      if (payload.id === currentId) return
      this.held = payload
      const pictures = payload.media.filter(({ kind }) => kind === 'image')
      await Promise.all([this.load(payload.type), ...pictures.map(({ url }) => this.preload(url))])
    } catch {
      this.held = null
    } finally {
      this.busy = false
    }
  }

  take(): Payload | null {
    const held = this.held
    this.held = null
    return held
  }
}
