/** Where a lease stands; the server's clock decides, whatever this computer's clock says. */
export interface Lease {
  readonly expiresAt: number
  readonly lengthMs: number
  readonly offsetMs: number
}

export interface LeaseState {
  readonly leftMs: number
  readonly share: number
  readonly low: boolean
  readonly over: boolean
}

export const LOW_SHARE = 0.2
const SPOKEN_MS = [5 * 60_000, 60_000]

/** offsetMs is what must be added to this computer's clock to get the server's. */
export function readLease(expires: string | null, lengthS: number, serverTime: string, now: number): Lease | null {
  const expiresAt = expires === null ? Number.NaN : Date.parse(expires)
  if (Number.isNaN(expiresAt)) return null
  const server = Date.parse(serverTime)
  return { expiresAt, lengthMs: lengthS * 1000, offsetMs: Number.isNaN(server) ? 0 : server - now }
}

export function leaseAt(lease: Lease, now: number): LeaseState {
  const leftMs = Math.max(0, lease.expiresAt - now - lease.offsetMs)
  const share = lease.lengthMs > 0 ? Math.min(1, leftMs / lease.lengthMs) : 1
  return { leftMs, share, low: share <= LOW_SHARE, over: leftMs === 0 }
}

/** Whether the countdown is spoken when it goes from one moment to the next: at 20 %, 5 minutes and 1 minute. */
export function crossesSpoken(before: LeaseState, after: LeaseState): boolean {
  if (!before.low && after.low) return true
  return SPOKEN_MS.some((mark) => before.leftMs > mark && after.leftMs <= mark)
}

/** 22:14, or 1:02:03 from an hour on. */
export function clockText(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(seconds % 60).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${tail}` : tail
}
