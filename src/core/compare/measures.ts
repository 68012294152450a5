/** How long, how many, how much at once: what a recording says in numbers, by name, so that two can stand side by side. */
import type { Context } from '../detect/context.ts'
import { orderEdges } from '../detect/holds/lock-order-inversion.ts'
import { findBlocks } from '../detect/stalls.ts'

/** Durations in ns; all 0 when there is none. */
export interface Distribution {
  readonly count: number
  readonly p50Ns: number
  readonly p95Ns: number
  readonly maxNs: number
  readonly totalNs: number
}

/** What was timed: holds of and waits for a resource, stalls of a loop, lateness of a timer, duration of tasks of one name. */
export type TimedKind = 'hold' | 'wait' | 'stall' | 'lateness' | 'task'

export interface Timed {
  readonly kind: TimedKind
  readonly name: string
  readonly times: Distribution
}

/** Of several resources of one name, the busiest. */
export interface Peak {
  readonly name: string
  /** -1 unknown */
  readonly capacity: number
  readonly inUse: number
  readonly waiting: number
}

export interface Measures {
  readonly times: readonly Timed[]
  readonly peaks: readonly Peak[]
  /** `[held, asked for meanwhile]`, by name. */
  readonly lockOrders: readonly (readonly [held: string, asked: string])[]
}

/** What is called the same after `rename` is measured together. O(n log n). */
export function measure(context: Context, rename: (name: string) => string): Measures {
  const { model } = context
  const nameOfGroup = context.groups().map(({ resource }) => rename(model.resources[resource]!.label))
  const nameOf = (resource: number): string => nameOfGroup[context.groupOf(resource)] ?? ''
  const loopOf = (loop: number): string => rename(model.loops[loop]?.label ?? '')
  return {
    times: [
      ...timed('hold', model.holds, hold => nameOf(hold.resource), lengthOf),
      ...timed('wait', model.waits, wait => nameOf(wait.resource), lengthOf),
      ...timed('stall', findBlocks(context), block => loopOf(block.loop), lengthOf),
      ...timed(
        'lateness',
        model.ticks,
        tick => rename(tick.name),
        tick => Math.max(0, tick.latenessNs),
      ),
      ...timed('task', model.tasks, task => rename(task.name), lengthOf),
    ],
    peaks: [...grouped(nameOfGroup.keys(), group => nameOfGroup[group]!)].map(([name, groups]) => ({
      name,
      capacity: most(groups.map(group => context.groups()[group]!.capacity)),
      inUse: most(groups.map(group => context.occupancy(group).peakInUse)),
      waiting: most(groups.map(group => context.occupancy(group).peakWaiting)),
    })),
    lockOrders: lockOrders(context, nameOfGroup),
  }
}

function timed<Entry>(
  kind: TimedKind,
  entries: Iterable<Entry>,
  nameOf: (entry: Entry) => string,
  nsOf: (entry: Entry) => number,
): readonly Timed[] {
  return [...grouped(entries, nameOf)].map(([name, own]) => ({
    kind,
    name,
    times: distribution(own.map(nsOf)),
  }))
}

function lockOrders(context: Context, nameOfGroup: readonly string[]): Measures['lockOrders'] {
  const orders = new Map<string, readonly [string, string]>()
  for (const [from, targets] of orderEdges(context)) {
    for (const to of targets.keys()) {
      const pair = [nameOfGroup[from]!, nameOfGroup[to]!] as const
      if (pair[0] !== pair[1]) orders.set(pair.join('\n'), pair)
    }
  }
  return [...orders.values()]
}

/** Nearest rank, as the percentiles of load tools are. Does not change `values`. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort()
  const at = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0
  return {
    count: sorted.length,
    p50Ns: at(0.5),
    p95Ns: at(0.95),
    maxNs: sorted.at(-1) ?? 0,
    totalNs: sorted.reduce((sum, value) => sum + value, 0),
  }
}

const lengthOf = ({ startNs, endNs }: { readonly startNs: number; readonly endNs: number }): number =>
  Math.round(endNs - startNs)

const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -1)

/** By name, in order of first appearance; what has no name is left out. */
function grouped<Entry>(entries: Iterable<Entry>, nameOf: (entry: Entry) => string): Map<string, Entry[]> {
  const out = new Map<string, Entry[]>()
  for (const entry of entries) {
    const name = nameOf(entry)
    if (name === '') continue
    const own = out.get(name)
    if (own) own.push(entry)
    else out.set(name, [entry])
  }
  return out
}
