import { isRecord, textIn } from '../workbench/store/json'

/** What is looked at: texts stand in the view, everything else is among the media. */
export interface Content {
  readonly kind: string
  readonly text: string | null
}

export function readContent(view: unknown): Content {
  const content = isRecord(view) && isRecord(view['content']) ? view['content'] : {}
  return { kind: textIn(content['kind']) || 'text', text: typeof content['text'] === 'string' ? content['text'] : null }
}
