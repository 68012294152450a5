/**
 * Requests that never ended, in traces without a recorder: a span is exported when it ends, so of such a request only the calls
 * are there that were over. What it was at is what all others of its kind do next:
 *
 *     POST /checkout  ├ SELECT ┤├ POST fraud ──┤├ INSERT ┤
 *     POST /checkout  ├ SELECT ┤├ POST fraud ─┤├ INSERT ┤
 *     (not exported)  ├ SELECT ┤                                  at POST fraud ever since
 *
 * Where spans get lost on their way, a request is missing whose calls are all there: then nothing is said.
 */
import { hasFlag, Kind, SpanFlag, type Store } from '../../store/store.ts'
import { callNames } from './client-calls.ts'

export interface Unfinished {
  readonly process: number
  /** The last thing that was over. */
  readonly lastRow: number
  readonly sinceNs: number
  /** What another one of its kind did next. */
  readonly exampleRow: number
}

/** As many others of its kind must have gone on, all in the same way. */
const minOthers = 5
/** Parts of a request that are looked at. */
const maxParts = 32

interface Step {
  /** The first that did it. */
  readonly row: number
  seen: number
  /** For how many that was all. */
  ended: number
  readonly next: Map<string, Step>
}

const newStep = (row: number): Step => ({ row, seen: 0, ended: 0, next: new Map() })

/** `told`: processes of which a recorder tells, open spans included. */
export function unfinishedWork(store: Store, told: ReadonlySet<number>): Unfinished[] {
  const { spans } = store
  const ghosts: number[] = []
  for (let row = 0; row < spans.count; row++)
    if (hasFlag(store, row, SpanFlag.ghost) && !told.has(spans.process[row]!)) ghosts.push(row)
  if (ghosts.length === 0) return []
  // With what it asked: that of a request's first query alone is the same in many.
  const callName = callNames(store)
  const processes = new Set(ghosts.map(row => spans.process[row]!))
  /** What all do, as a tree of the parts one after the other, by process. */
  const trees = new Map<number, Step>()
  for (const process of processes) trees.set(process, newStep(-1))
  for (let row = 0; row < spans.count; row++) {
    const tree = trees.get(spans.process[row]!)
    if (!tree || hasFlag(store, row, SpanFlag.ghost)) continue
    const parts = partsOf(row)
    if (parts.length === 0) continue
    let step: Step = tree
    for (const part of parts) {
      const name = nameOf(part)
      const next: Step = step.next.get(name) ?? newStep(part)
      step.next.set(name, next)
      next.seen++
      step = next
    }
    step.ended++
  }
  const out: Unfinished[] = []
  const lossy = new Set<number>()
  for (const row of ghosts) {
    const process = spans.process[row]!
    const parts = partsOf(row)
    // What called a whole request may be in a service whose spans are not in these files.
    if (parts.some(at => spans.kind[at] === Kind.server || spans.kind[at] === Kind.consumer)) continue
    const step = parts.reduce<Step | undefined>((at, part) => at?.next.get(nameOf(part)), trees.get(process))
    const [next] = step ? [...step.next.values()] : []
    const lastRow = parts.at(-1)
    // Nothing more was to come, or something else than ever: spans are missing.
    if (!step || step.ended > 0 || !next || lastRow === undefined) {
      lossy.add(process)
      continue
    }
    const { row: exampleRow, seen } = next
    if (step.next.size > 1 || seen < minOthers || spans.kind[exampleRow] !== Kind.client) continue
    out.push({ process, lastRow, sinceNs: spans.endNs[lastRow]!, exampleRow })
  }
  return out.filter(({ process }) => !lossy.has(process))

  function nameOf(row: number): string {
    return spans.kind[row] === Kind.client ? callName(row) : `${spans.name[row]} ${spans.kind[row]}`
  }

  /** Children in the same process by start. */
  function partsOf(row: number): number[] {
    const parts: number[] = []
    for (let at = row + 1; at < spans.subtreeEnd[row]! && parts.length < maxParts; at = spans.subtreeEnd[at]!)
      if (spans.process[at] === spans.process[row]) parts.push(at)
    return parts.sort((a, b) => spans.startNs[a]! - spans.startNs[b]! || a - b)
  }
}
