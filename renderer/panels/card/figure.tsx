import { selectFinding } from '../../actions/select.ts'
import { useApp } from '../../widgets/app-context.ts'
import { duration } from '../../widgets/format.ts'
import { MiniLanes } from './mini-lanes.tsx'
import { type CardProps, When } from './part.tsx'

/** The decisive interval, how long the whole of it lasted, and the way to it. */
export function Figure({ session, finding }: CardProps) {
  const app = useApp()
  const lengthNs = finding.endNs - finding.startNs
  return (
    <figure className="card-figure">
      <MiniLanes session={session} finding={finding} />
      <figcaption>
        <span>
          {lengthNs > 0 ? `lasted ${duration(lengthNs)}, began at ` : 'at '}
          <When session={session} ns={finding.startNs} />
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
