import './compare-dialog.css'
import { useMemo, useState } from 'react'
import {
  type ComparedFinding,
  type ComparedTimes,
  type Comparison,
  compareRecordings,
  newProblems,
  tellingTimes,
  timesName,
  worstOf,
} from '../../src/core/compare/compare.ts'
import type { Distribution } from '../../src/core/compare/measures.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { duration, plural } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'
import { SeverityWord } from '../widgets/severity.tsx'
import { compareWith } from './compare-with.ts'
import { ComparedLanes } from './compared-lanes.tsx'

/** Two recordings: what is gone, new and the same, how times changed, and the lanes of a finding one above the other. */
export function CompareDialog() {
  const app = useApp()
  const { other, loading, cancel, swapped } = useApps(
    ({ compare }) => compare,
    state => state,
  )
  const trace = useApps(
    ({ trace }) => trace,
    state => state.trace,
  )
  const sides = useMemo(
    () => (trace && other ? (swapped ? [other, trace] : [trace, other]) : null),
    [trace, other, swapped],
  )
  return (
    <Dialog title="Compare" className="compare">
      {sides ? (
        <>
          <div className="compare-head">
            <span>
              <span className="overline">Before</span> <b>{sides[0]!.name}</b>
            </span>
            <span>
              <span className="overline">After</span> <b>{sides[1]!.name}</b>
            </span>
            <span className="spacer" />
            <button
              type="button"
              className="button"
              onClick={() => app.compare.setState({ swapped: !swapped })}
            >
              Swap
            </button>
            <button type="button" className="button" onClick={() => void compareWith(app)}>
              <Icon name="open" /> Compare with…
            </button>
          </div>
          <Compared key={`${sides[0]!.name} ${swapped}`} before={sides[0]!} after={sides[1]!} />
        </>
      ) : (
        <div className="compare-loading" role="status">
          <p>Reading {loading}…</p>
          <button type="button" className="button" onClick={cancel}>
            Cancel
          </button>
        </div>
      )}
    </Dialog>
  )
}

type Side = Parameters<typeof compareRecordings>[0]

function Compared({ before, after }: { readonly before: Side; readonly after: Side }) {
  const found = useMemo(() => compareRecordings(before, after), [before, after])
  const { gone, new: fresh, same } = found.findings
  const all = [...fresh, ...gone, ...same]
  const [signature, setSignature] = useState('')
  const chosen = all.find(each => each.signature === signature) ?? all[0]
  const list = (title: string, findings: readonly ComparedFinding[]) => (
    <FindingList title={title} findings={findings} chosen={chosen} onChoose={setSignature} />
  )
  return (
    <div className="compare-body">
      <div className="compare-findings scroll">
        <p className="compare-verdict">{verdictOf(found)}</p>
        {list('New', fresh)}
        {list('Gone', gone)}
        {list('Same', same)}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="compare-detail scroll" tabIndex={0} aria-label="What changed">
        {chosen && (
          <>
            <h3>{(chosen.after[0] ?? chosen.before[0])!.title}</h3>
            {chosen.silence === 'subject-not-seen' && (
              <p className="compare-doubt">
                The second recording does not show {chosen.subject.name} at all: taken away, or not exercised.
              </p>
            )}
            <ComparedLanes before={before.session} after={after.session} finding={chosen} />
          </>
        )}
        <TimesTable found={found} />
        <Peaks found={found} />
        {found.lockOrders.new.length > 0 && (
          <section aria-label="New lock orders">
            <h3 className="overline">New lock orders</h3>
            <ul>
              {found.lockOrders.new.map(([held, asked]) => (
                <li key={`${held} ${asked}`}>
                  {held}, then {asked}
                </li>
              ))}
            </ul>
          </section>
        )}
        {found.notObservable.length > 0 && (
          <section aria-label="Not observable any more">
            <h3 className="overline">Not observable any more</h3>
            <ul>
              {found.notObservable.map(why => (
                <li key={why}>{why}</li>
              ))}
            </ul>
          </section>
        )}
      </section>
    </div>
  )
}

function verdictOf(found: Comparison): string {
  const { gone, new: fresh, same } = found.findings
  if (newProblems(found).length > 0) return `${plural(fresh.length, 'finding')} appeared.`
  if (gone.length + same.length === 0) return 'No findings before, none after.'
  return `${plural(gone.length, 'finding')} gone, ${same.length} still there, nothing new.`
}

interface FindingListProps {
  readonly title: string
  readonly findings: readonly ComparedFinding[]
  readonly chosen: ComparedFinding | undefined
  readonly onChoose: (signature: string) => void
}

function FindingList({ title, findings, chosen, onChoose }: FindingListProps) {
  if (findings.length === 0) return null
  return (
    <section>
      <h3 className="overline">
        {title} <span className="muted">{findings.length}</span>
      </h3>
      <ul aria-label={title} className={`compare-list compare-${title.toLowerCase()}`}>
        {findings.map(finding => (
          <li key={finding.signature}>
            <button
              type="button"
              aria-pressed={finding === chosen}
              onClick={() => onChoose(finding.signature)}
            >
              <SeverityWord severity={worstOf(finding.after) ?? worstOf(finding.before)!} />
              <span className="mono muted"> {finding.detector}</span>
              <b>{finding.subject.name}</b>
              {finding.site && <span className="mono">{finding.site}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

const MOST_TIMES = 40

function TimesTable({ found }: { readonly found: Comparison }) {
  const times = tellingTimes(found).slice(0, MOST_TIMES)
  if (times.length === 0) return null
  return (
    <table className="compare-times" aria-label="Times">
      <thead>
        <tr>
          <th scope="col">Times</th>
          {['Count', 'p50', 'p95', 'Longest'].map(name => (
            <th key={name} scope="col" colSpan={2}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {times.map(each => (
          <TimesRow key={timesName(each)} times={each} />
        ))}
      </tbody>
    </table>
  )
}

function TimesRow({ times }: { readonly times: ComparedTimes }) {
  const columns: readonly ((side: Distribution) => string)[] = [
    side => String(side.count),
    side => duration(side.p50Ns),
    side => duration(side.p95Ns),
    side => duration(side.maxNs),
  ]
  return (
    <tr>
      <th scope="row">{timesName(times)}</th>
      {columns.map((read, at) =>
        (['before', 'after'] as const).map(name => {
          const side = times[name]
          const none = at === 0 ? '0' : '–'
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
            <td key={`${at} ${name}`} className={name}>
              {side && side.count > 0 ? read(side) : none}
            </td>
          )
        }),
      )}
    </tr>
  )
}

function Peaks({ found }: { readonly found: Comparison }) {
  if (found.peaks.length === 0) return null
  return (
    <table className="compare-times" aria-label="Peaks">
      <thead>
        <tr>
          <th scope="col">At most</th>
          <th scope="col" colSpan={2}>
            In use
          </th>
          <th scope="col" colSpan={2}>
            Waiting
          </th>
        </tr>
      </thead>
      <tbody>
        {found.peaks.map(({ name, before, after }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="before">{before?.inUse ?? '–'}</td>
            <td className="after">{after?.inUse ?? '–'}</td>
            <td className="before">{before?.waiting ?? '–'}</td>
            <td className="after">{after?.waiting ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
