import type { ReactNode } from 'react'
import { type Entity, findEntity, placesOf, type Relation, rename, setAttribute, setGlobal, unrelate } from '../../workbench/store/entities'
import type { Finding } from '../../workbench/store/findings'
import { number, t } from '../../workbench/store/i18n'
import type { TextEditor } from '../../workbench/store/textEditor'
import { Field, fieldError } from '../../workbench/ui/Field'
import { useCell } from '../../workbench/ui/hooks'
import { Icon, type IconName } from '../../workbench/ui/icons'
import { attributesOf } from '../attributes'
import { ExactNumber } from '../ExactNumber'
import { words } from './diff'
import { displayOf, type EntityView } from './params'

interface PanelProps {
  readonly editor: TextEditor
  readonly view: EntityView
  readonly findings: readonly Finding[]
  readonly markAll: () => void
}

const errorAt = (findings: readonly Finding[], ...path: readonly (string | number)[]): string | null =>
  fieldError(findings.find((finding) => path.every((part, at) => finding.path[at] === part)))

interface IconButtonProps {
  readonly icon: IconName
  readonly name: string
  readonly pressed?: boolean
  readonly disabled?: boolean
  readonly run: () => void
}

function IconButton({ icon, name, pressed, disabled, run }: IconButtonProps) {
  return (
    <button
      className="button"
      data-kind="icon"
      type="button"
      aria-pressed={pressed}
      disabled={disabled}
      aria-label={name}
      title={name}
      onClick={run}
    >
      <Icon name={icon} />
    </button>
  )
}

function RelationRow({ editor, view, relation }: { editor: TextEditor; view: EntityView; relation: Relation }) {
  const document = editor.store.get()
  const [from, to] = [findEntity(document, relation.source), findEntity(document, relation.target)]
  const said = (one: Entity | null): string => (one ? words(view, one) : '–')
  const choices = from && to ? editor.choicesOf(from.label, to.label) : []
  const name = `${said(from)} → ${said(to)}`
  return (
    <li>
      <bdi className="name">{name}</bdi>
      {choices.length > 1 && editor.editable ? (
        <span className="select">
          <select
            aria-label={t('Relation of {ends}', { ends: name })}
            value={relation.name}
            onChange={({ target }) => rename(editor.store, relation.uuid, target.value)}
          >
            {choices.map((choice) => (
              <option key={choice.name}>{choice.name}</option>
            ))}
          </select>
        </span>
      ) : (
        <span className="tag">{relation.name}</span>
      )}
      <IconButton
        icon="cross"
        name={t('Remove the relation {ends}', { ends: name })}
        disabled={!editor.editable}
        run={() => unrelate(editor.store, relation.uuid)}
      />
    </li>
  )
}

function Relations({ editor, view, entity }: { editor: TextEditor; view: EntityView; entity: Entity }) {
  const { relations } = useCell(editor.store)
  const { relating } = useCell(editor.state)
  const own = relations.filter(({ source, target }) => source === entity.uuid || target === entity.uuid)
  return (
    <div className="relations">
      <div className="row">
        <h3>{t('Relations')}</h3>
        <button
          className="button push"
          type="button"
          aria-pressed={relating === entity.uuid}
          disabled={!editor.editable}
          onClick={() => (relating === null ? editor.beginRelation() : editor.state.patch({ relating: null }))}
        >
          <Icon name="relate" />
          {t('Relate')} <kbd>E</kbd>
        </button>
      </div>
      {relating !== null && <p className="note">{t('Click the other object, or go to it with Tab and press Enter.')}</p>}
      {own.length > 0 && (
        <ul aria-label={t('Relations')}>
          {own.map((relation) => (
            <RelationRow key={relation.uuid} editor={editor} view={view} relation={relation} />
          ))}
        </ul>
      )}
    </div>
  )
}

function Place({ editor, entity }: { editor: TextEditor; entity: Entity }) {
  const { start, end } = entity
  const disabled = !editor.editable
  return (
    <details className="position">
      <summary>{t('Position in characters')}</summary>
      <div className="exacts">
        <ExactNumber id="span-start" label={t('Start')} value={start} disabled={disabled} change={(value) => editor.place({ start: value, end })} />
        <ExactNumber id="span-end" label={t('End')} value={end} disabled={disabled} change={(value) => editor.place({ start, end: value })} />
      </div>
    </details>
  )
}

function SelectedEntity({ editor, view, findings, markAll, entity }: PanelProps & { entity: Entity }) {
  const { hidden } = useCell(editor.state)
  const { uuid } = entity
  const place = placesOf(editor.store.get().annotations).get(uuid) ?? 0
  return (
    <>
      <div className="row">
        <h2>
          {number(place + 1)} <bdi>{displayOf(view, entity.label).display}</bdi>
        </h2>
        <span className="push" />
        <IconButton
          icon={hidden.has(uuid) ? 'eyeOff' : 'eye'}
          name={t('Not visible, key {key}', { key: 'N' })}
          pressed={hidden.has(uuid)}
          run={() => editor.toggleHidden(uuid)}
        />
        <IconButton
          icon="trash"
          name={t('Remove, key {key}', { key: 'Delete' })}
          disabled={!editor.editable}
          run={() => editor.remove(uuid)}
        />
      </div>
      <p className="quoted" dir="auto">
        {words(view, entity)}
      </p>
      {attributesOf(view, entity.label).map((attribute) => (
        <Field
          key={`${uuid}:${attribute.key}`}
          question={attribute}
          id={`attribute-${attribute.key}`}
          value={entity.attributes[attribute.key]}
          error={errorAt(findings, 'annotations', place, 'attributes', attribute.key)}
          disabled={!editor.editable}
          change={(value) => setAttribute(editor.store, uuid, attribute.key, value)}
        />
      ))}
      {view.relations.length > 0 && <Relations editor={editor} view={view} entity={entity} />}
      {editor.editable && (
        <button className="button" type="button" onClick={markAll}>
          {t('Mark all that read the same')} <kbd>M</kbd>
        </button>
      )}
      <Place key={uuid} editor={editor} entity={entity} />
    </>
  )
}

function Form({ name, children }: { name: string; children: ReactNode }) {
  return (
    <form className="attributes" aria-label={name} data-panel="attributes" onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  )
}

/** The selected object with its attributes and relations, or what is asked of the whole text while none is selected. */
export function ObjectPanel(props: PanelProps) {
  const { editor, view, findings } = props
  const document = useCell(editor.store)
  useCell(editor.state)
  const entity = editor.selected
  const globals = view.attributes.filter(({ global }) => global)
  if (entity) {
    return (
      <Form name={t('Attributes of the object')}>
        <SelectedEntity {...props} entity={entity} />
      </Form>
    )
  }
  if (globals.length === 0) return null
  return (
    <Form name={t('Attributes of the task')}>
      <h2>{t('Whole text')}</h2>
      {globals.map((attribute) => (
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
    </Form>
  )
}
