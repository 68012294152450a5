import { type ReactNode, useMemo } from 'react'
import type { Evidence, Finding } from '../../src/core/detect/finding.ts'
import { whatIfText } from '../../src/core/report/quantity.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { spanName } from '../../src/core/store/store.ts'
import { putPlayhead } from '../actions/playback.ts'
import { goToItem, selectFinding } from '../actions/select.ts'
import { FindingFacts } from '../notebook/finding-facts.tsx'
import type { App } from '../state/app.ts'
import { itemOfRow, taskLabel } from '../state/lookup.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { duration, instant, percent, plural, quantity } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'
import { ConfidenceWord, SeverityWord } from '../widgets/severity.tsx'
import { TaskName } from '../widgets/task-name.tsx'
import { CopyFinding } from './copy-finding.tsx'
import { MiniLanes } from './mini-lanes.tsx'
import { Reproduce } from './reproduce.tsx'

interface CardProps {
  readonly session: Session
  readonly finding: Finding
}

/** The card of a finding: who did what to whom, shown, explained, weighed, and what to do about it. */
export function FindingCard({ session, finding }: CardProps) {
  const app = useApp()
  const { text, evidence, against, missing } = finding
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

      <figure className="card-figure">
        <MiniLanes session={session} finding={finding} />
        <figcaption>
          <span>
            {duration(finding.endNs - finding.startNs)} · <When session={session} ns={finding.startNs} />
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

      {text.rule && (
        <Part title="Rule broken">
          <p className="card-rule">{text.rule}</p>
        </Part>
      )}
      {finding.steps.length > 0 && <Steps session={session} finding={finding} />}
      <Impact session={session} finding={finding} />
      {evidence.length > 0 && <EvidenceList title="Evidence" session={session} entries={evidence} />}
      <Against session={session} finding={finding} entries={against} />
      {missing.length > 0 && (
        <Part title="What would settle it">
          <ul className="card-list">
            {missing.map(sentence => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Part>
      )}
      <Remedy finding={finding} />
      <Reproduce key={finding.id} finding={finding} />
      <State session={session} finding={finding} />
      <CopyFinding finding={finding} />
    </article>
  )
}

/** Who did it, what cures it, and what else that cures: for those who read no further. */
function Gist({ session, finding }: CardProps) {
  const app = useApp()
  const { culprit, text } = finding
  const explains = explainedBy(session, finding)
  return (
    <dl className="facts">
      {culprit.site && (
        <>
          <dt>Culprit</dt>
          <dd className="mono">{culprit.sites.slice(0, 2).join('\n') || culprit.site}</dd>
        </>
      )}
      {text.remedy.primitive && (
        <>
          <dt>Fix</dt>
          <dd>
            <b>{text.remedy.primitive}</b>
          </dd>
        </>
      )}
      {explains.length > 0 && (
        <>
          <dt>Explains</dt>
          <dd className="row-links">
            {explains.map(({ id, detector, subject }) => (
              <button key={id} type="button" className="link" onClick={() => selectFinding(app, id)}>
                {id} {detector} of {subject.name}
              </button>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}

/** Findings that are over when this one is cured. */
function explainedBy({ analysis }: Session, { id }: Finding): readonly Finding[] {
  const explained = analysis.causes.find(({ finding }) => finding === id)?.explains ?? []
  return analysis.findings.filter(finding => explained.includes(finding.id))
}

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="card-part" aria-label={title}>
    <h3 className="overline">{title}</h3>
    {children}
  </section>
)

function When({
  session,
  ns,
  stepNs = 1e6,
}: {
  readonly session: Session
  readonly ns: number
  readonly stepNs?: number
}) {
  const display = useApps(
    app => app.settings,
    state => state.timeDisplay,
  )
  return <>{instant(ns, session.store.epochUnixNano, display, stepNs)}</>
}

function Steps({ session, finding }: CardProps) {
  const app = useApp()
  const first = finding.steps[0]!.atNs
  return (
    <Part title="What happened">
      <ol className="steps">
        {finding.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps never move
          <li key={index}>
            <button type="button" onClick={() => showStep(app, session, step.atNs, step.row)}>
              <span className="step-time">
                {index === 0 ? (
                  <When session={session} ns={step.atNs} stepNs={1e5} />
                ) : (
                  `+${duration(step.atNs - first)}`
                )}
              </span>
              <span className="step-task">
                {step.task >= 0 && <TaskName session={session} task={step.task} />}
              </span>
              <span className="step-event">
                {step.event}
                {step.value && <span className="mono"> {step.value}</span>}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </Part>
  )
}

function showStep(app: App, session: Session, atNs: number, row: number): void {
  const ref = itemOfRow(session, row)
  const { finding } = app.selection.getState()
  if (ref) goToItem(app, ref)
  app.selection.setState({ finding, inspect: 'finding' })
  putPlayhead(app, atNs)
}

function Impact({ session, finding }: CardProps) {
  const { victims, culprit } = finding
  return (
    <Part title="Impact">
      <dl className="facts">
        {victims.count > 0 && (
          <>
            <dt>Victims</dt>
            <dd>
              {plural(victims.count, 'task')}
              {victims.totalWaitNs > 0 && <>, {duration(victims.totalWaitNs)} of waiting together</>}
              <RowLinks session={session} rows={victims.rows} />
            </dd>
          </>
        )}
        {culprit.site && (
          <>
            <dt>Culprit</dt>
            <dd className="mono">
              {culprit.sites.length > 0 ? culprit.sites.join('\n') : culprit.site}
              <RowLinks session={session} rows={culprit.rows} />
            </dd>
          </>
        )}
        <dt>First, last</dt>
        <dd>
          <When session={session} ns={finding.startNs} /> – <When session={session} ns={finding.endNs} />
        </dd>
      </dl>
    </Part>
  )
}

const MOST_LINKS = 4

function RowLinks({ session, rows }: { readonly session: Session; readonly rows: readonly number[] }) {
  const app = useApp()
  const links = useMemo(
    () => rows.slice(0, MOST_LINKS).flatMap(row => (itemOfRow(session, row) ? [row] : [])),
    [session, rows],
  )
  if (links.length === 0) return null
  return (
    <span className="row-links">
      {links.map(row => (
        <button
          key={row}
          type="button"
          className="link"
          onClick={() => goToItem(app, itemOfRow(session, row)!)}
        >
          {labelOfRow(session, row)}
        </button>
      ))}
      {rows.length > links.length && <span className="muted">and {rows.length - links.length} more</span>}
    </span>
  )
}

/** Whose span it is says more than what the span is called. */
function labelOfRow(session: Session, row: number): string {
  const task = session.model.taskOfSpan[row] ?? -1
  return task >= 0 ? taskLabel(session, task) : spanName(session.store, row)
}

interface EvidenceListProps {
  readonly title: string
  readonly session: Session
  readonly entries: readonly Evidence[]
}

const EvidenceList = ({ title, session, entries }: EvidenceListProps) => (
  <Part title={title}>
    <EvidenceTable session={session} entries={entries} title={title} />
  </Part>
)

function EvidenceTable({ session, entries, title }: EvidenceListProps) {
  const app = useApp()
  return (
    <table className="evidence" aria-label={title}>
      <tbody>
        {entries.map(({ label, value, unit, row }) => (
          <tr key={`${label} ${value} ${row}`}>
            <th scope="row">{label}</th>
            <td>{quantity(value, unit)}</td>
            <td>
              {itemOfRow(session, row) && (
                <button
                  type="button"
                  className="icon-button tiny"
                  aria-label={`Show ${label}`}
                  title="Show in lanes"
                  onClick={() => goToItem(app, itemOfRow(session, row)!)}
                >
                  <Icon name="target" />
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Evidence against it, and what of its kind was looked at and ruled out. */
function Against({ session, finding, entries }: CardProps & { readonly entries: readonly Evidence[] }) {
  const { cleared } = session.analysis
  const related = cleared.filter(({ detector }) => detector === finding.detector || cleared.length <= 6)
  if (entries.length === 0 && related.length === 0) return null
  return (
    <Part title="Against it, and ruled out">
      {entries.length > 0 && <EvidenceTable session={session} entries={entries} title="Evidence against" />}
      {related.length > 0 && (
        <ul className="card-list">
          {related.slice(0, 6).map(({ subject, reason }) => (
            <li key={`${subject} ${reason}`}>
              <b>{subject}</b>: {reason}
            </li>
          ))}
        </ul>
      )}
    </Part>
  )
}

function Remedy({ finding }: { readonly finding: Finding }) {
  const { primitive, why, whatIf } = finding.text.remedy
  if (!primitive) return null
  const numbers = Object.entries(whatIf).map(([name, value]) => whatIfText(name, value))
  return (
    <section className="card-part remedy" aria-label="Remedy">
      <h3 className="overline">Remedy</h3>
      <p className="remedy-primitive">{primitive}</p>
      <p>{why}</p>
      {numbers.length > 0 && (
        <dl className="what-if" aria-label="What if">
          {numbers.map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

function State({ session, finding }: CardProps) {
  const app = useApp()
  const cause = session.analysis.causes.find(({ finding: id }) => id === finding.id)
  const explained = session.analysis.causes.find(
    ({ finding: id, explains }) => id !== finding.id && explains.includes(finding.id),
  )
  return (
    <Part title="State">
      <dl className="facts">
        <FindingFacts finding={finding} />
        {cause && cause.share > 0 && (
          <>
            <dt>Share</dt>
            <dd>{percent(cause.share)} of the blamed wait</dd>
          </>
        )}
        {explained && (
          <>
            <dt>Explained by</dt>
            <dd>
              <button type="button" className="link" onClick={() => selectFinding(app, explained.finding)}>
                {explained.finding}
              </button>
            </dd>
          </>
        )}
      </dl>
    </Part>
  )
}
