/** Holds, joined with the waits that led to them and with what was done under them. */
import { Key, RecordType } from './keys.ts'
import type { Access, Hold } from './model.ts'
import type { Tasks } from './read-tasks.ts'
import { modeOf, namesOfWaits, resourceOf, type WaitDraft } from './read-waits.ts'
import { intervalOf, LocalNames, type Reading } from './reading.ts'
import type { ResourceBook } from './resource-book.ts'

type Draft = { -readonly [K in keyof Hold]: Hold[K] }
interface Use {
  readonly startNs: number
  readonly endNs: number
}

export interface HoldsInProgress {
  readonly drafts: Draft[]
  readonly names: LocalNames
}

/** Reads the holds, adds the inferred ones (their `wait` set already) and sets `hold` of all their waits. */
export function readHolds(
  reading: Reading,
  tasks: Tasks,
  waits: WaitDraft[],
  resources: ResourceBook,
  inferred: readonly Hold[] = [],
): HoldsInProgress {
  const { store, attributes, rowsOfType } = reading
  const { spans } = store
  const waitNames = namesOfWaits(store, waits)
  const waitOfHoldId = new LocalNames()
  for (const [index, wait] of waits.entries()) {
    if (wait.holdId !== '') waitOfHoldId.add(spans.process[wait.row]!, wait.holdId, index)
  }
  const names = new LocalNames()
  const drafts = (rowsOfType.get(RecordType.hold) ?? []).map((row): Draft => {
    const process = spans.process[row]!
    const id = attributes.text(spans, row, Key.holdId)
    let wait = waitNames.find(process, attributes.text(spans, row, Key.waitId))
    if (wait === -1) wait = waitOfHoldId.find(process, id)
    return {
      ...intervalOf(store, row),
      row,
      inferred: null,
      id,
      task: tasks.ofSpan[row]!,
      resource: resourceOf(reading, row, resources, 'hold'),
      mode: modeOf(reading, row),
      permits: Math.max(1, attributes.number(spans, row, Key.resourcePermits, 1)),
      releaseType: attributes.text(spans, row, Key.resourceReleaseType),
      wait,
      uses: [],
      usefulNs: 0,
      lastUseNs: -1,
      site: attributes.site(spans, row),
    }
  })
  for (const hold of inferred) drafts.push({ ...hold })
  if (inferred.length > 0) drafts.sort((a, b) => a.startNs - b.startNs || a.row - b.row)
  for (const [index, { id, row, wait, inferred: by }] of drafts.entries()) {
    if (!by) names.add(spans.process[row]!, id, index)
    if (wait !== -1 && waits[wait]!.hold === -1) waits[wait]!.hold = index
  }
  return { drafts, names }
}

const client = 3

/**
 * Fills in the uses: application spans and accesses stamped with the hold's id, clipped to the hold. A connection is
 * used by the calls that go through it, so where a pool's hold has any, other spans under it do not count.
 */
export function fillUses(
  reading: Reading,
  { drafts, names }: HoldsInProgress,
  accesses: readonly Access[],
  isPool: (resource: number) => boolean,
): Hold[] {
  const { store, attributes } = reading
  const { spans } = store
  const all: Use[][] = drafts.map(() => [])
  const byClients: Use[][] = drafts.map(() => [])
  const byDatabase: Use[][] = drafts.map(() => [])
  const stamped = drafts.length > 0 && attributes.knows(Key.holdIds)
  for (let row = 0; stamped && row < spans.count; row++) {
    const process = spans.process[row]!
    if (!reading.recorded[process]) continue
    const ids = attributes.texts(spans, row, Key.holdIds)
    if (ids.length === 0 || attributes.text(spans, row, Key.recordType) !== '') continue
    for (const id of ids) {
      const hold = names.find(process, id)
      if (hold === -1) continue
      const use = clip(drafts[hold]!, spans.startNs[row]!, spans.endNs[row]!)
      all[hold]!.push(use)
      if (spans.kind[row] !== client) continue
      byClients[hold]!.push(use)
      if (attributes.text(spans, row, 'db.system.name') !== '') byDatabase[hold]!.push(use)
    }
  }
  for (const access of accesses) {
    for (const hold of access.holds) all[hold]!.push(clip(drafts[hold]!, access.atNs, access.atNs))
  }
  return drafts.map((draft, index): Hold => {
    if (draft.inferred) return draft
    // A pooled connection is used by the calls that go through it: queries when there are any (an HTTP call made
    // meanwhile is a foreign wait), else any client's call.
    const candidates = isPool(draft.resource) ? [byDatabase[index]!, byClients[index]!] : []
    const uses = mergeIntervals(candidates.find(list => list.length > 0) ?? all[index]!)
    let usefulNs = 0
    for (const use of uses) usefulNs += use.endNs - use.startNs
    return { ...draft, uses, usefulNs, lastUseNs: uses.length > 0 ? uses[uses.length - 1]!.endNs : -1 }
  })
}

function clip(hold: Draft, startNs: number, endNs: number): Use {
  const from = Math.min(Math.max(startNs, hold.startNs), hold.endNs)
  return { startNs: from, endNs: Math.max(from, Math.min(endNs, hold.endNs)) }
}

/** Disjoint intervals in order of start. */
export function mergeIntervals(intervals: readonly Use[]): Use[] {
  const sorted = intervals.toSorted((a, b) => a.startNs - b.startNs)
  const out: { startNs: number; endNs: number }[] = []
  for (const { startNs, endNs } of sorted) {
    const last = out[out.length - 1]
    if (last && startNs <= last.endNs) last.endNs = Math.max(last.endNs, endNs)
    else out.push({ startNs, endNs })
  }
  return out
}
