import './import-report.css'
import './clock-dialog.css'
import { type FormEvent, useMemo, useState } from 'react'
import { type ClockOffset, estimateClocks } from '../../src/core/clock/estimate.ts'
import type { Process } from '../../src/core/store/store.ts'
import { openFiles } from '../actions/open.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { Dialog } from '../widgets/dialog.tsx'
import { count, duration, plural } from '../widgets/format.ts'

/** How far the processes' clocks are apart by the calls between them, and what is subtracted from each. */
export function ClockDialog() {
  const trace = useApps(
    app => app.trace,
    state => state.trace,
  )
  return trace && <Clocks key={trace.session.store.fingerprint} />
}

function Clocks() {
  const app = useApp()
  const trace = app.trace.getState().trace!
  const { store } = trace.session
  const { offsets } = useMemo(() => estimateClocks(store), [store])
  const [typed, setTyped] = useState(() => store.processes.map(({ offsetNs }) => msText(offsetNs)))
  const wanted = typed.map(text => Math.round(Number(text.replace(',', '.')) * 1e6))
  const valid = wanted.every(Number.isFinite)
  const changed = valid && wanted.some((offsetNs, at) => offsetNs !== store.processes[at]!.offsetNs)
  const set = (values: readonly number[]): void => setTyped(values.map(msText))
  const apply = (event: FormEvent): void => {
    event.preventDefault()
    if (!changed) return
    app.dialogs.setState({ open: 'none' })
    void openFiles(app, trace.files, false, wanted)
  }
  return (
    <Dialog title="Clocks" className="report clocks">
      <form className="report-body scroll" onSubmit={apply}>
        <p className="muted">
          A call cannot arrive before it was sent. From every call between two processes follow bounds for how
          far their clocks are apart. Times are shown as written until you subtract an offset; the timeline
          and all findings are then made again.
        </p>
        <table className="report-table" aria-label="Clock offsets">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Starts known to</th>
              <th scope="col">By its calls, the clock is</th>
              <th scope="col" className="num">
                Calls
              </th>
              <th scope="col" className="num">
                Subtract, ms
              </th>
            </tr>
          </thead>
          <tbody>
            {offsets.map((offset, at) => (
              <tr key={offset.process} className={offset.suggestedNs === 0 ? '' : 'off'}>
                <th scope="row">{store.processes[at]!.label}</th>
                <td>
                  {store.processes[at]!.uncertaintyNs > 0
                    ? `±${duration(store.processes[at]!.uncertaintyNs)}`
                    : 'exact'}
                </td>
                <td>{verdict(offset, store.processes)}</td>
                <td className="num">
                  {offset.pairs === 0 ? '–' : count(offset.pairs)}
                  {offset.contradictions > 0 && (
                    <span className="contradicting">
                      {plural(offset.contradictions, 'does not fit', 'do not fit')}
                    </span>
                  )}
                </td>
                <td className="num">
                  <input
                    className="input mono"
                    inputMode="decimal"
                    aria-label={`Offset of ${store.processes[at]!.label} in ms`}
                    aria-invalid={!Number.isFinite(wanted[at])}
                    value={typed[at]}
                    onChange={event => setTyped(typed.with(at, event.target.value))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="clock-actions">
          <button
            type="button"
            className="button"
            onClick={() => set(offsets.map(({ suggestedNs }) => suggestedNs))}
          >
            Use suggested
          </button>
          <button type="button" className="button" onClick={() => set(offsets.map(() => 0))}>
            As written
          </button>
          <button type="submit" className="button primary" disabled={!changed}>
            Apply
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const msText = (ns: number): string => String(Number((ns / 1e6).toFixed(3)))

/** `399 to 401 ms ahead of gateway`, in words that say what is not known too. */
function verdict(
  { process, reference, lowNs, highNs, pairs, suggestedNs }: ClockOffset,
  processes: readonly Process[],
): string {
  if (pairs === 0) return 'not compared: no calls to or from it'
  if (process === reference) return 'what the others are told against'
  const against = processes[reference]!.label
  const low = Math.round(lowNs / 1e4) / 100
  const high = Math.round(highNs / 1e4) / 100
  if (!Number.isFinite(lowNs) && !Number.isFinite(highNs))
    return 'not bounded: the calls contradict each other'
  if (!Number.isFinite(lowNs)) return `at most ${high} ms ahead of ${against}`
  if (!Number.isFinite(highNs)) return `at least ${low} ms ahead of ${against}`
  if (suggestedNs === 0) return `in agreement with ${against} (${low} to ${high} ms)`
  if (suggestedNs < 0) return `${-high} to ${-low} ms behind ${against}`
  return `${low} to ${high} ms ahead of ${against}`
}
