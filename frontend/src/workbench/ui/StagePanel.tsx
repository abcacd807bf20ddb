import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { number, t } from '../store/i18n'
import type { Editor } from '../store/editor'
import type { Evidence, Media } from '../store/payload'
import { ImageStage, type Look } from '../stage/imageStage'
import { leaveFocus, useCell } from './hooks'
import type { Bench } from './plugin'

interface StagePanelProps {
  readonly media: Media
  readonly editor: Editor
  readonly look: Look
  readonly label: string
  readonly bench: Bench
  readonly stage: RefObject<ImageStage | null>
  readonly takeEvidence: (evidence: Evidence) => void
  readonly children?: ReactNode
}

function Hud({ stage }: { stage: ImageStage }) {
  const { scale } = useCell(stage.view)
  const percent = number(scale, { style: 'percent', maximumFractionDigits: scale < 0.1 ? 1 : 0 })
  return (
    <div className="hud">
      <button type="button" aria-label={t('Zoom out')} onMouseDown={leaveFocus} onClick={() => stage.zoomBy(-1)}>
        −
      </button>
      <span className="figure" data-part="scale">
        {percent}
      </span>
      <button type="button" aria-label={t('Zoom in')} onMouseDown={leaveFocus} onClick={() => stage.zoomBy(1)}>
        +
      </button>
      <button type="button" onMouseDown={leaveFocus} onClick={() => stage.fit()}>
        {t('Fit')}
      </button>
      <button type="button" onMouseDown={leaveFocus} onClick={() => stage.actual()}>
        1:1
      </button>
    </div>
  )
}

/** The picture with its shapes; the panel only mounts the stage, which draws by itself. */
export function StagePanel({ media, editor, look, label, bench, stage, takeEvidence, children }: StagePanelProps) {
  const host = useRef<HTMLDivElement>(null)
  const evidence = useRef(takeEvidence)
  const [shown, setShown] = useState<ImageStage | null>(null)
  const [source, setSource] = useState(media)
  const [broken, setBroken] = useState(false)
  const renewed = useRef(false)
  evidence.current = takeEvidence

  useEffect(() => {
    if (!host.current) return undefined
    const failed = async (): Promise<void> => {
      const fresh = renewed.current ? null : await bench.renew()
      renewed.current = true
      const again = fresh?.find(({ role }) => role === source.role)
      if (again && again.url !== source.url) setSource(again)
      else setBroken(true)
    }
    const made = new ImageStage(host.current, {
      media: source,
      editor,
      takeEvidence: (item) => evidence.current(item),
      broken: () => void failed(),
    })
    stage.current = made
    setShown(made)
    bench.expose('stage', made)
    return () => {
      made.close()
      stage.current = null
    }
    // the editor changes without a new stage, see below
    // oxlint-disable-next-line react/exhaustive-deps
  }, [source])

  useEffect(() => shown?.use(editor), [shown, editor])
  useEffect(() => shown?.show(look), [shown, look])

  return (
    <section className="bench-stage" aria-label={t('Picture')}>
      <div
        ref={host}
        className="stage-host"
        data-keys="stage"
        data-panel="stage"
        role="application"
        aria-label={label}
        tabIndex={0}
      />
      {broken && (
        <p className="stage-fault" role="alert">
          {t('The picture cannot be shown. Report a problem if it stays so.')}
        </p>
      )}
      {children}
      {shown && <Hud stage={shown} />}
    </section>
  )
}
