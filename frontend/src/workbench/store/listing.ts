import type { Readable } from './cell'

export interface ListState {
  readonly selected: string | null
  readonly hidden: ReadonlySet<string>
  readonly locked: ReadonlySet<string>
  readonly allHidden: boolean
}

/** What the list of objects needs of whoever edits them, whatever they are. */
export interface Listing<A extends { readonly uuid: string }> {
  readonly state: Readable<ListState>
  readonly store: Readable<{ readonly annotations: readonly A[] }>
  select(uuid: string | null): void
  step(by: 1 | -1): void
  toggleHidden(uuid: string): void
  toggleAllHidden(): void
}
