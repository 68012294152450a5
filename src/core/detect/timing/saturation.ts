import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, victimsOf } from '../drafting.ts'
import { findLags } from '../lags.ts'
import type { LoopBlock } from '../stalls.ts'
import { duration, fact, largest, limit, quantile, smallest, taskName } from '../words.ts'

/**
 * A thousand cuts: no slice is long, but the loop is never free and whoever is ready waits.
 * Windows of `saturationWindowNs`; the site with most running time is named.
 */
export function saturatedLoops(context: Context, stalls: readonly LoopBlock[]): Draft[] {
  const { model, thresholds } = context
  const { slices } = model
  const lags = findLags(context)
  if (slices.count === 0 || lags.list.length === 0) return []
  const out: Draft[] = []
  const windowNs = thresholds.saturationWindowNs
  const byLoop = new Map<number, Map<number, { busyNs: number; sites: Map<number, number> }>>()
  for (let i = 0; i < slices.count; i++) {
    const loop = slices.loop[i]!
    let windows = byLoop.get(loop)
    if (!windows) {
      windows = new Map()
      byLoop.set(loop, windows)
    }
    // A slice longer than a window is a stall; only its first windows are counted.
    let startNs = slices.startNs[i]!
    for (let part = 0; part < 16 && startNs < slices.endNs[i]!; part++) {
      const at = Math.floor(startNs / windowNs)
      const endNs = Math.min(slices.endNs[i]!, (at + 1) * windowNs)
      const window = windows.get(at) ?? { busyNs: 0, sites: new Map<number, number>() }
      windows.set(at, window)
      window.busyNs += endNs - startNs
      window.sites.set(slices.task[i]!, (window.sites.get(slices.task[i]!) ?? 0) + endNs - startNs)
      startNs = endNs
    }
  }
  for (const [loop, windows] of byLoop) {
    const busy = [...windows].filter(([at, window]) => {
      if (window.busyNs < thresholds.saturationRatio * windowNs) return false
      return !stalls.some(
        stall => stall.loop === loop && stall.startNs < (at + 1) * windowNs && stall.endNs > at * windowNs,
      )
    })
    const waiting = busy.flatMap(([at]) =>
      lags.byLoop.overlapping(loop, at * windowNs, (at + 1) * windowNs).map(index => lags.list[index]!),
    )
    const distinct = [...new Set(waiting)]
    if (
      distinct.length < 5 ||
      quantile(
        distinct.map(lag => lag.ranNs - lag.readyNs),
        0.95,
      ) < thresholds.stallNs
    )
      continue
    const bySite = new Map<string, { ns: number; task: number }>()
    for (const [, window] of busy) {
      for (const [task, ns] of window.sites) {
        const site = model.tasks[task]?.site || taskName(model, task)
        const entry = bySite.get(site) ?? { ns: 0, task }
        entry.ns += ns
        bySite.set(site, entry)
      }
    }
    const [site, top] = [...bySite].sort((a, b) => b[1].ns - a[1].ns)[0]!
    const startNs = smallest(busy.map(([at]) => at * windowNs))
    const endNs = largest(busy.map(([at]) => (at + 1) * windowNs))
    const totalNs = distinct.reduce((sum, lag) => sum + lag.ranNs - lag.readyNs, 0)
    const worstNs = largest(distinct.map(lag => lag.ranNs - lag.readyNs))
    const label = model.loops[loop]!.label
    out.push({
      detector: 'loop-stall',
      severity: worstNs >= 1e9 ? 'high' : 'medium',
      confidence: confidenceOf({ tier: 'observed', repeats: distinct.length }),
      startNs,
      endNs,
      subject: { kind: 'loop', name: label },
      resource: -1,
      key: -1,
      loop,
      culprit: culpritOf(
        { role: 'runs most', site },
        [...bySite.keys()]
          .slice(0, 5)
          .map(other => ({ role: other === site ? 'runs most' : 'runs', site: other })),
        [model.tasks[top.task]?.row ?? -1],
      ),
      victims: victimsOf(model, distinct, totalNs),
      steps: [],
      evidence: [
        fact(
          'the loop was busy',
          Math.round(
            (1000 * busy.reduce((sum, [, window]) => sum + window.busyNs, 0)) / (busy.length * windowNs),
          ) / 10,
          '%',
        ),
        fact('longest delay', worstNs, 'ns'),
        limit(thresholds, 'saturationRatio'),
      ],
      against: [],
      missing: [],
      marks: [{ kind: 'band', startNs, endNs, loop }],
      text: {
        title: `The event loop ${label} was saturated for ${duration(busy.length * windowNs)}: tasks that were ready waited up to ${duration(worstNs)}; ${site} ran most`,
        rule: `${label} has time left when tasks are ready`,
        explainer:
          'No piece of work was long, but there was no pause between them. Whoever became ready stood in a queue behind all the others.',
        remedy: {
          primitive: 'less work per loop: batch, cache, or spread over processes',
          why: 'The loop runs one thing at a time; only less work or more loops give the others room.',
          whatIf: {},
        },
      },
      explains: 'yes',
      defect: true,
    })
  }
  return out
}
