import './inspector.css'
import { findingOf } from '../state/shown.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { FindingCard } from './card/finding-card.tsx'
import { ItemDetails } from './item-details.tsx'
import { PathList } from './path-list.tsx'
import { RangeDetails } from './range-details.tsx'
import { RuleEditor } from './rule-editor.tsx'

/** The selected finding's card, or what is selected in the lanes. */
export function Inspector() {
  const app = useApp()
  const session = useSession()
  const {
    finding: id,
    selected,
    range,
    pathOf,
    inspect,
  } = useApps(
    ({ selection }) => selection,
    state => state,
  )
  const finding = findingOf(session, id)
  const hasSelection = selected !== null || range !== null || pathOf >= 0
  const tab = inspect === 'selection' || !finding ? 'selection' : 'finding'
  const show = (next: 'finding' | 'selection'): void => app.selection.setState({ inspect: next })
  return (
    <section className="panel" aria-label="Inspector">
      <header className="panel-head">
        <div className="segments" role="tablist" aria-label="Inspector">
          <button
            type="button"
            role="tab"
            id="tab-finding"
            aria-controls="inspector-body"
            aria-selected={tab === 'finding'}
            disabled={!finding}
            onClick={() => show('finding')}
          >
            Finding{finding && ` ${finding.id}`}
          </button>
          <button
            type="button"
            role="tab"
            id="tab-selection"
            aria-controls="inspector-body"
            aria-selected={tab === 'selection'}
            onClick={() => show('selection')}
          >
            Selection
          </button>
        </div>
      </header>
      <div
        className="panel-body scroll"
        id="inspector-body"
        role="tabpanel"
        aria-labelledby={`tab-${tab}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long cards are read with the keyboard as well
        tabIndex={0}
      >
        <RuleEditor />
        {session && tab === 'finding' && finding && (
          <FindingCard key={finding.id} session={session} finding={finding} />
        )}
        {session && tab === 'selection' && pathOf >= 0 && <PathList session={session} task={pathOf} />}
        {session && tab === 'selection' && range && <RangeDetails session={session} range={range} />}
        {session && tab === 'selection' && selected && <ItemDetails session={session} selected={selected} />}
        {tab === 'selection' && !hasSelection && (
          <p className="panel-empty">
            Click anything in the lanes to see what it is, or drag over them to select a stretch of time.
          </p>
        )}
      </div>
    </section>
  )
}
