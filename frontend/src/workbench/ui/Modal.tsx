import { type ReactNode, useEffect, useId, useRef } from 'react'

interface ModalProps {
  readonly title: string
  readonly note?: string
  readonly children: ReactNode
  readonly foot?: ReactNode
  readonly size?: 'small' | 'large'
  /** Without it the dialog cannot be cancelled. */
  readonly close?: () => void
}

/** A native dialog: focus stays in it, Escape cancels, focus returns to where it was. */
export function Modal({ title, note, children, foot, size = 'small', close }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const shown = dialog.current
    const before = document.activeElement
    shown?.showModal()
    return () => {
      shown?.close()
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      data-size={size}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        close?.()
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {note && <p className="note">{note}</p>}
      </header>
      <div className="body">{children}</div>
      {foot && <footer>{foot}</footer>}
    </dialog>
  )
}
