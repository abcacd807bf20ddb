import { useState } from 'react'
import { roundPx } from '../workbench/geometry/point'

interface NumberProps {
  readonly id: string
  readonly label: string
  readonly value: number
  readonly disabled: boolean
  readonly change: (value: number) => void
}

/** A number that is taken when its field is left or Enter is pressed, not with each digit. */
export function ExactNumber({ id, label, value, disabled, change }: NumberProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const take = (): void => {
    const next = Number(typed)
    if (typed !== null && typed.trim() !== '' && Number.isFinite(next) && next !== value) change(next)
    setTyped(null)
  }
  return (
    <label className="exact">
      <span>{label}</span>
      <input
        id={id}
        className="input"
        type="number"
        step="any"
        disabled={disabled}
        value={typed ?? String(roundPx(value))}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
            event.preventDefault()
            take()
          }
        }}
      />
    </label>
  )
}
