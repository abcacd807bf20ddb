import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { LocalDraft, LocalDrafts } from '../store/drafts'

/** A request that hands something in, kept until its receipt came: the same key may be sent as often as needed. */
export interface Pending {
  readonly id: string
  readonly url: string
  readonly body: { readonly key: string; readonly [name: string]: unknown }
}

export interface PendingStore {
  all(): Promise<readonly Pending[]>
  get(id: string): Promise<Pending | undefined>
  put(pending: Pending): Promise<void>
  remove(id: string): Promise<void>
}

interface Shelf extends DBSchema {
  drafts: { key: string; value: LocalDraft }
  pending: { key: string; value: Pending }
}

/** What this browser keeps for one person, so that two who share a computer do not see each other's work. */
export class Kept {
  readonly drafts: LocalDrafts
  readonly pending: PendingStore
  private readonly database: Promise<IDBPDatabase<Shelf>>

  constructor(owner: string) {
    this.database = openDB<Shelf>(`plumbline-${owner}`, 1, {
      upgrade(shelf) {
        shelf.createObjectStore('drafts', { keyPath: 'id' })
        shelf.createObjectStore('pending', { keyPath: 'id' })
      },
    })
    this.database.catch(() => undefined) // each use meets the fault and says so
    this.drafts = {
      get: async (id) => (await this.database).get('drafts', id),
      put: async (draft) => void (await (await this.database).put('drafts', draft)),
      remove: async (id) => (await this.database).delete('drafts', id),
    }
    this.pending = {
      all: async () => (await this.database).getAll('pending'),
      get: async (id) => (await this.database).get('pending', id),
      put: async (pending) => void (await (await this.database).put('pending', pending)),
      remove: async (id) => (await this.database).delete('pending', id),
    }
  }
}
