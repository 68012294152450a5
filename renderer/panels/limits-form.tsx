import { type FormEvent, useEffect, useRef, useState } from 'react'
import { defaultThresholds, type ThresholdName } from '../../src/core/detect/thresholds.ts'
import { keepLimits, type Limits, showAsBefore, tryLimits } from '../actions/limits.ts'
import { useApp } from '../widgets/app-context.ts'
import { plural } from '../widgets/format.ts'

const names = Object.keys(defaultThresholds) as ThresholdName[]

/** Limits of the detectors for this trace: tried at once, kept beside it, or taken back when the dialog closes. */
export function LimitsForm() {
  const app = useApp()
  const [base] = useState(() => app.trace.getState().trace!)
  const kept = useRef(false)
  const [typed, setTyped] = useState(() => textsOf(base.config.thresholds))
  const [tried, setTried] = useState<string | null>(null)
  useEffect(
    () => () => {
      if (!kept.current && app.trace.getState().trace?.config !== base.config) showAsBefore(app, base)
    },
    [app, base],
  )
  const wanted = limitsOf(typed)
  const attempt = async (limits: Limits): Promise<void> => {
    const before = base.session.analysis.findings.length
    await tryLimits(app, base, limits)
    const now = app.trace.getState().trace?.session.analysis.findings.length ?? 0
    setTried(`${plural(now, 'finding')} with these limits, ${before} before.`)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (wanted) void attempt(wanted)
  }
  const keep = async (): Promise<void> => {
    if (!wanted) return
    await attempt(wanted)
    const { trace } = app.trace.getState()
    kept.current = trace !== null && (await keepLimits(app, trace))
    if (kept.current) app.dialogs.setState({ open: 'none' })
  }
  return (
    <form onSubmit={submit}>
      <h3 className="settings-head">Limits of the detectors, for this trace</h3>
      <p className="muted">
        A finding names the limit it used. Try shows what changes; Keep writes interleave.config.json beside
        the trace.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <div className="settings-limits scroll" tabIndex={0}>
        <table className="report-table" aria-label="Limits">
          <tbody>
            {names.map(name => (
              <tr
                key={name}
                className={typed[name] === textOf(name, defaultThresholds[name]) ? '' : 'changed'}
              >
                <th scope="row">{wordsOf(name)}</th>
                <td className="num">
                  <input
                    className="input mono"
                    inputMode="decimal"
                    aria-label={`${wordsOf(name)} in ${unitWord(name)}`}
                    aria-invalid={numberOf(typed[name]) === null}
                    value={typed[name]}
                    onChange={event => setTyped({ ...typed, [name]: event.target.value })}
                  />
                </td>
                <td className="muted">{unitWord(name)}</td>
                <td className="muted num">usually {textOf(name, defaultThresholds[name])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="clock-actions">
        <button type="button" className="button" onClick={() => setTyped(textsOf({}))}>
          Usual limits
        </button>
        <span className="muted" role="status">
          {tried}
        </span>
        <button type="submit" className="button" disabled={!wanted}>
          Try
        </button>
        <button type="button" className="button primary" disabled={!wanted} onClick={() => void keep()}>
          Keep
        </button>
      </div>
    </form>
  )
}

/** `poolExhaustedNs` → `pool exhausted` */
const wordsOf = (name: ThresholdName): string =>
  name.replace(/(Ns|Ratio|Count)$/, '').replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)

const isTime = (name: ThresholdName): boolean => name.endsWith('Ns')
const unitWord = (name: ThresholdName): string =>
  isTime(name) ? 'ms' : name.endsWith('Count') ? 'at least' : '×'

/** Times are typed in milliseconds. */
const textOf = (name: ThresholdName, value: number): string => String(isTime(name) ? value / 1e6 : value)

const textsOf = (limits: Limits): Record<ThresholdName, string> =>
  Object.fromEntries(
    names.map(name => [name, textOf(name, limits[name] ?? defaultThresholds[name])]),
  ) as Record<ThresholdName, string>

function numberOf(text: string): number | null {
  const value = Number(text.replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) && value >= 0 ? value : null
}

/** What differs from the usual limits; null while something is no number. */
function limitsOf(typed: Readonly<Record<ThresholdName, string>>): Limits | null {
  const limits: { [Name in ThresholdName]?: number } = {}
  for (const name of names) {
    const value = numberOf(typed[name])
    if (value === null) return null
    if (typed[name] !== textOf(name, defaultThresholds[name]))
      limits[name] = isTime(name) ? Math.round(value * 1e6) : value
  }
  return limits
}
