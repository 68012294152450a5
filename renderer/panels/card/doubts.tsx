import type { Cleared, DetectorId } from '../../../src/core/detect/finding.ts'
import { EvidenceTable } from './evidence.tsx'
import { type CardProps, Part } from './part.tsx'

const MOST_CLEARED = 6
/** The recording itself rather than the program: one line for both. */
const recording: ReadonlySet<DetectorId> = new Set<DetectorId>(['import-loss', 'clock-suspect'])

/** What speaks against it, what else was looked at and ruled out, and what would settle it. */
export function Doubts({ session, finding }: CardProps) {
  const { cleared } = session.analysis
  const related = ruledOut(session, finding)
  const sound = cleared.filter(({ detector }) => recording.has(detector))
  return (
    <>
      {finding.against.length > 0 && (
        <Part title="What speaks against it">
          <EvidenceTable session={session} entries={finding.against} title="Evidence against" />
        </Part>
      )}
      {related.length + sound.length > 0 && (
        <Part title="Looked at and ruled out">
          <ul className="card-list">
            {related.slice(0, MOST_CLEARED).map(one => (
              <li key={`${one.subject} ${one.reason}`}>
                <b>{one.subject}</b>: {one.reason}
              </li>
            ))}
            {sound.length > 0 && <Recording checks={sound} />}
          </ul>
        </Part>
      )}
      {finding.missing.length > 0 && (
        <Part title="What would settle it">
          <ul className="card-list">
            {finding.missing.map(sentence => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Part>
      )}
    </>
  )
}

/** Of its own class, and of the classes of what it explains or what explains it: what else could have been the cause. */
function ruledOut({ analysis }: CardProps['session'], finding: CardProps['finding']): readonly Cleared[] {
  const { causes, cleared, findings } = analysis
  const linked = causes
    .filter(cause => cause.finding === finding.id || cause.explains.includes(finding.id))
    .flatMap(cause => [cause.finding, ...cause.explains])
  const family = [finding, ...findings.filter(({ id }) => linked.includes(id))]
  return cleared.filter(one => {
    const alike = family.filter(({ detector }) => detector === one.detector)
    // That most of a thing was in order, beside a finding about the rest of it, only confuses.
    return (
      alike.length > 0 && alike.every(({ id, subject }) => id === finding.id || subject.name !== one.subject)
    )
  })
}

const Recording = ({ checks }: { readonly checks: readonly Cleared[] }) => (
  <li>
    <b>the recording itself</b>: {checks.map(({ reason }) => reason).join('; ')}
  </li>
)
