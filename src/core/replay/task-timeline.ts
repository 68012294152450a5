/** One thing that a task was at, from then till then. */
import type { Model } from '../convention/model.ts'

export interface Doing {
  readonly kind: 'run' | 'wait' | 'await' | 'span' | 'other'
  /** Index of the slice, await or wait, row of the span; -1 for `other`. */
  readonly ref: number
  readonly startNs: number
  readonly endNs: number
}

/** Stronger ones first: who runs does not wait, a wait says more than the await around it, and what is recorded more than a span. */
const kinds = ['run', 'wait', 'await', 'span'] as const

/**
 * What one task was at, without overlaps, in order of time; gaps are where nothing is told. Of two that overlap the
 * stronger kind counts, of one kind the one that began later. O(m log m).
 *
 *     await     ░░░░░░░░░░░░░░
 *     wait        ╱╱╱╱╱╱╱            →   ░░╱╱╱╱╱╱╱░░▮▮▮
 *     run                    ▮▮▮
 */
export function timelineOf(
  model: Model,
  slices: readonly number[],
  awaits: readonly number[],
  waits: readonly number[],
  spans: readonly Doing[],
): Doing[] {
  const all: Doing[] = [
    ...slices.map(ref => ({
      kind: 'run' as const,
      ref,
      startNs: model.slices.startNs[ref]!,
      endNs: model.slices.endNs[ref]!,
    })),
    ...waits.map(ref => ({ ...timesOf(model.waits[ref]!), kind: 'wait' as const, ref })),
    ...awaits.map(ref => ({ ...timesOf(model.awaits[ref]!), kind: 'await' as const, ref })),
    ...spans,
  ].filter(({ startNs, endNs }) => endNs > startNs)
  all.sort((a, b) => a.startNs - b.startNs || a.ref - b.ref)
  const edges = Float64Array.from(all.flatMap(({ startNs, endNs }) => [startNs, endNs])).sort()
  // Of each kind a stack: what began last is on top; what ended below it goes when it comes up.
  const active = kinds.map((): Doing[] => [])
  const out: Doing[] = []
  let next = 0
  for (let at = 0; at + 1 < edges.length; at++) {
    const startNs = edges[at]!
    const endNs = edges[at + 1]!
    for (; next < all.length && all[next]!.startNs <= startNs; next++) {
      active[kinds.indexOf(all[next]!.kind as (typeof kinds)[number])]!.push(all[next]!)
    }
    for (const stack of active) while (stack.length > 0 && stack.at(-1)!.endNs <= startNs) stack.pop()
    const top = active.find(stack => stack.length > 0)?.at(-1)
    if (!top || endNs === startNs) continue
    const last = out.at(-1)
    if (last?.kind === top.kind && last.ref === top.ref && last.endNs === startNs)
      out[out.length - 1] = { ...last, endNs }
    else out.push({ kind: top.kind, ref: top.ref, startNs, endNs })
  }
  return out
}

const timesOf = ({ startNs, endNs }: { readonly startNs: number; readonly endNs: number }) => ({
  startNs,
  endNs,
})
