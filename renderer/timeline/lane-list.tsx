import { useMemo } from 'react'
import { itemKinds, type Lane } from '../../src/core/lanes/lane.ts'
import { laneIndex } from '../../src/core/lanes/mipmap.ts'
import { useShownLanes } from '../widgets/app-context.ts'
import { plural } from '../widgets/format.ts'

/** More than this helps nobody who listens; the palette finds the rest. */
const MOST = 100

/** The text alternative of the canvas: which lanes there are and what is in them. */
export function LaneList() {
  const lanes = useShownLanes()
  const rows = useMemo(
    () => lanes.slice(0, MOST).map(lane => ({ id: lane.id, text: `${lane.label}: ${contents(lane)}` })),
    [lanes],
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
