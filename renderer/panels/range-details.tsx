import { useMemo } from 'react'
import type { Session } from '../../src/core/scene/scene.ts'
import { annotateRange } from '../actions/annotate.ts'
import { showStretch } from '../actions/navigate.ts'
import type { Range } from '../state/selection.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { count, duration, instant, plural } from '../widgets/format.ts'
import { Icon } from '../widgets/icon.tsx'

/** Statistics of a selected stretch of time. */
export function RangeDetails({ session, range }: { readonly session: Session; readonly range: Range }) {
  const app = useApp()
  const display = useApps(
    ({ settings }) => settings,
    state => state.timeDisplay,
  )
  const { resources, spans, tasks, accesses, errors, stalledNs } = useMemo(
    () => statistics(session, range),
    [session, range],
  )
  const at = (ns: number): string => instant(ns, session.store.epochUnixNano, display, 1e3)
  return (
    <article className="card" aria-label="Selected range">
      <header className="card-head">
        <div className="card-words">
          <span className="chip">Range</span>
        </div>
        <h2>{duration(range.endNs - range.startNs)}</h2>
      </header>
      <div className="card-actions">
        <button type="button" className="button small" onClick={() => annotateRange(app)} title="Note (R)">
          <Icon name="note" /> Note
        </button>
        <button
          type="button"
          className="button small"
          onClick={() => showStretch(app, range.startNs, range.endNs)}
          title="Zoom (Z)"
        >
          <Icon name="fit" /> Zoom
        </button>
      </div>
      <dl className="facts padded">
        <dt>From</dt>
        <dd>{at(range.startNs)}</dd>
        <dt>To</dt>
        <dd>{at(range.endNs)}</dd>
        <dt>Spans</dt>
        <dd>{count(spans)}</dd>
        <dt>Tasks alive</dt>
        <dd>{count(tasks)}</dd>
        <dt>State accesses</dt>
        <dd>{count(accesses)}</dd>
        <dt>Errors</dt>
        <dd>{count(errors)}</dd>
        <dt>Loops stalled</dt>
        <dd>{duration(stalledNs)}</dd>
      </dl>
      {resources.length > 0 && (
        <section className="card-part" aria-label="Resources">
          <h3 className="overline">Resources</h3>
          <table className="numbers" aria-label="Resources in the range">
            <thead>
              <tr>
                <th scope="col">Resource</th>
                <th scope="col">Holds</th>
                <th scope="col">Held</th>
                <th scope="col">Waits</th>
                <th scope="col">Waited</th>
              </tr>
            </thead>
            <tbody>
              {resources.map(one => (
                <tr key={one.resource}>
                  <th scope="row">{session.model.resources[one.resource]!.label}</th>
                  <td>{one.holds}</td>
                  <td>{duration(one.heldNs)}</td>
                  <td>{one.waits}</td>
                  <td>{duration(one.waitedNs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {resources.length === 0 && (
        <p className="panel-empty">{plural(spans, 'span')}, no resource held or awaited.</p>
      )}
    </article>
  )
}

interface OfResource {
  readonly resource: number
  holds: number
  heldNs: number
  waits: number
  waitedNs: number
}

/** Sums over what overlaps the range, cut to it. One pass over each table. */
function statistics({ model, store }: Session, { startNs, endNs }: Range) {
  const inside = (from: number, to: number): number =>
    Math.max(0, Math.min(to, endNs) - Math.max(from, startNs))
  const touches = (one: { startNs: number; endNs: number }): boolean =>
    one.startNs <= endNs && one.endNs >= startNs
  const byResource = new Map<number, OfResource>()
  const of = (resource: number): OfResource => {
    const known = byResource.get(resource)
    if (known) return known
    const fresh = { resource, holds: 0, heldNs: 0, waits: 0, waitedNs: 0 }
    byResource.set(resource, fresh)
    return fresh
  }
  for (const hold of model.holds) {
    if (!touches(hold)) continue
    of(hold.resource).holds += 1
    of(hold.resource).heldNs += inside(hold.startNs, hold.endNs)
  }
  for (const wait of model.waits) {
    if (!touches(wait)) continue
    of(wait.resource).waits += 1
    of(wait.resource).waitedNs += inside(wait.startNs, wait.endNs)
  }
  let spans = 0
  let errors = 0
  for (let row = 0; row < store.spans.count; row++) {
    if (store.spans.startNs[row]! > endNs || store.spans.endNs[row]! < startNs) continue
    spans += 1
    if (store.spans.status[row] === 2) errors += 1
  }
  return {
    resources: [...byResource.values()].sort((a, b) => b.waitedNs - a.waitedNs || b.heldNs - a.heldNs),
    spans,
    errors,
    tasks: model.tasks.filter(touches).length,
    accesses: model.accesses.filter(({ atNs }) => atNs >= startNs && atNs <= endNs).length,
    stalledNs: model.stalls.reduce((sum, stall) => sum + inside(stall.startNs, stall.endNs), 0),
  }
}
