import './findings-panel.css'
import { type KeyboardEvent, useMemo } from 'react'
import { groupAlike } from '../../src/core/compare/alike.ts'
import type { Analysis, Finding } from '../../src/core/detect/finding.ts'
import { takeOverCleared } from '../actions/investigate.ts'
import { selectFinding } from '../actions/select.ts'
import { useApp, useApps, useSession } from '../widgets/app-context.ts'
import { ChecklistAnswer } from '../widgets/checklist-answer.tsx'
import { count, duration, percent, plural } from '../widgets/format.ts'
import { ConfidenceWord, SeverityWord } from '../widgets/severity.tsx'
import { BlameList } from './blame-list.tsx'
import { nothingFound, unanswered } from './nothing-found.ts'

/** What Interleave concluded, causes first; and what it looked at and found in order. */
export function FindingsPanel() {
  const app = useApp()
  const session = useSession()
  const chosen = useApps(
    ({ selection }) => selection,
    state => state.finding,
  )
  const sections = useMemo(() => (session ? sectionsOf(session.analysis) : []), [session])
  if (!session) return null
  const { findings, cleared, checklist, blame } = session.analysis
  // Of findings of one defect the one that is looked at stands for all, else the first.
  const shownOf = (defect: Defect): Finding => defect.find(({ id }) => id === chosen) ?? defect[0]
  const shown = sections.flatMap(section => section.defects.map(shownOf))

  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const at = shown.findIndex(finding => finding.id === chosen)
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))]
    if (!next) return
    selectFinding(app, next.id)
    document.getElementById(`finding-${next.id}`)?.focus()
  }

  return (
    <section className="panel" aria-labelledby="findings-heading">
      <header className="panel-head">
        <h2 id="findings-heading">Findings</h2>
        <span className="panel-count">{shown.length}</span>
        <span className="spacer" />
        {shown.length > 0 && (
          <span className="muted hint">
            <kbd>N</kbd> next
          </span>
        )}
      </header>
      <div className="panel-body scroll">
        {findings.length === 0 && <p className="panel-empty">{nothingFound(session.analysis)}</p>}
        <div role="listbox" aria-label="Findings" tabIndex={-1} onKeyDown={onKeyDown}>
          {sections.map(section => (
            // biome-ignore lint/a11y/useSemanticElements: groups of options, not form fields
            <div key={section.title} role="group" aria-label={section.title}>
              <div aria-hidden="true" className="findings-group overline">
                {section.title}
              </div>
              {someOf(section.defects).map(some => (
                <div key={some[0]![0].id} className="findings-some" role="none">
                  {some.map(defect => {
                    const finding = shownOf(defect)
                    return (
                      <FindingRow
                        key={finding.id}
                        finding={finding}
                        others={defect.length - 1}
                        note={section.notes.get(finding.id) ?? ''}
                        chosen={finding.id === chosen}
                        tabbable={
                          finding.id === chosen ||
                          (finding === shown[0] && !shown.some(one => one.id === chosen))
                        }
                        onChoose={() => selectFinding(app, finding.id)}
                      />
                    )
                  })}
                </div>
              ))}
            </div>
          ))}
        </div>
        <BlameList blame={blame} />
        {cleared.length > 0 && (
          <details className="cleared" open={findings.length === 0}>
            <summary>
              <span className="overline">Ruled out</span>{' '}
              <span className="panel-count">{cleared.length}</span>
            </summary>
            <ul aria-label="Ruled out">
              {cleared.map(one => (
                <li key={`${one.detector} ${one.subject} ${one.reason}`}>
                  <span className="cleared-subject">{one.subject}</span>
                  <span>{one.reason}</span>
                  <span className="muted mono">{one.detector}</span>
                  <button type="button" className="link" onClick={() => takeOverCleared(app, one)}>
                    Take over
                  </button>
                </li>
              ))}
            </ul>
          </details>
        )}
        {checklist.length > 0 && (
          <details className="cleared" open={findings.length === 0 && unanswered(session.analysis) > 0}>
            <summary>
              <span className="overline">Checklist</span>{' '}
              <span className="panel-count">{checklist.length}</span>
            </summary>
            <ul aria-label="Checklist">
              {checklist.map(({ item, state, why }) => (
                <li key={item}>
                  <span className="cleared-subject">{item}</span>
                  <ChecklistAnswer state={state} why={why} />
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </section>
  )
}

const SOME = 10

/** Rows that are laid out together once they come into sight. The browser watches every such part in every frame: not each row. */
const someOf = (defects: readonly Defect[]): readonly (readonly Defect[])[] =>
  Array.from({ length: Math.ceil(defects.length / SOME) }, (_, at) =>
    defects.slice(at * SOME, (at + 1) * SOME),
  )

interface FindingRowProps {
  readonly finding: Finding
  /** How many more findings tell of the same defect. */
  readonly others: number
  readonly note: string
  readonly chosen: boolean
  readonly tabbable: boolean
  readonly onChoose: () => void
}

function FindingRow({ finding, others, note, chosen, tabbable, onChoose }: FindingRowProps) {
  const { id, severity, confidence, text, victims, subject } = finding
  return (
    <button
      type="button"
      id={`finding-${id}`}
      role="option"
      aria-selected={chosen}
      tabIndex={tabbable ? 0 : -1}
      className={`finding-row ${severity}`}
      onClick={onChoose}
    >
      <span className="finding-top">
        <SeverityWord severity={severity} />
        <ConfidenceWord confidence={confidence} />
        <span className="finding-id">{id}</span>
      </span>
      <span className="finding-title">{text.title}</span>
      <span className="finding-facts">
        <span className="mono">{subject.name}</span>
        {others > 0 && <span>and {count(others)} alike</span>}
        {victims.count > 0 && (
          <span>
            {plural(victims.count, 'victim')}
            {victims.totalWaitNs > 0 && ` · ${duration(victims.totalWaitNs)}`}
          </span>
        )}
        {note && <span className="finding-note">{note}</span>}
      </span>
    </button>
  )
}

type Defect = readonly [Finding, ...Finding[]]

interface Section {
  readonly title: string
  readonly defects: readonly Defect[]
  readonly notes: ReadonlyMap<string, string>
}

/** Causes and what they explain first; then what stands alone, what could happen, and what concerns the files. */
function sectionsOf({ findings, causes }: Analysis): readonly Section[] {
  const notes = new Map<string, string>()
  for (const { finding, explains, share, feedback } of causes) {
    const others = explains.filter(id => id !== finding)
    if (others.length === 0) continue
    const loop =
      feedback.length > 0
        ? ` · ${feedback.join(', ')} ${feedback.length > 1 ? 'feed' : 'feeds'} it in turn`
        : ''
    notes.set(finding, `explains ${others.join(', ')}${share > 0 ? ` · ${percent(share)}` : ''}${loop}`)
    for (const id of others) if (!notes.has(id)) notes.set(id, `explained by ${finding}`)
  }
  const isCause = new Set(causes.map(cause => cause.finding))
  const of = (title: string, keep: (finding: Finding) => boolean): Section => ({
    title,
    defects: groupAlike(findings.filter(keep)),
    notes,
  })
  return [
    of('Causes', ({ id, product }) => product === 'observed' && isCause.has(id)),
    of(
      isCause.size > 0 ? 'Also observed' : 'Observed',
      ({ id, product }) => product === 'observed' && !isCause.has(id),
    ),
    of('Can happen', ({ product }) => product === 'predicted'),
    of('About the files', ({ product }) => product === 'import'),
  ].filter(section => section.defects.length > 0)
}
