import { useEffect, useMemo, useRef, useState } from 'react'
import type { ImageStage, Look } from '../workbench/stage/imageStage'
import { EMPTY_IMAGE, type ImageDocument } from '../workbench/store/annotations'
import { Editor } from '../workbench/store/editor'
import { DocumentStore } from '../workbench/store/history'
import { number, t } from '../workbench/store/i18n'
import type { Media } from '../workbench/store/payload'
import type { Bench } from '../workbench/ui/plugin'
import { StagePanel } from '../workbench/ui/StagePanel'
import type { Content } from './content'

const PLAIN: Look = { other: null, flicked: false, ghosts: [], regions: [] }

function useZoomKeys(bench: Bench, stage: { readonly current: ImageStage | null }, editor: Editor): void {
  useEffect(() => {
    const { shortcuts } = bench
    const closers = [
      shortcuts.on('zoom.in', () => stage.current?.zoomBy(1)),
      shortcuts.on('zoom.out', () => stage.current?.zoomBy(-1)),
      shortcuts.on('zoom.fit', () => stage.current?.fit()),
      shortcuts.on('zoom.actual', () => stage.current?.actual()),
    ]
    editor.pick('pan')
    return () => closers.forEach((close) => close())
  }, [bench, stage, editor])
}

function Picture({ media, bench }: { media: Media; bench: Bench }) {
  const stage = useRef<ImageStage | null>(null)
  const editor = useMemo(() => {
    const store = new DocumentStore<ImageDocument>(EMPTY_IMAGE)
    return new Editor(store, media, {}, { editable: false, attributeFits: () => false })
  }, [media])
  useZoomKeys(bench, stage, editor)
  return (
    <StagePanel
      media={media}
      editor={editor}
      look={PLAIN}
      label={t('Picture. Plus and minus zoom, F6 leaves.')}
      bench={bench}
      stage={stage}
      takeEvidence={() => undefined}
    />
  )
}

/** Somebody else's text: text nodes only, each paragraph in its own direction. */
function Text({ text }: { text: string }) {
  return (
    // the text scrolls, so that it must be reachable by keyboard
    <div className="bench-text" tabIndex={0} role="region" aria-label={t('Text')} data-panel="stage">
      {text.split('\n').map((line, at) => (
        // lines have no name but their place
        // oxlint-disable-next-line react/no-array-index-key
        <p key={at} dir="auto">
          {line || '\u00a0'}
        </p>
      ))}
    </div>
  )
}

/** The picture, the text, or both, that the questions are about; several pictures one at a time. */
export function ContentPanel({ content, bench }: { content: Content; bench: Bench }) {
  const pictures = bench.media.filter(({ kind }) => kind === 'image')
  const [at, setAt] = useState(0)
  const picture = pictures[at]
  if (!picture) {
    const missing = content.kind === 'image' ? t('This task has no picture. Report a problem.') : t('This task has no text.')
    return (
      <div className="bench-stage">
        {content.text === null ? <p className="stage-fault">{missing}</p> : <Text text={content.text} />}
      </div>
    )
  }
  return (
    <div className="bench-content" data-both={content.text === null ? undefined : true}>
      <Picture key={picture.url} media={picture} bench={bench} />
      {pictures.length > 1 && (
        <div className="bench-pages" role="group" aria-label={t('Pictures')}>
          {pictures.map(({ url }, place) => (
            <button key={url} type="button" className="button" aria-pressed={place === at} onClick={() => setAt(place)}>
              {number(place + 1)}
            </button>
          ))}
        </div>
      )}
      {content.text !== null && (
        <div className="bench-stage">
          <Text text={content.text} />
        </div>
      )}
    </div>
  )
}
