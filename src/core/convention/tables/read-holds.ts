/** Holds, joined with the waits that led to them and with what was done under them. */
import { eachOf, groupBy } from '../../store/group.ts'
import { orderOf } from '../../store/sort-by-key.ts'
import { hasFlag, Kind, SpanFlag } from '../../store/store.ts'
import type { HoldDraft } from '../infer/infer-pool-holds.ts'
import { Key, RecordType } from '../keys.ts'
import type { Access, Hold } from '../model.ts'
import { LocalNames } from './local-names.ts'
import type { Tasks } from './read-tasks.ts'
import { modeOf, namesOfWaits, resourceOf, type WaitDraft } from './read-waits.ts'
import type { Reading } from './reading.ts'
import type { ResourceBook } from './resource-book.ts'

interface Use {
  readonly startNs: number
  readonly endNs: number
}

type Growing = { -readonly [K in keyof Use]: Use[K] }

export interface HoldsInProgress {
  readonly drafts: HoldDraft[]
  readonly names: LocalNames
}

/** Reads the holds, adds the inferred ones (their `wait` set already) and sets `hold` of all their waits. */
export function readHolds(
  reading: Reading,
  tasks: Tasks,
  waits: WaitDraft[],
  resources: ResourceBook,
  inferred: readonly HoldDraft[] = [],
): HoldsInProgress {
  const { store, attributes, rowsOfType } = reading
  const { spans } = store
  const waitNames = namesOfWaits(reading, waits)
  const waitOfHoldId = new LocalNames()
  waits.forEach(({ row, inferred }, index) => {
    if (inferred) return
    const holdName = attributes.textNumber(spans, row, Key.holdId)
    if (holdName !== 0) waitOfHoldId.add(spans.process[row]!, holdName, index)
  })
  const names = new LocalNames()
  const drafts = (rowsOfType.get(RecordType.hold) ?? []).map((row): HoldDraft => {
    const process = spans.process[row]!
    let wait = waitNames.find(process, attributes.textNumber(spans, row, Key.waitId))
    if (wait === -1) wait = waitOfHoldId.find(process, attributes.textNumber(spans, row, Key.holdId))
    return {
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      open: hasFlag(store, row, SpanFlag.open),
      row,
      inferred: null,
      id: attributes.text(spans, row, Key.holdId),
      task: tasks.ofSpan[row]!,
      resource: resourceOf(reading, row, resources, 'hold'),
      mode: modeOf(reading, row),
      permits: Math.max(1, attributes.number(spans, row, Key.resourcePermits, 1)),
      releaseType: attributes.text(spans, row, Key.resourceReleaseType),
      wait,
      // Until `fillUses`; a small integer would make the engine change the layout of each hold when the time comes.
      uses: none,
      usefulNs: Number.NaN,
      lastUseNs: Number.NaN,
      site: attributes.site(spans, row),
    }
  })
  for (const hold of inferred) drafts.push(hold)
  if (inferred.length > 0) drafts.sort((a, b) => a.startNs - b.startNs || a.row - b.row)
  drafts.forEach(({ row, wait, inferred: by }, index) => {
    if (!by) names.add(spans.process[row]!, attributes.textNumber(spans, row, Key.holdId), index)
    if (wait !== -1 && waits[wait]!.hold === -1) waits[wait]!.hold = index
  })
  return { drafts, names }
}

const none: readonly never[] = []

/** What a span under a hold tells of its use: that it was there, that it called somebody, that it asked a database. */
const Told = { work: 0, call: 1, query: 2 } as const

/** Spans and accesses stamped with the ids of holds: one row for each pair. */
interface Stamps {
  readonly hold: number[]
  readonly startNs: number[]
  readonly endNs: number[]
  readonly told: number[]
}

/**
 * Fills in the uses: application spans and accesses stamped with the hold's id, clipped to the hold. A connection is
 * used by the calls that go through it, so where a pool's hold has any, other spans under it do not count.
 */
export function fillUses(
  reading: Reading,
  { drafts, names }: HoldsInProgress,
  accesses: readonly Access[],
  isPool: (resource: number) => boolean,
): readonly Hold[] {
  const stamps = readStamps(reading, names, accesses)
  const byStart = orderOf(new Float64Array(stamps.startNs))
  const ofHold = groupBy(byStart.length, drafts.length, nth => stamps.hold[byStart[nth]!]!)
  drafts.forEach((draft, index) => {
    if (draft.inferred) return
    // A pooled connection is used by the calls that go through it: queries when there are any (an HTTP call made
    // meanwhile is a foreign wait), else any client's call.
    let most: number = Told.work
    if (isPool(draft.resource))
      eachOf(ofHold, index, nth => (most = Math.max(most, stamps.told[byStart[nth]!]!)))
    const uses: Growing[] = []
    eachOf(ofHold, index, nth => {
      const at = byStart[nth]!
      if (stamps.told[at]! < most) return
      // Within the hold.
      const fromNs = Math.min(Math.max(stamps.startNs[at]!, draft.startNs), draft.endNs)
      join(uses, fromNs, Math.max(fromNs, Math.min(stamps.endNs[at]!, draft.endNs)))
    })
    draft.uses = uses
    draft.usefulNs = uses.reduce((sum, use) => sum + use.endNs - use.startNs, 0)
    draft.lastUseNs = uses.at(-1)?.endNs ?? -1
  })
  return drafts
}

function readStamps(
  { store, attributes, recorded, ownSpans }: Reading,
  names: LocalNames,
  accesses: readonly Access[],
): Stamps {
  const { spans } = store
  const stamps: Stamps = { hold: [], startNs: [], endNs: [], told: [] }
  const add = (hold: number, startNs: number, endNs: number, told: number): void => {
    stamps.hold.push(hold)
    stamps.startNs.push(startNs)
    stamps.endNs.push(endNs)
    stamps.told.push(told)
  }
  for (let row = 0; attributes.knows(Key.holdIds) && row < spans.count; row++) {
    const process = spans.process[row]!
    if (recorded[process] !== 1 || ownSpans[row] === 1) continue
    for (const name of attributes.textNumbers(spans, row, Key.holdIds)) {
      const hold = names.find(process, name)
      if (hold === -1) continue
      const isCall = spans.kind[row] === Kind.client
      const isQuery = isCall && attributes.text(spans, row, 'db.system.name') !== ''
      const told = isQuery ? Told.query : isCall ? Told.call : Told.work
      add(hold, spans.startNs[row]!, spans.endNs[row]!, told)
    }
  }
  for (const { holds, atNs } of accesses) for (const hold of holds) add(hold, atNs, atNs, Told.work)
  return stamps
}

/** Disjoint intervals in order of start. */
export function mergeIntervals(intervals: readonly Use[]): Use[] {
  const out: Growing[] = []
  for (const { startNs, endNs } of intervals.toSorted((a, b) => a.startNs - b.startNs))
    join(out, startNs, endNs)
  return out
}

/** Adds an interval that starts no earlier than those before it. */
function join(disjoint: Growing[], startNs: number, endNs: number): void {
  const last = disjoint[disjoint.length - 1]
  if (last && startNs <= last.endNs) last.endNs = Math.max(last.endNs, endNs)
  else disjoint.push({ startNs, endNs })
}
