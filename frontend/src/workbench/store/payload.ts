import { isRecord } from './json'

export type Mode = 'work' | 'review' | 'audit' | 'preview' | 'read_only'

export interface Money {
  readonly amount_micros: number
  readonly currency: string
}

export interface Media {
  readonly role: string
  readonly kind: string
  readonly url: string
  readonly width: number
  readonly height: number
  readonly shown_width: number
  readonly shown_height: number
}

export interface ServerDraft {
  readonly revision: number
  readonly document: unknown
  readonly saved_at: string
}

export type Evidence =
  | { readonly kind: 'object'; readonly uuid: string }
  | { readonly kind: 'region'; readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  | { readonly kind: 'task' }

export interface Reason {
  readonly reason_class: string
  readonly comment: string
  readonly evidence: readonly Evidence[]
}

export interface Pause {
  readonly policy: string
  readonly until: string | null
  readonly ends_at: string | null
  readonly message: string
  readonly may_submit: boolean
  readonly submit_until: string | null
}

/** What the server gives a worker of one assignment; docs/workbench-api.md is its contract. */
export interface Payload {
  readonly id: string
  readonly short_id: string
  readonly status: string
  readonly mode: Mode
  readonly stage: string
  readonly round: number
  readonly codename: string
  readonly type: string
  readonly lease_expires_at: string | null
  readonly lease_s: number
  readonly server_time: string
  readonly pay: Money | null
  readonly instruction: { readonly number: number; readonly html: string } | null
  readonly view: unknown
  readonly media: readonly Media[]
  readonly draft: ServerDraft | null
  readonly subject: { readonly response: unknown; readonly reason: Reason | null } | null
  readonly skips_left: number | null
  readonly reason_classes: readonly { readonly code: string; readonly name: string }[]
  readonly pauses: readonly Pause[]
}

export interface Receipt {
  readonly id: string
  readonly submitted_at: string
  readonly counted: boolean
  readonly pay: Money | null
  readonly state: string
  readonly final_by: string | null
  readonly amend_until: string | null
  readonly number: number
}

export interface EmptyReason {
  readonly code: string
  readonly message: string
  readonly next_at: string | null
  readonly what_to_do: string | null
}

export type Next =
  | { readonly state: 'assigned'; readonly assignment: Payload }
  | { readonly state: 'busy'; readonly retry_after_s: number }
  | { readonly state: 'empty'; readonly reason: EmptyReason }

const DEFAULTS = {
  short_id: '',
  status: 'active',
  mode: 'work',
  stage: 'attempt',
  round: 1,
  codename: '',
  lease_expires_at: null,
  lease_s: 0,
  server_time: '',
  pay: null,
  instruction: null,
  view: {},
  media: [],
  draft: null,
  subject: null,
  skips_left: null,
  reason_classes: [],
  pauses: [],
} as const

/** Checks the little without which nothing can be shown; what is missing beyond it gets its default. */
export function readPayload(value: unknown): Payload {
  if (!isRecord(value) || typeof value['type'] !== 'string') throw new TypeError('This is not a payload.')
  return { ...DEFAULTS, id: '', ...value } as unknown as Payload
}
