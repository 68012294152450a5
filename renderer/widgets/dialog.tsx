import { type ReactNode, useEffect, useRef } from 'react'
import { useApp } from './app-context.ts'
import { IconButton } from './icon-button.tsx'

interface DialogProps {
  readonly title: string
  readonly className?: string
  readonly children: ReactNode
  /** The title is for screen readers only. */
  readonly bare?: boolean
}

/** A modal dialog: the browser's own, so focus is trapped, Esc closes, and focus goes back to where it was. */
export function Dialog({ title, className = '', children, bare = false }: DialogProps) {
  const app = useApp()
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  const close = (): void => app.dialogs.setState({ open: 'none' })
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click closes by the backdrop; Esc is the keyboard's way
    <dialog
      ref={element}
      className={`dialog ${className}`}
      aria-label={title}
      onCancel={event => {
        event.preventDefault()
        close()
      }}
      onClick={event => {
        if (event.target === element.current) close()
      }}
    >
      {!bare && (
        <header className="dialog-head">
          <h2>{title}</h2>
          <IconButton icon="close" label="Close" onClick={close} />
        </header>
      )}
      {children}
    </dialog>
  )
}
