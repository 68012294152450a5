import { useMemo } from 'react'
import { selectFinding } from '../../actions/select.ts'
import { useApp } from '../../widgets/app-context.ts'
import { duration, plural } from '../../widgets/format.ts'
import { MiniLanes } from './mini-lanes.tsx'
import { type CardProps, When } from './part.tsx'
import { pickMiniLanes } from './pick-mini-lanes.ts'

/** The decisive interval, how long the whole of it lasted, and the way to it. */
export function Figure({ session, finding }: CardProps) {
  const app = useApp()
  const { lanes, moreLanes, moreRows } = useMemo(() => pickMiniLanes(session, finding), [session, finding])
  // What concerns the files has no place in the lanes.
  if (lanes.length === 0) return null
  const more = [
    moreLanes > 0 ? plural(moreLanes, 'more lane') : '',
    moreRows > 0 ? `${plural(moreRows, 'more row')} of ${finding.subject.name}` : '',
  ].filter(Boolean)
  // As long as its last step: an answer comes after the write that spoiled it.
  const startNs = finding.steps.reduce((ns, { atNs }) => Math.min(ns, atNs), finding.startNs)
  const lengthNs = finding.steps.reduce((ns, { atNs }) => Math.max(ns, atNs), finding.endNs) - startNs
  return (
    <figure className="card-figure">
      <MiniLanes session={session} finding={finding} lanes={lanes} />
      <figcaption>
        <span>
          {lengthNs > 0 ? `lasted ${duration(lengthNs)}, began at ` : 'at '}
          <When session={session} ns={startNs} />
          {more.length > 0 && <span className="card-more">not drawn: {more.join(', ')}</span>}
        </span>
        <button
          type="button"
          className="link"
          onClick={() => selectFinding(app, finding.id)}
          title="Fly to the decisive interval"
        >
          Show in lanes
        </button>
      </figcaption>
    </figure>
  )
}
