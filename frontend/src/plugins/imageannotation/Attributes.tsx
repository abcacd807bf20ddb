import type { Point } from '../../workbench/geometry/point'
import { roundPx } from '../../workbench/geometry/point'
import { boundsOf, type Shape } from '../../workbench/geometry/shape'
import { type Annotation, geometryOf, placesOf, setAttribute, setGlobal } from '../../workbench/store/annotations'
import type { Editor } from '../../workbench/store/editor'
import type { Finding } from '../../workbench/store/findings'
import { number, t } from '../../workbench/store/i18n'
import { Field, fieldError } from '../../workbench/ui/Field'
import { useCell } from '../../workbench/ui/hooks'
import { Icon } from '../../workbench/ui/icons'
import { attributesOf } from '../attributes'
import { ExactNumber } from '../ExactNumber'
import { displayOf, type ImageView } from './params'

interface ShapeProps {
  readonly shape: Shape
  readonly disabled: boolean
  readonly change: (shape: Shape) => void
}

function Vertices({ shape, disabled, change }: ShapeProps & { shape: { vertices: readonly Point[] } }) {
  const { vertices } = shape
  const least = shape.type === 'polygon' ? 3 : 2
  const put = (next: readonly Point[]): void => change({ ...shape, vertices: next } as Shape)
  const move = (at: number, to: Partial<Point>): void => put(vertices.map((one, index) => (index === at ? { ...one, ...to } : one)))
  const add = (at: number): void => {
    const [a, b] = [vertices[at], vertices[(at + 1) % vertices.length]]
    if (a && b) put(vertices.toSpliced(at + 1, 0, { x: roundPx((a.x + b.x) / 2), y: roundPx((a.y + b.y) / 2) }))
  }
  return (
    <ol className="vertices" aria-label={t('Corners')}>
      {vertices.map(({ x, y }, at) => (
        // corners have no name but their place
        // oxlint-disable-next-line react/no-array-index-key
        <li key={at}>
          <ExactNumber id={`vertex-${at}-x`} label="x" value={x} disabled={disabled} change={(to) => move(at, { x: to })} />
          <ExactNumber id={`vertex-${at}-y`} label="y" value={y} disabled={disabled} change={(to) => move(at, { y: to })} />
          <button
            className="button"
            data-kind="icon"
            type="button"
            aria-label={t('Add a corner after {corner}', { corner: at + 1 })}
            disabled={disabled}
            onClick={() => add(at)}
          >
            <Icon name="plus" />
          </button>
          <button
            className="button"
            data-kind="icon"
            type="button"
            aria-label={t('Remove corner {corner}', { corner: at + 1 })}
            disabled={disabled || vertices.length <= least}
            onClick={() => put(vertices.toSpliced(at, 1))}
          >
            <Icon name="cross" />
          </button>
        </li>
      ))}
    </ol>
  )
}

/** The numbers of a shape, to be typed: what the pointer does roughly, exactly and without one. */
function ShapeNumbers({ shape, disabled, change }: ShapeProps) {
  if (shape.type === 'polygon' || shape.type === 'line') {
    return <Vertices shape={shape} disabled={disabled} change={change} />
  }
  const fields =
    shape.type === 'box'
      ? ([
          ['left', t('Left')],
          ['top', t('Top')],
          ['width', t('Width')],
          ['height', t('Height')],
        ] as const)
      : ([
          ['x', 'x'],
          ['y', 'y'],
        ] as const)
  const values = shape as unknown as Readonly<Record<string, number>>
  return (
    <div className="exacts">
      {fields.map(([key, label]) => (
        <ExactNumber
          key={key}
          id={`shape-${key}`}
          label={label}
          value={values[key] ?? 0}
          disabled={disabled}
          change={(value) => change({ ...shape, [key]: value } as Shape)}
        />
      ))}
    </div>
  )
}

interface PanelProps {
  readonly editor: Editor
  readonly view: ImageView
  readonly findings: readonly Finding[]
}

const errorAt = (findings: readonly Finding[], ...path: readonly (string | number)[]): string | null =>
  fieldError(findings.find((finding) => path.every((part, at) => finding.path[at] === part)))

function SelectedObject({ editor, view, findings, annotation }: PanelProps & { annotation: Annotation }) {
  const { hidden, locked } = useCell(editor.state)
  const { store } = editor
  const { uuid } = annotation
  const place = placesOf(store.get().annotations).get(uuid) ?? 0
  const shape = geometryOf(annotation)
  const { width, height } = boundsOf(shape)
  const disabled = !editor.editable || locked.has(uuid)
  const attributes = attributesOf(view, annotation.label)
  const size = annotation.type === 'point' ? '' : t('{width} × {height} px', { width: Math.round(width), height: Math.round(height) })
  return (
    <>
      <div className="row">
        <h2>
          {number(place + 1)} <bdi>{displayOf(view, annotation.type, annotation.label).display}</bdi>
        </h2>
        <span className="faint figure push">{size}</span>
        <button
          className="button"
          data-kind="icon"
          type="button"
          aria-pressed={hidden.has(uuid)}
          aria-label={t('Not visible, key {key}', { key: 'N' })}
          title={t('Not visible, key {key}', { key: 'N' })}
          onClick={() => editor.toggleHidden(uuid)}
        >
          <Icon name={hidden.has(uuid) ? 'eyeOff' : 'eye'} />
        </button>
        <button
          className="button"
          data-kind="icon"
          type="button"
          aria-pressed={locked.has(uuid)}
          aria-label={t('Locked')}
          title={t('Locked')}
          onClick={() => editor.toggleLocked(uuid)}
        >
          <Icon name="lock" />
        </button>
        <button
          className="button"
          data-kind="icon"
          type="button"
          disabled={disabled}
          aria-label={t('Remove, key {key}', { key: 'Delete' })}
          title={t('Remove, key {key}', { key: 'Delete' })}
          onClick={() => editor.remove(uuid)}
        >
          <Icon name="trash" />
        </button>
      </div>
      {attributes.map((attribute) => (
        <Field
          key={`${uuid}:${attribute.key}`}
          question={attribute}
          id={`attribute-${attribute.key}`}
          value={annotation.attributes[attribute.key]}
          error={errorAt(findings, 'annotations', place, 'attributes', attribute.key)}
          disabled={disabled}
          change={(value) => setAttribute(store, uuid, attribute.key, value)}
        />
      ))}
      <details className="position" open={attributes.length === 0}>
        <summary>{t('Position in pixels')}</summary>
        <ShapeNumbers key={uuid} shape={shape} disabled={disabled} change={(next) => editor.reshape(uuid, next)} />
      </details>
    </>
  )
}

/** Attributes of the selected object, or of the whole task while nothing is selected. */
export function Attributes({ editor, view, findings }: PanelProps) {
  const document = useCell(editor.store)
  useCell(editor.state)
  const annotation = editor.selected
  const globals = view.attributes.filter(({ global }) => global)
  if (!annotation && globals.length === 0) return null
  return (
    <form
      className="attributes"
      aria-label={annotation ? t('Attributes of the object') : t('Attributes of the task')}
      data-panel="attributes"
      onSubmit={(event) => event.preventDefault()}
    >
      {annotation && <SelectedObject editor={editor} view={view} findings={findings} annotation={annotation} />}
      {!annotation && <h2>{t('Whole picture')}</h2>}
      {!annotation &&
        globals.map((attribute) => (
          <Field
            key={attribute.key}
            question={attribute}
            id={`global-${attribute.key}`}
            value={document.global_attributes[attribute.key]}
            error={errorAt(findings, 'global_attributes', attribute.key)}
            disabled={!editor.editable}
            change={(value) => setGlobal(editor.store, attribute.key, value)}
          />
        ))}
    </form>
  )
}
