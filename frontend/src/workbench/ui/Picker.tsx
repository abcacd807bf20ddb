import { t } from '../store/i18n'
import type { LabelChoice } from '../store/editor'
import { leaveFocus } from './hooks'

interface PickerProps {
  readonly title: string
  readonly whose: string
  readonly choices: readonly LabelChoice[]
  readonly current: string | null
  readonly disabled: boolean
  readonly choose: (name: string) => void
}

/** The number key of a label: its own, else its place. */
export const keyOfChoice = (choice: { hotkey: string | null }, place: number): string | null =>
  choice.hotkey ?? (place < 9 ? String(place + 1) : place === 9 ? '0' : null)

export function Picker({ title, whose, choices, current, disabled, choose }: PickerProps) {
  return (
    <div className="bench-labels">
      <div className="panel-head">
        <h2>{title}</h2>
        <span className="push faint">{whose}</span>
      </div>
      <div className="picker" role="group" aria-label={title}>
        {choices.map((choice, place) => {
          const key = keyOfChoice(choice, place)
          return (
            <button
              key={choice.name}
              type="button"
              aria-pressed={choice.name === current}
              aria-disabled={disabled || undefined}
              title={choice.display}
              onMouseDown={leaveFocus}
              onClick={() => !disabled && choose(choice.name)}
            >
              <span className="swatch" data-label={(choice.color % 8) + 1} />
              <span dir="auto">{choice.display}</span>
              {key !== null && <kbd>{key}</kbd>}
            </button>
          )
        })}
      </div>
      {choices.length === 0 && <p className="note bench-empty">{t('This project has no labels.')}</p>}
    </div>
  )
}
