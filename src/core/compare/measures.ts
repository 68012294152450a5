/** How long, how many, how much at once: what a recording says in numbers, by name, so that two can stand side by side. */
import type { Context } from '../detect/context.ts'
import { orderEdges } from '../detect/lock-order-inversion.ts'
import { findBlocks } from '../detect/stalls.ts'

/** Durations in ns; all 0 when there is none. */
export interface Distribution {
  readonly count: number
  readonly p50Ns: number
  readonly p95Ns: number
  readonly maxNs: number
  readonly totalNs: number
}

export interface ResourceMeasure {
  readonly name: string
  readonly type: string
  /** -1 unknown */
  readonly capacity: number
  readonly holds: Distribution
  readonly waits: Distribution
  readonly peakInUse: number
  readonly peakWaiting: number
}

export interface LoopMeasure {
  readonly name: string
  readonly stalls: Distribution
}

export interface Measures {
  readonly resources: readonly ResourceMeasure[]
  readonly loops: readonly LoopMeasure[]
  /** `[held, asked for meanwhile]`, by name. */
  readonly lockOrders: readonly (readonly [held: string, asked: string])[]
}

/** Resources of one name (`rename` may make them one) are measured together; peaks are those of the busiest one. */
export function measure(context: Context, rename: (name: string) => string): Measures {
  const { model } = context
  const nameOfGroup = context.groups().map(({ resource }) => rename(model.resources[resource]!.label))
  const resources = grouped(nameOfGroup).map(([name, groups]): ResourceMeasure => {
    const members = groups.map(group => context.groups()[group]!)
    const occupancies = groups.map(group => context.occupancy(group))
    return {
      name,
      type: model.resources[members[0]!.resource]!.type,
      capacity: most(members.map(({ capacity }) => capacity)),
      holds: distribution(members.flatMap(({ holds }) => holds.map(hold => lengthOf(model.holds[hold]!)))),
      waits: distribution(members.flatMap(({ waits }) => waits.map(wait => lengthOf(model.waits[wait]!)))),
      peakInUse: most(occupancies.map(({ peakInUse }) => peakInUse)),
      peakWaiting: most(occupancies.map(({ peakWaiting }) => peakWaiting)),
    }
  })
  const blocks = findBlocks(context)
  const loops = grouped(model.loops.map(({ label }) => rename(label))).map(([name, members]): LoopMeasure => {
    const mine = new Set(members)
    return { name, stalls: distribution(blocks.filter(({ loop }) => mine.has(loop)).map(lengthOf)) }
  })
  const orders = new Map<string, readonly [string, string]>()
  for (const [from, targets] of orderEdges(context)) {
    for (const to of targets.keys()) {
      const pair = [nameOfGroup[from]!, nameOfGroup[to]!] as const
      if (pair[0] !== pair[1]) orders.set(pair.join('\n'), pair)
    }
  }
  return { resources, loops, lockOrders: [...orders.values()] }
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

/** Indexes by name, in order of first appearance. */
function grouped(names: readonly string[]): readonly (readonly [string, readonly number[]])[] {
  const out = new Map<string, number[]>()
  names.forEach((name, index) => {
    const list = out.get(name)
    if (list) list.push(index)
    else out.set(name, [index])
  })
  return [...out]
}
