import type { Session } from '../../src/core/scene/scene.ts'
import { spanName } from '../../src/core/store/store.ts'
import { putPlayhead } from '../actions/playback.ts'
import { goToItem } from '../actions/select.ts'
import { itemOfRow } from '../state/lookup.ts'
import { recordsOfSpan, recordText, severityWord } from '../state/records.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { count, instant } from '../widgets/format.ts'
import { AttributeTable } from './attribute-table.tsx'

interface RecordFactsProps {
  readonly session: Session
  readonly record: number
}

/** One log record or event in whole: its text with all lines, who wrote it, its attributes. */
export function RecordFacts({ session, record }: RecordFactsProps) {
  const app = useApp()
  const { store } = session
  const span = store.records.span[record]!
  const spanRef = itemOfRow(session, span)
  const severity = severityWord(store.records.severity[record]!)
  return (
    <>
      <section className="card-part" aria-label="Record">
        <h3 className="overline">Record</h3>
        <pre className="record-text">{clip(recordText(store, record).whole)}</pre>
        <dl className="facts">
          {severity && (
            <>
              <dt>Severity</dt>
              <dd>{severity}</dd>
            </>
          )}
          <dt>Service</dt>
          <dd>{store.processes[store.records.process[record]!]?.label}</dd>
          {spanRef && (
            <>
              <dt>Span</dt>
              <dd>
                <button type="button" className="link" onClick={() => goToItem(app, spanRef)}>
                  {spanName(store, span)}
                </button>
              </dd>
            </>
          )}
        </dl>
      </section>
      <AttributeTable store={store} table={store.records} row={record} isServer={false} />
    </>
  )
}

const MOST = 50

/** What was logged in a span; a click puts the playhead there. */
export function SpanRecords({ session, row }: { readonly session: Session; readonly row: number }) {
  const app = useApp()
  const display = useApps(
    ({ settings }) => settings,
    state => state.timeDisplay,
  )
  const { store } = session
  const records = recordsOfSpan(store, row)
  if (records.length === 0) return null
  return (
    <section className="card-part" aria-label="Logs and events">
      <h3 className="overline">Logs and events</h3>
      <ul className="span-records">
        {records.slice(0, MOST).map(at => (
          <li key={at}>
            <button
              type="button"
              className="link"
              onClick={() => putPlayhead(app, store.records.timeNs[at]!)}
            >
              {instant(store.records.timeNs[at]!, store.epochUnixNano, display, 1e3)}
            </button>{' '}
            <span className="muted">{severityWord(store.records.severity[at]!)}</span>
            <RecordText {...recordText(store, at)} />
          </li>
        ))}
        {records.length > MOST && <li className="muted">and {count(records.length - MOST)} more</li>}
      </ul>
    </section>
  )
}

/** A stack is a click away: many of them would hide what else there is to read. */
const RecordText = ({ title, whole }: ReturnType<typeof recordText>) =>
  title === whole ? (
    <p className="record-text">{clip(title)}</p>
  ) : (
    <details>
      <summary className="record-text">{clip(title)}</summary>
      <pre className="record-text">{clip(whole)}</pre>
    </details>
  )

/** A body may be megabytes; the page shows what a person reads. */
const clip = (text: string): string => (text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text)
