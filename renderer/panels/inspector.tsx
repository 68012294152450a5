import './inspector.css'
import { findingOf } from '../state/shown.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { type Tab, TabPanel, Tabs } from '../widgets/tabs.tsx'
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
  const tabs: readonly Tab<'finding' | 'selection'>[] = [
    { id: 'finding', title: finding ? `Finding ${finding.id}` : 'Finding', disabled: !finding },
    { id: 'selection', title: 'Selection' },
  ]
  return (
    <section className="panel" aria-label="Inspector">
      <header className="panel-head">
        <Tabs
          label="Inspector"
          chosen={tab}
          tabs={tabs}
          onChoose={inspect => app.selection.setState({ inspect })}
        />
      </header>
      <TabPanel label="Inspector" chosen={tab} className="panel-body" scrolls>
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
      </TabPanel>
    </section>
  )
}
