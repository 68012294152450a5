import './search-box.css'
import { useEffect, useMemo, useRef, useState } from 'react'
import { type Completion, completeQuery } from '../../src/core/query/complete-query.ts'
import type { QueryProblem } from '../../src/core/query/query.ts'
import { goToNote } from '../actions/edit-notes.ts'
import { ask, rankOfSelected, searchOn, stepMatch } from '../actions/search.ts'
import { goToLane, selectFinding } from '../actions/select.ts'
import type { App } from '../state/app.ts'
import { type SearchResult, search } from '../state/search.ts'
import { useApp, useApps, useSession, useShownLanes } from '../widgets/app-context.ts'
import { count, plural } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'
import { IconButton } from '../widgets/icon-button.tsx'

function goToResult(app: App, { kind, target }: SearchResult): void {
  if (kind === 'finding') selectFinding(app, target)
  else if (kind === 'lane') goToLane(app, target)
  else goToNote(app, target)
}

interface Option {
  readonly id: string
  readonly kind: string
  readonly text: string
  readonly detail: string
  readonly choose: () => void
}

/** The query box: what is typed dims the rest at once, Enter hides lanes without matches and goes on from match to match. */
export function SearchBox() {
  const app = useApp()
  const input = useRef<HTMLInputElement>(null)
  const { active, query, problem } = useApps(
    app => app.search,
    state => state,
  )
  const [at, setAt] = useState(-1)
  const options = useOptions(query, active, input)

  useEffect(() => {
    if (active) {
      input.current?.focus()
      input.current?.select()
    } else input.current?.blur()
  }, [active])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another query starts at its own top
  useEffect(() => setAt(-1), [query])

  const open = active && query.trim() !== ''
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
        aria-invalid={problem !== null}
        {...(problem && { 'aria-describedby': 'search-problem' })}
        {...(open && at >= 0 && { 'aria-activedescendant': `result-${at}` })}
        placeholder="Search: words, role:hold dur>100ms …"
        spellCheck={false}
        value={query}
        onFocus={() => app.search.setState({ active: true })}
        onBlur={() => app.search.setState({ active: false })}
        onChange={event => ask(app, event.target.value)}
        onKeyDown={event => {
          const chosen = options[at]
          if (event.key === 'Enter' && chosen) chosen.choose()
          else if (event.key === 'Enter') searchOn(app, event.shiftKey ? -1 : 1)
          else if (event.key === 'Tab' && !event.shiftKey && options[0]?.kind === 'complete') {
            options[Math.max(0, at)]!.choose()
          } else if (event.key === 'ArrowDown') setAt(Math.min(options.length - 1, at + 1))
          else if (event.key === 'ArrowUp') setAt(Math.max(-1, at - 1))
          else return
          event.preventDefault()
        }}
      />
      {query === '' && !active && (
        <span className="search-key" aria-hidden="true">
          <kbd>/</kbd>
        </span>
      )}
      {query !== '' && <Found />}
      {open && (
        <div className="search-results">
          {problem && <ProblemText query={query} problem={problem} />}
          <div id="search-results" className="scroll" role="listbox" aria-label="Search results">
            {options.map(({ id, kind, text, detail, choose }, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the text box above has the keyboard
              // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the text box
              <div
                key={id}
                id={`result-${index}`}
                className="option"
                role="option"
                aria-selected={index === at}
                onPointerDown={event => event.preventDefault()}
                onClick={choose}
              >
                <span className="option-kind">{kind}</span>
                <span className="option-text">{text}</span>
                <span className="option-detail">{detail}</span>
              </div>
            ))}
          </div>
          <p className="search-hint">
            <kbd>Enter</kbd> only lanes with matches, then the next · <kbd>Tab</kbd> completes ·{' '}
            <kbd>Esc</kbd> shows all again
          </p>
        </div>
      )}
    </search>
  )
}

/** Completions of the word at the caret, then findings, lanes and notes of that name. */
function useOptions(
  query: string,
  active: boolean,
  input: React.RefObject<HTMLInputElement | null>,
): readonly Option[] {
  const app = useApp()
  const session = useSession()
  const notes = useApps(
    ({ notebook }) => notebook,
    state => state.notes,
  )
  return useMemo(() => {
    if (!session || !active) return []
    const accept = ({ from, to, text }: Completion): void => {
      ask(app, `${query.slice(0, from)}${text}${/[:>]$/.test(text) ? '' : ' '}${query.slice(to)}`)
    }
    const completions = completeQuery(session, query, input.current?.selectionEnd ?? query.length)
    return [
      ...completions.map(one => ({
        id: `complete ${one.text}`,
        kind: 'complete',
        text: one.text,
        detail: one.detail,
        choose: () => accept(one),
      })),
      ...search(session, notes, query).map(one => ({
        ...one,
        choose: () => {
          goToResult(app, one)
          app.search.setState({ active: false })
        },
      })),
    ]
  }, [app, session, notes, query, active, input])
}

/** How many matches, which one is selected, and the way to the others. */
function Found() {
  const app = useApp()
  const matches = useApps(
    app => app.search,
    state => state.matches,
  )
  const onlyMatching = useApps(
    app => app.search,
    state => state.onlyMatching,
  )
  const session = useSession()
  const lanes = useShownLanes()
  // The rank belongs to what is selected: rendered again with it.
  useApps(
    app => app.selection,
    state => state.selected,
  )
  if (!matches) return null
  const rank = rankOfSelected(app)
  return (
    <span className="search-found">
      <output
        aria-label="Matches"
        title={onlyMatching ? `${lanes.length} of ${session?.lanes.length} lanes` : ''}
      >
        {rank > 0 ? `${count(rank)} of ${count(matches.count)}` : plural(matches.count, 'match', 'matches')}
      </output>
      {[-1, 1].map(by => (
        <IconButton
          icon={by < 0 ? 'up' : 'down'}
          key={by}
          label={by < 0 ? 'Previous match' : 'Next match'}
          title={by < 0 ? 'Previous match (Ctrl Shift G)' : 'Next match (Ctrl G)'}
          disabled={matches.count === 0}
          onPointerDown={event => event.preventDefault()}
          onClick={() => stepMatch(app, by < 0 ? -1 : 1)}
        />
      ))}
    </span>
  )
}

/** The query with the wrong place underlined, and what is wrong with it. */
const ProblemText = ({ query, problem }: { readonly query: string; readonly problem: QueryProblem }) => {
  const { at, length, message } = problem
  return (
    <p className="search-problem" id="search-problem" role="status">
      <code>
        {query.slice(0, at)}
        <mark>{query.slice(at, at + length) || ' '}</mark>
        {query.slice(at + length)}
      </code>
      <span>{message}</span>
    </p>
  )
}
