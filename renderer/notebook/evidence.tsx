import { evidencePlace } from '../../src/core/notebook/investigation.ts'
import type { Atom } from '../../src/core/notebook/note.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { addEvidence, dropEvidence, goToEvidence } from '../actions/investigate.ts'
import { lanesById } from '../state/lookup.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { instant } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'

interface EvidenceProps {
  readonly session: Session
  readonly atom: Atom
  /** Called before jumping to it: a dialog closes. */
  readonly onGo?: () => void
}

/** What an atom rests on: findings, spans, stretches of time. A click goes there. */
export function EvidenceList({ session, atom, onGo }: EvidenceProps) {
  const app = useApp()
  const display = useApps(
    ({ settings }) => settings,
    state => state.timeDisplay,
  )
  const words = (at: number): string => {
    const found = evidencePlace(session, atom.evidence[at]!)
    if (found.kind === 'finding') return found.finding.id
    if (found.kind === 'lost') return 'not in these files'
    const { lane, startNs } = found.place
    const time = instant(startNs, session.store.epochUnixNano, display)
    return [lanesById(session).get(lane)?.label, time].filter(Boolean).join(' · ')
  }
  return (
    <span className="evidence-chips">
      {atom.evidence.map((evidence, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: evidence has no other name
        <span className="evidence-chip" key={at}>
          <button
            type="button"
            className="link"
            title="Show in lanes"
            onClick={() => {
              onGo?.()
              goToEvidence(app, evidence)
            }}
          >
            {words(at)}
          </button>
          <button
            type="button"
            className="chip-drop"
            aria-label={`Remove evidence ${words(at)}`}
            onClick={() => dropEvidence(app, atom, at)}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      {!onGo && (
        <button
          type="button"
          className="link quiet-link"
          title="Adds the selected span, range or finding"
          onClick={() => addEvidence(app, atom)}
        >
          + evidence
        </button>
      )}
    </span>
  )
}
