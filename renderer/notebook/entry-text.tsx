import { lazy, Suspense, useEffect, useRef } from 'react'
import { finishNote, typeInto } from '../actions/edit-notes.ts'
import { useApp } from '../widgets/app-context.ts'

/** Comes with the first note; until then its text stands there as it was typed. */
const Markdown = lazy(() => import('react-markdown'))

/** Markdown without raw HTML, and without pictures: nothing in a note may run or reach for the network. */
export const EntryText = ({ text }: { readonly text: string }) =>
  text.trim() === '' ? (
    <p className="note-text muted">No text</p>
  ) : (
    <div className="note-text">
      <Suspense fallback={text}>
        <Markdown
          disallowedElements={['img']}
          components={{
            a: ({ href, children }) => (
              <a href={href} target="_blank" rel="noreferrer noopener">
                {children}
              </a>
            ),
          }}
        >
          {text}
        </Markdown>
      </Suspense>
    </div>
  )

interface EditorProps {
  readonly text: string
  readonly label: string
  readonly placeholder: string
}

/** The text box of the note or atom that is being edited. */
export function EntryEditor({ text, label, placeholder }: EditorProps) {
  const app = useApp()
  const box = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    const element = box.current!
    element.scrollIntoView({ block: 'nearest' })
    element.focus()
    element.setSelectionRange(element.value.length, element.value.length)
  }, [])
  const finish = (): void => {
    const row = box.current?.closest('li')
    finishNote(app)
    // A row of the investigation keeps the focus, so that its verdict is one Tab away; a note gives it to the lanes.
    const next = row?.matches('.atom') ? row.id : ''
    requestAnimationFrame(() =>
      (
        (next && document.getElementById(next)?.querySelector<HTMLElement>('select, button')) ||
        document.querySelector<HTMLElement>('.lanes-canvas')
      )?.focus({ preventScroll: true }),
    )
  }
  return (
    <>
      <textarea
        ref={box}
        className="note-box"
        aria-label={label}
        placeholder={placeholder}
        rows={3}
        value={text}
        onChange={event => typeInto(app, event.target.value)}
        onBlur={() => finishNote(app)}
        onKeyDown={event => {
          const done = event.key === 'Escape' || (event.key === 'Enter' && !event.shiftKey)
          if (!done || event.nativeEvent.isComposing) return
          event.preventDefault()
          event.stopPropagation()
          finish()
        }}
      />
      <span className="note-hint">
        <kbd>Enter</kbd> done · <kbd>Shift Enter</kbd> new line
      </span>
    </>
  )
}
