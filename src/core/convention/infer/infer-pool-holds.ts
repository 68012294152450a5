/**
 * Holds of pooled connections in ordinary traces: from the grant, which is the end of an acquire span, to what can be known
 * of the end.
 *
 *     request   ├─────────────────────────────────┤
 *     acquire    ├─┤
 *     query          ├──┤
 *     H3           ######                             at least until its last query
 *     H4           ####################               the pool was full until here, and this taker still open
 *     another                ├────────✕               waited, although only queries like the above were to be seen
 */
import { hasFlag, SpanFlag, spanName } from '../../store/store.ts'
import { localRoot, workSite } from '../calls/work-site.ts'
import { countUntil } from '../count-until.ts'
import type { Hold } from '../model.ts'
import { connectionRules, provingWaitNs } from '../presets/connections.ts'
import type { Queries, Query } from '../queries/queries.ts'
import { mergeIntervals } from '../tables/read-holds.ts'
import type { WaitDraft } from '../tables/read-waits.ts'
import type { Reading } from '../tables/reading.ts'
import type { ResourceBook } from '../tables/resource-book.ts'

export type HoldDraft = { -readonly [K in keyof Hold]: Hold[K] }

interface Grant {
  readonly wait: number
  readonly atNs: number
  /** Its owner may have kept it until then. */
  readonly ownerEndNs: number
  readonly uses: { readonly startNs: number; readonly endNs: number }[]
  lastUseNs: number
  releasedNs: number
  /** Proven by others' waits. */
  keptNs: number
  others: number
}

export function inferPoolHolds(
  reading: Reading,
  waits: readonly WaitDraft[],
  resources: ResourceBook,
  queries: Queries,
): HoldDraft[] {
  const out: HoldDraft[] = []
  for (const [resource, indexes] of poolWaits(waits, resources)) {
    const grants = grantsOf(reading, waits, indexes)
    assignUses(reading, waits, grants, queries)
    const proven = proveKept(reading, waits, indexes, grants, resources.capacityOf(resource))
    if (proven > 0) resources.learnCapacity(resource, proven)
    for (const grant of grants) {
      const hold = holdOf(reading, waits[grant.wait]!, grant, resources.capacityOf(resource))
      if (hold.endNs > hold.startNs) out.push(hold)
    }
  }
  return out
}

/** Inferred waits of each pool, by start. */
function poolWaits(waits: readonly WaitDraft[], resources: ResourceBook): Map<number, number[]> {
  const out = new Map<number, number[]>()
  waits.forEach((wait, index) => {
    if (!wait.inferred || resources.typeOf(wait.resource) !== 'pool') return
    const list = out.get(wait.resource)
    if (list) list.push(index)
    else out.set(wait.resource, [index])
  })
  return out
}

function grantsOf(reading: Reading, waits: readonly WaitDraft[], indexes: readonly number[]): Grant[] {
  const { store } = reading
  const grants: Grant[] = []
  for (const index of indexes) {
    const wait = waits[index]!
    if (wait.outcome !== 'acquired') continue
    const root = localRoot(reading, wait.row)
    const endless = hasFlag(store, root, SpanFlag.ghost) || hasFlag(store, root, SpanFlag.open)
    grants.push({
      wait: index,
      atNs: wait.endNs,
      ownerEndNs: endless ? Number.POSITIVE_INFINITY : store.spans.endNs[root]!,
      uses: [],
      lastUseNs: -1,
      releasedNs: -1,
      keptNs: -1,
      others: 0,
    })
  }
  return grants.sort((a, b) => a.atNs - b.atNs || a.wait - b.wait)
}

/** Each query of the caller goes to the first grant that had none yet, else to the last one that is not busy. */
function assignUses(
  { store, rules }: Reading,
  waits: readonly WaitDraft[],
  grants: readonly Grant[],
  queries: Queries,
): void {
  const { spans, processes } = store
  const byParent = new Map<number, Grant[]>()
  for (const grant of grants) {
    const row = waits[grant.wait]!.row
    // Without a caller's span, the acquire itself becomes the parent of what is done with the connection.
    const parent = spans.parent[row]! === -1 ? row : spans.parent[row]!
    const list = byParent.get(parent)
    if (list) list.push(grant)
    else byParent.set(parent, [grant])
  }
  for (const [parent, own] of byParent) {
    const marginNs = processes[spans.process[parent]!]?.uncertaintyNs ?? 0
    let unused = 0
    for (const query of queries.byParent.get(parent) ?? []) {
      const startNs = spans.startNs[query.row]!
      const endNs = spans.endNs[query.row]!
      const next = own[unused]
      if (next && next.atNs - marginNs <= startNs) {
        unused++
        use(rules, next, query, startNs, endNs)
        continue
      }
      for (let at = unused - 1; at >= Math.max(0, unused - 16); at--) {
        const grant = own[at]!
        if (grant.releasedNs >= 0 || (grant.lastUseNs > startNs + marginNs && at > 0)) continue
        use(rules, grant, query, startNs, endNs)
        break
      }
    }
  }
}

function use(rules: Reading['rules'], grant: Grant, query: Query, startNs: number, endNs: number): void {
  if (rules.of(query.row)?.rule.role === 'release') {
    grant.releasedNs = endNs
    return
  }
  grant.uses.push({ startNs: Math.max(startNs, grant.atNs), endNs: Math.max(endNs, grant.atNs) })
  grant.lastUseNs = Math.max(grant.lastUseNs, endNs)
}

/**
 * While somebody waits long and no connection is being made, all there are are taken, and from one grant to the next by the
 * same takers. Where exactly as many takers as the pool has connections were open all that time, it was them. With more
 * takers nobody can say who, so nothing is said.
 *
 *     taker 1   ########|                    a: taker 1 gave its one back,
 *     taker 2   ################|            b: taker 2 did
 *     waits          ├──┤##########          granted at a
 *     waits           ├─────────┤####        granted at b: from a to b the two above had them all
 *
 * Instrumentation hardly ever tells the capacity. Where it does not, the connections made so far stand for it: a pool that
 * lets others wait has made all it may. Returns the capacity that was proven, -1 when nothing was.
 */
function proveKept(
  reading: Reading,
  waits: readonly WaitDraft[],
  indexes: readonly number[],
  grants: readonly Grant[],
  declared: number,
): number {
  const { spans, processes } = reading.store
  const proving = indexes.filter(index => {
    const { startNs, endNs, row } = waits[index]!
    return endNs - startNs >= provingWaitNs && !makesOne(reading, row)
  })
  if (proving.length === 0) return -1
  const made = connectionsMade(reading, waits, indexes)
  const ends = grants.map(lastPossibleNs).sort((a, b) => a - b)
  let proven = -1
  let open: readonly Grant[] = []
  let granted = 0
  let provenUntilNs = Number.NEGATIVE_INFINITY
  for (const index of proving) {
    const wait = waits[index]!
    const marginNs = processes[spans.process[wait.row]!]?.uncertaintyNs ?? 0
    const fromNs = Math.max(wait.startNs, provenUntilNs)
    const moments = handedOver(waits, grants, wait, fromNs + marginNs, wait.endNs - marginNs)
    if (!moments) continue
    for (const [at, untilNs] of [...moments, wait.endNs].entries()) {
      const sinceNs = at === 0 ? fromNs : moments[at - 1]!
      const fresh = countUntil(grants, sinceNs + marginNs, grantNs)
      const capacity = declared > 0 ? declared : countUntil(made, sinceNs + marginNs, ns => ns)
      const gone = countUntil(ends, untilNs - marginNs, ns => ns)
      if (capacity < minProven || fresh - gone !== capacity) continue
      open = [...open, ...grants.slice(granted, fresh)].filter(
        grant => lastPossibleNs(grant) > untilNs - marginNs,
      )
      granted = fresh
      if (open.length !== capacity) continue
      proven = Math.max(proven, capacity)
      for (const grant of open) grant.keptNs = Math.max(grant.keptNs, untilNs)
    }
    provenUntilNs = Math.max(provenUntilNs, wait.endNs)
  }
  countOthers(waits, proving, grants)
  return proven
}

const grantNs = (grant: Grant): number => grant.atNs
/** By then it was given back at the latest. */
const lastPossibleNs = (grant: Grant): number => (grant.releasedNs >= 0 ? grant.releasedNs : grant.ownerEndNs)

/** When others were granted one while this wait went on; null when one of them asked later: then there was no queue. */
function handedOver(
  waits: readonly WaitDraft[],
  grants: readonly Grant[],
  wait: WaitDraft,
  fromNs: number,
  toNs: number,
): number[] | null {
  const moments: number[] = []
  for (let at = countUntil(grants, fromNs, grantNs); at < grants.length; at++) {
    const { atNs, wait: other } = grants[at]!
    if (atNs >= toNs) break
    if (waits[other]!.startNs > wait.startNs || moments.length >= maxHandedOver) return null
    moments.push(atNs)
  }
  return moments
}

/** In longer queues nobody is looked for. */
const maxHandedOver = 1000

function countOthers(
  waits: readonly WaitDraft[],
  proving: readonly number[],
  grants: readonly Grant[],
): void {
  const starts = proving.map(index => waits[index]!.startNs)
  const ends = proving.map(index => waits[index]!.endNs).sort((a, b) => a - b)
  for (const grant of grants)
    if (grant.keptNs >= 0)
      grant.others = countUntil(starts, grant.keptNs - 1, ns => ns) - countUntil(ends, grant.atNs, ns => ns)
}

/** One taker and one connection made prove too little. */
const minProven = 2

/** When connections were made under acquires of this pool. */
function connectionsMade(
  reading: Reading,
  waits: readonly WaitDraft[],
  indexes: readonly number[],
): number[] {
  return indexes
    .filter(index => makesOne(reading, waits[index]!.row) && waits[index]!.outcome === 'acquired')
    .map(index => waits[index]!.endNs)
    .sort((a, b) => a - b)
}

/** An acquire has a few spans below it at most. */
const maxChildren = 64

function makesOne({ store, rules }: Reading, row: number): boolean {
  const end = Math.min(store.spans.subtreeEnd[row]!, row + maxChildren)
  for (let child = row + 1; child < end; child++) if (rules.of(child)?.rule.role === 'connect') return true
  return false
}

function holdOf(reading: Reading, wait: WaitDraft, grant: Grant, capacity: number): HoldDraft {
  const { store } = reading
  const name = spanName(store, wait.row)
  const rule = grant.releasedNs >= 0 ? 'H1' : grant.keptNs > grant.lastUseNs ? 'H4' : 'H3'
  const endNs = Math.max(grant.atNs, { H1: grant.releasedNs, H3: grant.lastUseNs, H4: grant.keptNs }[rule])
  const reason = {
    H1: `inferred from ${name} and the span of the release`,
    H3: `inferred from ${name} and the queries after it: at least until the last of them`,
    H4: `inferred from ${name}: its taker was one of the ${capacity} still open while ${grant.others} ${grant.others === 1 ? 'other' : 'others'} waited`,
  }[rule]
  const uses = mergeIntervals(
    grant.uses.map(one => ({ startNs: one.startNs, endNs: Math.min(one.endNs, endNs) })),
  )
  return {
    startNs: grant.atNs,
    endNs,
    open: false,
    row: wait.row,
    inferred: { rule, reason, confidence: connectionRules[rule].confidence },
    id: '',
    task: wait.task,
    resource: wait.resource,
    mode: 'exclusive',
    permits: 1,
    releaseType: '',
    wait: grant.wait,
    uses,
    usefulNs: uses.reduce((sum, one) => sum + one.endNs - one.startNs, 0),
    lastUseNs: uses.at(-1)?.endNs ?? -1,
    site: workSite(reading, wait.row),
  }
}
