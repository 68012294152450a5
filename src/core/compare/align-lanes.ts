/**
 * Which lane of one recording is which of the other. Ids of tasks differ from run to run, so lanes are known by kind, heading
 * and stable name, and among those of one name by their order. Several
 * tasks packed into one lane are one of that name.
 *
 *     before   db-pool   POST /jobs #t4   POST /jobs #t9
 *     after    db-pool   POST /jobs #t2   –
 */
import type { Lane } from '../lanes/lane.ts'
import type { Pair } from './compare.ts'
import { stableName } from './stable-name.ts'

export interface AlignedLanes extends Pair<Lane> {
  readonly label: string
}

/** Lanes of `before` in their order, each with its twin; then those that only `after` has. O(n). */
export function alignLanes(before: readonly Lane[], after: readonly Lane[]): readonly AlignedLanes[] {
  const waiting = new Map<string, Lane[]>()
  for (const lane of after) {
    const key = keyOf(lane)
    const list = waiting.get(key)
    if (list) list.push(lane)
    else waiting.set(key, [lane])
  }
  const taken = new Set<Lane>()
  const nth = new Map<string, number>()
  const pairs = before.map((lane): AlignedLanes => {
    const key = keyOf(lane)
    const at = nth.get(key) ?? 0
    nth.set(key, at + 1)
    const twin = waiting.get(key)?.[at] ?? null
    if (twin) taken.add(twin)
    return { label: lane.label, before: lane, after: twin }
  })
  const fresh = after.filter(lane => !taken.has(lane))
  return [...pairs, ...fresh.map(lane => ({ label: lane.label, before: null, after: lane }))]
}

const keyOf = ({ kind, group, label }: Lane): string =>
  [kind, stableName(group), stableName(label.replace(/ (?:#|× )[^ ]*$/, ''))].join('\n')
