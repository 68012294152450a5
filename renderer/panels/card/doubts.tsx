import type { Cleared, DetectorId } from '../../../src/core/detect/finding.ts'
import { EvidenceTable } from './evidence.tsx'
import { type CardProps, Part } from './part.tsx'

const MOST_CLEARED = 6
/** The recording itself rather than the program: one line for both. */
const recording: ReadonlySet<DetectorId> = new Set<DetectorId>(['import-loss', 'clock-suspect'])

/** What speaks against it, what else was looked at and ruled out, and what would settle it. */
export function Doubts({ session, finding }: CardProps) {
  const { cleared, findings } = session.analysis
  // Of a class that was found elsewhere, what was in order says nothing about this one.
  const found = new Set(findings.filter(({ id }) => id !== finding.id).map(({ detector }) => detector))
  const related = cleared.filter(
    ({ detector }) =>
      !recording.has(detector) &&
      (detector === finding.detector || (cleared.length <= MOST_CLEARED && !found.has(detector))),
  )
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

const Recording = ({ checks }: { readonly checks: readonly Cleared[] }) => (
  <li>
    <b>the recording itself</b>: {checks.map(({ reason }) => reason).join('; ')}
  </li>
)
