import { ConfidenceWord, SeverityWord } from '../../widgets/severity.tsx'
import { CopyFinding } from './copy-finding.tsx'
import { Doubts } from './doubts.tsx'
import { EvidenceFor } from './evidence.tsx'
import { Figure } from './figure.tsx'
import { Gist } from './gist.tsx'
import { Impact } from './impact.tsx'
import { type CardProps, Part } from './part.tsx'
import { Remedy } from './remedy.tsx'
import { Reproduce } from './reproduce.tsx'
import { State } from './state.tsx'
import { Steps } from './steps.tsx'

/** The card of a finding: who did what to whom, shown, explained, weighed, and what to do about it. */
export function FindingCard({ session, finding }: CardProps) {
  const { text } = finding
  return (
    <article className="card" aria-label="Finding">
      <header className="card-head">
        <div className="card-words">
          <SeverityWord severity={finding.severity} />
          <ConfidenceWord confidence={finding.confidence} />
          {finding.product === 'predicted' && <span className="chip">can happen</span>}
          <span className="mono muted">{finding.detector}</span>
        </div>
        <h2>{text.title}</h2>
        <p className="card-explainer">{text.explainer}</p>
        <Gist session={session} finding={finding} />
      </header>
      <Figure session={session} finding={finding} />
      {text.rule && (
        <Part title="Rule broken">
          <p className="card-rule">{text.rule}</p>
        </Part>
      )}
      <Steps session={session} finding={finding} />
      <Impact session={session} finding={finding} />
      <Remedy finding={finding} />
      <EvidenceFor session={session} finding={finding} />
      <Doubts session={session} finding={finding} />
      <Reproduce key={finding.id} finding={finding} />
      <State session={session} finding={finding} />
      <CopyFinding finding={finding} />
    </article>
  )
}
