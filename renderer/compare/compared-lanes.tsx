import { useEffect, useMemo, useRef, useState } from 'react'
import { type AlignedLanes, alignLanes } from '../../src/core/compare/align-lanes.ts'
import type { ComparedFinding } from '../../src/core/compare/compare.ts'
import { findingRange } from '../../src/core/scene/finding-range.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { involvedLanes } from '../state/involved-lanes.ts'
import { findingOf } from '../state/shown.ts'
import { fontsReady } from '../timeline/measure-text.ts'
import { useApp } from '../widgets/app-context.ts'
import { duration } from '../widgets/format.ts'
import { LaneStrip } from './lane-strip.tsx'

const MOST_PAIRS = 6

interface ComparedLanesProps {
  readonly before: Session
  readonly after: Session
  readonly finding: ComparedFinding
}

/** The lanes that a finding is about, each of before above its twin of after, over the same stretch from the start. */
export function ComparedLanes({ before, after, finding }: ComparedLanesProps) {
  const app = useApp()
  const box = useRef<HTMLDivElement>(null)
  const [widthPx, setWidthPx] = useState(0)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidthPx(Math.floor(entry!.contentRect.width)))
    observer.observe(box.current!)
    void app.pending.track(fontsReady())
    return () => observer.disconnect()
  }, [app])
  const { pairs, startNs, endNs } = useMemo(
    () => involvedPairs(before, after, finding),
    [before, after, finding],
  )
  const ids = { before: finding.before[0]?.id ?? '', after: finding.after[0]?.id ?? '' }
  return (
    <section className="compare-lanes" aria-label="Lanes side by side" ref={box}>
      <p className="muted">
        {duration(startNs)} – {duration(endNs)} from the start of each recording; tasks begin together
      </p>
      {widthPx > 0 &&
        pairs.map(pair => (
          <div className="compare-pair" key={pair.before?.id ?? pair.after?.id}>
            {(['before', 'after'] as const).map(side => {
              const lane = pair[side]
              const session = side === 'before' ? before : after
              const shiftNs = side === 'after' ? taskShiftNs(pair) : 0
              return (
                <div key={side} className="compare-side">
                  <span className="overline">{side}</span>
                  {lane ? (
                    <LaneStrip
                      session={session}
                      lane={lane}
                      startNs={startNs + shiftNs}
                      endNs={endNs + shiftNs}
                      widthPx={widthPx - SIDE_PX}
                      finding={ids[side]}
                      side={side}
                    />
                  ) : (
                    <p className="muted">Nothing here that {pair.label} could be compared with</p>
                  )}
                </div>
              )
            })}
          </div>
        ))}
    </section>
  )
}

/** Room for the words before and after. */
const SIDE_PX = 56

/** Two runs start the same task at different times: after is drawn so that it begins where it began before. */
const taskShiftNs = ({ before, after }: AlignedLanes): number =>
  before?.kind === 'task' && after && before.items.count > 0 && after.items.count > 0
    ? after.items.startNs[0]! - before.items.startNs[0]!
    : 0

function involvedPairs(
  before: Session,
  after: Session,
  compared: ComparedFinding,
): { readonly pairs: readonly AlignedLanes[]; readonly startNs: number; readonly endNs: number } {
  const side = compared.before.length > 0 ? 'before' : 'after'
  const session = side === 'before' ? before : after
  const finding = findingOf(session, compared[side][0]!.id)!
  const mine = new Set(involvedLanes(session, finding))
  // Resources, loops and state first: they say the most; then what both have.
  const rank = (pair: AlignedLanes): number =>
    (pair[side]!.kind === 'task' ? 2 : 0) + (pair.before && pair.after ? 0 : 1)
  const pairs = alignLanes(before.lanes, after.lanes)
    .filter(pair => pair[side] !== null && mine.has(pair[side]))
    .toSorted((a, b) => rank(a) - rank(b))
  return { pairs: pairs.slice(0, MOST_PAIRS), ...findingRange(finding, session.store.durationNs) }
}
