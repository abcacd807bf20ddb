import { isRecord } from '../store/json'
import { type Payload, readPayload } from '../store/payload'

/** What the server wrote on the page for the workbench. */
export interface PageConfig {
  readonly nextUrl: string
  readonly reserveUrl: string
  readonly assignmentsUrl: string
  readonly home: string
  readonly assignment: string
  readonly wish: Readonly<Record<string, string>>
  readonly verdictUrl: string
  readonly owner: string
  readonly language: string
  readonly test: boolean
  /** Whether the workbench is one part of a page rather than the page itself. */
  readonly framed: boolean
  readonly embedded: Payload | null
}

export function embeddedJson(id: string): unknown {
  const text = document.getElementById(id)?.textContent
  return text ? (JSON.parse(text) as unknown) : null
}

export function readConfig(mount: HTMLElement): PageConfig {
  const { dataset } = mount
  const home = dataset['home'] || '/my/'
  const nextUrl = dataset['nextUrl'] || `${home}work/next`
  const embedded = embeddedJson('payload')
  const mode = dataset['mode']
  const wish: Record<string, string> = {}
  if (dataset['project']) wish['project'] = dataset['project']
  if (dataset['kind']) wish['kind'] = dataset['kind']
  return {
    nextUrl,
    reserveUrl: nextUrl.replace(/next(\/?)$/, 'reserve$1'),
    assignmentsUrl: `${home}assignments/`,
    home,
    assignment: dataset['assignment'] ?? '',
    wish,
    verdictUrl: dataset['verdictUrl'] ?? '',
    owner: dataset['owner'] ?? 'me',
    language: dataset['language'] || 'en',
    test: 'test' in dataset,
    framed: mount.closest('main') !== null,
    embedded: isRecord(embedded) ? readPayload(mode ? { ...embedded, mode } : embedded) : null,
  }
}
