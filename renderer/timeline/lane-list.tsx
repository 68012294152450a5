import { useMemo } from 'react'
import { itemKinds, type Lane } from '../../src/core/lanes/lane.ts'
import { laneIndex } from '../../src/core/lanes/mipmap.ts'
import { nestedText } from '../../src/core/scene/nested.ts'
import { useApps, useSession, useShownLanes } from '../widgets/app-context.ts'
import { plural } from '../widgets/format.ts'

/** More than this helps nobody who listens; the palette finds the rest. */
const MOST = 100

/** The text alternative of the canvas: which lanes there are and what is in them. */
export function LaneList() {
  const session = useSession()
  const lanes = useShownLanes()
  const opened = useApps(
    app => app.view,
    view => view.opened,
  )
  const rows = useMemo(
    () =>
      lanes.slice(0, MOST).map(lane => {
        const inside = session ? nestedText(session.lanes, lane) : ''
        const nested = inside && `; ${opened.has(lane.id) ? 'open' : 'opens'} into ${inside}`
        return { id: lane.id, text: `${lane.label}: ${contents(lane)}${nested}` }
      }),
    [session, lanes, opened],
  )
  return (
    <ul className="sr-only" aria-label="Lanes">
      {rows.map(row => (
        <li key={row.id}>{row.text}</li>
      ))}
      {lanes.length > MOST && <li>and {plural(lanes.length - MOST, 'more lane')}</li>}
    </ul>
  )
}

function contents(lane: Lane): string {
  const counts = itemKinds.map(() => 0)
  for (const { kind, order } of laneIndex(lane).tracks) counts[kind]! += order.length
  return itemKinds
    .flatMap((kind, code) => {
      const count = counts[code]!
      return count > 0 ? [plural(count, kind, kind === 'access' ? 'accesses' : undefined)] : []
    })
    .join(', ')
}
