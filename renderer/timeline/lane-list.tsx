import { useMemo } from 'react'
import { itemKinds, type Lane } from '../../src/core/lanes/lane.ts'
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
  const counts = new Map<number, number>()
  for (let item = 0; item < lane.items.count; item++) {
    const kind = lane.items.kind[item]!
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts]
    .map(([kind, count]) =>
      plural(count, itemKinds[kind]!, kind === itemKinds.indexOf('access') ? 'accesses' : undefined),
    )
    .join(', ')
}
