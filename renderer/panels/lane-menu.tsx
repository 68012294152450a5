import './lane-menu.css'
import { useShallow } from 'zustand/shallow'
import { type LaneOrder, laneOrders } from '../state/lane-choice.ts'
import { useApp, useApps, useSession, useShownLanes } from '../widgets/app-context.ts'
import { count, plural } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'

const orderNames: Record<LaneOrder, string> = {
  found: 'Findings first',
  start: 'Start',
  longest: 'Longest item',
  waited: 'Time waited',
  name: 'Name',
}

/** How many lanes are shown; opens what chooses and orders them. */
export function LaneMenu() {
  const app = useApp()
  const session = useSession()
  const shown = useShownLanes().length
  const { laneFilter, laneOrder, onlyInvolved, pinned } = useApps(
    ({ view }) => view,
    // Not the window: panning must not come here.
    useShallow(({ laneFilter, laneOrder, onlyInvolved, pinned }) => ({
      laneFilter,
      laneOrder,
      onlyInvolved,
      pinned,
    })),
  )
  const { matches, onlyMatching } = useApps(
    app => app.search,
    state => state,
  )
  const total = session?.lanes.length ?? 0
  return (
    <>
      <button type="button" popoverTarget="lane-menu" title="Choose and order lanes">
        <Icon name="filter" />
        {shown === total ? plural(total, 'lane') : `${count(shown)} of ${plural(total, 'lane')}`}
      </button>
      <div id="lane-menu" popover="auto" className="lane-menu" role="dialog" aria-label="Lanes shown">
        <label>
          <span>Name contains</span>
          <input
            type="text"
            value={laneFilter}
            spellCheck={false}
            onChange={event => app.view.setState({ laneFilter: event.target.value, scrollPx: 0 })}
          />
        </label>
        <label>
          <span>Order in a group</span>
          <select
            value={laneOrder}
            onChange={event => app.view.setState({ laneOrder: event.target.value as LaneOrder, scrollPx: 0 })}
          >
            {laneOrders.map(order => (
              <option key={order} value={order}>
                {orderNames[order]}
              </option>
            ))}
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={onlyInvolved}
            onChange={() => app.view.setState({ onlyInvolved: !onlyInvolved, scrollPx: 0 })}
          />
          <span>
            Only lanes of the finding <kbd>V</kbd>
          </span>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={onlyMatching}
            disabled={!matches}
            onChange={() => app.search.setState({ onlyMatching: !onlyMatching })}
          />
          <span>Only lanes with matches</span>
        </label>
        <div className="lane-menu-actions">
          <button
            type="button"
            className="button small"
            onClick={() => app.view.setState({ collapsed: new Set(session?.lanes.map(lane => lane.id)) })}
          >
            Collapse all
          </button>
          <button
            type="button"
            className="button small"
            onClick={() => app.view.setState({ collapsed: new Set() })}
          >
            Expand all
          </button>
          {pinned.size > 0 && (
            <button
              type="button"
              className="button small"
              onClick={() => app.view.setState({ pinned: new Set() })}
            >
              Unpin {plural(pinned.size, 'lane')}
            </button>
          )}
        </div>
        <p className="muted">
          <kbd>P</kbd> pins the lane of the selection; <kbd>Ctrl P</kbd> jumps to a lane.
        </p>
      </div>
    </>
  )
}
