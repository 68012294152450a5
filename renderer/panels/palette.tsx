import './palette.css'
import { useEffect, useMemo, useRef, useState } from 'react'
import { runCommand } from '../actions/run-command.ts'
import { goToLane } from '../actions/select.ts'
import type { App } from '../state/app.ts'
import { bindingsOf } from '../state/key-presets.ts'
import { sessionNow } from '../state/shown.ts'
import { useApp } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'

interface Entry {
  readonly id: string
  readonly text: string
  readonly detail: string
  readonly run: () => void
}

const MOST = 80

/** Every command (Ctrl+Shift+P) or every lane (Ctrl+P) by a few letters of its name. */
export function Palette({ mode }: { readonly mode: 'palette' | 'lanes' }) {
  const app = useApp()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const all = useMemo(() => (mode === 'lanes' ? laneEntries(app) : commandEntries(app)), [app, mode])
  const shown = useMemo(() => matching(all, query), [all, query])
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const run = (entry: Entry | undefined): void => {
    app.dialogs.setState({ open: 'none' })
    entry?.run()
  }
  const title = mode === 'lanes' ? 'Jump to lane' : 'Commands'
  return (
    <Dialog title={title} className="palette" bare>
      <input
        autoFocus
        className="palette-input"
        role="combobox"
        aria-label={title}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={`palette-${at}`}
        placeholder={mode === 'lanes' ? 'Lane, service or task…' : 'Command…'}
        value={query}
        onChange={event => {
          setQuery(event.target.value)
          setAt(0)
        }}
        onKeyDown={event => {
          if (event.key === 'ArrowDown') setAt(Math.min(shown.length - 1, at + 1))
          else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1))
          else if (event.key === 'Enter') run(shown[at])
          else return
          event.preventDefault()
        }}
      />
      <div id="palette-list" className="palette-list scroll" role="listbox" aria-label={title} ref={list}>
        {shown.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text box above has the keyboard
          // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the text box
          <div
            key={entry.id}
            id={`palette-${index}`}
            className="option"
            role="option"
            aria-selected={index === at}
            onClick={() => run(entry)}
          >
            <span className="option-text">{entry.text}</span>
            <span className="option-detail">{entry.detail}</span>
          </div>
        ))}
        {shown.length === 0 && <div className="search-empty">Nothing matches</div>}
      </div>
    </Dialog>
  )
}

const commandEntries = (app: App): readonly Entry[] =>
  bindingsOf(app.settings.getState().keyPreset).map(({ id, title, keys }) => ({
    id,
    text: title,
    detail: keys.join('  '),
    run: () => runCommand(app, id),
  }))

const laneEntries = (app: App): readonly Entry[] =>
  (sessionNow(app)?.lanes ?? []).map(({ id, label, group }) => ({
    id,
    text: label,
    detail: group,
    run: () => goToLane(app, id),
  }))

/** All words must occur; what begins with the query comes first. */
function matching(entries: readonly Entry[], query: string): readonly Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found = entries.filter(({ text, detail }) => {
    const whole = `${text} ${detail}`.toLowerCase()
    return words.every(word => whole.includes(word))
  })
  const first = query.trim().toLowerCase()
  return found
    .toSorted(
      (a, b) =>
        Number(b.text.toLowerCase().startsWith(first)) - Number(a.text.toLowerCase().startsWith(first)),
    )
    .slice(0, MOST)
}
