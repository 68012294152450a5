import { SCOPE_NAME } from '../../src/core/convention/keys.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { annotate, link } from '../actions/annotate.ts'
import { startRule } from '../actions/rules.ts'
import { followToHolder, followToWaiter, zoomToItem } from '../actions/select.ts'
import { togglePath } from '../actions/show-path.ts'
import type { Item } from '../state/lookup.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { Icon } from '../widgets/icon.tsx'

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
      <button type="button" className="button small" onClick={() => annotate(app)} title="Note (Enter)">
        <Icon name="note" /> Note
      </button>
      <button
        type="button"
        className="button small"
        onClick={() => link(app)}
        title="Link from here; on another item: to here (L)"
      >
        <Icon name="link" /> {linking ? 'Link to here' : 'Link from here'}
      </button>
      <button
        type="button"
        className="button small"
        onClick={() => zoomToItem(app, item.ref)}
        title="Zoom (F F)"
      >
        <Icon name="fit" /> Zoom
      </button>
      {task >= 0 && (
        <button
          type="button"
          className="button small"
          onClick={() => togglePath(app)}
          title="Where the time of its task went (K)"
        >
          <Icon name="path" /> Critical path
        </button>
      )}
      {item.row >= 0 && isOrdinary(session, item.row) && (
        <button
          type="button"
          className="button small"
          onClick={() => startRule(app, item.row)}
          title="Say what spans like this mean"
        >
          <Icon name="target" /> Treat as…
        </button>
      )}
      {item.kind === 'wait' && (
        <button
          type="button"
          className="button small"
          onClick={() => followToHolder(app)}
          title="To its holder (])"
        >
          <Icon name="target" /> Who holds it
        </button>
      )}
      {item.kind === 'hold' && (
        <button
          type="button"
          className="button small"
          onClick={() => followToWaiter(app)}
          title="To who waits ([)"
        >
          <Icon name="target" /> Who waited
        </button>
      )}
    </div>
  )
}

/** No recorder wrote it: what it means may be said by rule. */
function isOrdinary({ store }: Session, row: number): boolean {
  return store.strings[store.spans.scope[row]!] !== SCOPE_NAME
}
