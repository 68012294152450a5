import { SCOPE_NAME } from '../../src/core/convention/keys.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { annotate, link } from '../actions/annotate.ts'
import { startRule } from '../actions/rules.ts'
import { followToHolder, followToWaiter, zoomToItem } from '../actions/select.ts'
import { togglePath } from '../actions/show-path.ts'
import type { Item } from '../state/lookup.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { SmallButton } from '../widgets/small-button.tsx'

interface ItemActionsProps {
  readonly session: Session
  readonly item: Item
  /** Task it belongs to, -1 for none. */
  readonly task: number
}

/** What can be done with the selected item. */
export function ItemActions({ session, item, task }: ItemActionsProps) {
  const app = useApp()
  const linking = useApps(
    ({ notebook }) => notebook,
    state => state.linkFrom !== null,
  )
  return (
    <div className="card-actions">
      <SmallButton icon="note" onClick={() => annotate(app)} title="Note (Enter)">
        Note
      </SmallButton>
      <SmallButton icon="link" onClick={() => link(app)} title="Link from here; on another item: to here (L)">
        {linking ? 'Link to here' : 'Link from here'}
      </SmallButton>
      <SmallButton icon="fit" onClick={() => zoomToItem(app, item.ref)} title="Zoom (F F)">
        Zoom
      </SmallButton>
      {task >= 0 && (
        <SmallButton icon="path" onClick={() => togglePath(app)} title="Where the time of its task went (K)">
          Critical path
        </SmallButton>
      )}
      {item.row >= 0 && isOrdinary(session, item.row) && (
        <SmallButton
          icon="target"
          onClick={() => startRule(app, item.row)}
          title="Say what spans like this mean"
        >
          Treat as…
        </SmallButton>
      )}
      {item.kind === 'wait' && (
        <SmallButton icon="target" onClick={() => followToHolder(app)} title="To its holder (])">
          Who holds it
        </SmallButton>
      )}
      {item.kind === 'hold' && (
        <SmallButton icon="target" onClick={() => followToWaiter(app)} title="To who waits ([)">
          Who waited
        </SmallButton>
      )}
    </div>
  )
}

/** No recorder wrote it: what it means may be said by rule. */
function isOrdinary({ store }: Session, row: number): boolean {
  return store.strings[store.spans.scope[row]!] !== SCOPE_NAME
}
