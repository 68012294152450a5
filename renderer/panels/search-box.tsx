import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { goToNote } from '../actions/annotate.ts'
import { goToItem, goToLane, selectFinding } from '../actions/select.ts'
import type { App } from '../state/app.ts'
import { type SearchResult, search } from '../state/search.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { Icon } from '../widgets/icon.tsx'

export function goToResult(app: App, { target }: SearchResult): void {
  if (target.to === 'finding') selectFinding(app, target.finding)
  else if (target.to === 'lane') goToLane(app, target.lane)
  else if (target.to === 'note') goToNote(app, target.note)
  else goToItem(app, target.ref)
}

/** Search over everything that has a name. Enter goes to the result and on to the next one; Shift+Enter back. */
export function SearchBox() {
  const app = useApp()
  const session = useSession()
  const input = useRef<HTMLInputElement>(null)
  const { searching, query } = useApps(
    ({ dialogs }) => dialogs,
    state => state,
  )
  const notes = useApps(
    ({ notebook }) => notebook,
    state => state.notes,
  )
  const deferred = useDeferredValue(query)
  const results = useMemo(() => (session ? search(session, notes, deferred) : []), [session, notes, deferred])
  const [at, setAt] = useState(-1)

  useEffect(() => {
    if (searching) {
      input.current?.focus()
      input.current?.select()
    } else input.current?.blur()
  }, [searching])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another query starts at its own top
  useEffect(() => setAt(-1), [query])

  const close = (): void => app.dialogs.setState({ searching: false })
  const go = (to: number): void => {
    const result = results[(to + results.length) % results.length]
    if (!result) return
    setAt((to + results.length) % results.length)
    goToResult(app, result)
  }
  const open = searching && query.trim() !== ''

  return (
    <search className="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Search"
        aria-expanded={open}
        aria-controls="search-results"
        aria-autocomplete="list"
        {...(open && at >= 0 && { 'aria-activedescendant': `result-${at}` })}
        placeholder="Search tasks, resources, spans, ids…"
        value={query}
        onFocus={() => app.dialogs.setState({ searching: true })}
        onBlur={close}
        onChange={event => app.dialogs.setState({ query: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Enter') go(event.shiftKey ? at - 1 : at + 1)
          else if (event.key === 'ArrowDown') setAt(Math.min(results.length - 1, at + 1))
          else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1))
          else return
          event.preventDefault()
        }}
      />
      {!searching && (
        <span className="search-key" aria-hidden="true">
          <kbd>/</kbd>
        </span>
      )}
      {open && (
        <div id="search-results" className="search-results scroll" role="listbox" aria-label="Search results">
          {results.length === 0 && <div className="search-empty">Nothing is called “{query.trim()}”</div>}
          {results.map((result, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the text box above has the keyboard
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the text box
            <div
              key={result.id}
              id={`result-${index}`}
              className="option"
              role="option"
              aria-selected={index === at}
              onPointerDown={event => event.preventDefault()}
              onClick={() => {
                go(index)
                close()
              }}
            >
              <span className="option-kind">{result.kind}</span>
              <span className="option-text">{result.text}</span>
              <span className="option-detail">{result.detail}</span>
            </div>
          ))}
        </div>
      )}
    </search>
  )
}
