/** Something that keeps an answer from being handed in; the server's linter speaks the same. */
export interface Finding {
  readonly code: string
  readonly message: string
  readonly path: readonly (string | number)[]
}
