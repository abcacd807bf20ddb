import type { DocumentStore } from '../store/history'
import type { ToolId } from '../store/editor'
import { t } from '../store/i18n'
import { leaveFocus, useCell } from './hooks'
import { Icon, type IconName } from './icons'
import type { Shortcuts } from './shortcuts'

export interface ToolChoice {
  readonly id: ToolId
  readonly icon: IconName
  readonly title: string
}

export const TOOL_CHOICES: Readonly<Record<string, ToolChoice>> = {
  select: { id: 'select', icon: 'select', title: 'Select' },
  box: { id: 'box', icon: 'box', title: 'Box' },
  polygon: { id: 'polygon', icon: 'polygon', title: 'Polygon' },
  line: { id: 'line', icon: 'line', title: 'Line' },
  point: { id: 'point', icon: 'point', title: 'Point' },
  pan: { id: 'pan', icon: 'pan', title: 'Move the picture' },
}

interface ButtonProps {
  readonly icon: IconName
  readonly title: string
  readonly shortcut: string
  readonly pressed?: boolean
  readonly disabled?: boolean
  readonly run: () => void
}

export function ToolButton({ icon, title, shortcut, pressed, disabled, run }: ButtonProps) {
  const name = t('{action}, key {key}', { action: title, key: shortcut })
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      aria-pressed={pressed}
      aria-disabled={disabled || undefined}
      onMouseDown={leaveFocus}
      onClick={() => !disabled && run()}
    >
      <Icon name={icon} />
      <small aria-hidden="true">{shortcut}</small>
    </button>
  )
}

interface ToolsProps {
  readonly tools: readonly ToolChoice[]
  readonly current: ToolId | null
  readonly pick: (tool: ToolId) => void
  readonly zoom?: () => void
  readonly store: DocumentStore<object>
  readonly shortcuts: Shortcuts
  readonly editable: boolean
}

const said = (action: string, step: string | null): string => (step ? `${action}: ${t(step)}` : action)

export function Tools({ tools, current, pick, zoom, store, shortcuts, editable }: ToolsProps) {
  useCell(store)
  const { undo, redo } = store.history
  const key = (id: string): string => shortcuts.keysOf(id)[0] ?? ''
  return (
    <nav className="bench-tools" aria-label={t('Tools')} data-panel="tools">
      {tools.map(({ id, icon, title }) => (
        <ToolButton
          key={id}
          icon={icon}
          title={t(title)}
          shortcut={key(`tool.${id}`)}
          pressed={current === id}
          run={() => pick(id)}
        />
      ))}
      {zoom && <ToolButton icon="zoom" title={t('Zoom in')} shortcut={key('zoom.in')} run={zoom} />}
      {tools.length > 0 && editable && <hr />}
      {editable && (
        <>
          <ToolButton
            icon="undo"
            title={said(t('Undo'), undo)}
            shortcut={key('undo')}
            disabled={!undo}
            run={() => store.undo()}
          />
          <ToolButton
            icon="redo"
            title={said(t('Redo'), redo)}
            shortcut={key('redo')}
            disabled={!redo}
            run={() => store.redo()}
          />
        </>
      )}
    </nav>
  )
}
