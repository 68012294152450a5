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
import { hasFlag, SpanFlag, spanName } from '../store/store.ts'
import type { Hold } from './model.ts'
import { connectionRules, provingWaitNs } from './presets/connections.ts'
import type { Queries, Query } from './queries.ts'
import { mergeIntervals } from './read-holds.ts'
import type { WaitDraft } from './read-waits.ts'
import type { Reading } from './reading.ts'
import type { ResourceBook } from './resource-book.ts'
import { localRoot, workSite } from './work-site.ts'

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
  for (const [index, wait] of waits.entries()) {
    if (!wait.inferred || resources.typeOf(wait.resource) !== 'pool') continue
    const list = out.get(wait.resource)
    if (list) list.push(index)
    else out.set(wait.resource, [index])
  }
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
 * Somebody waited long, nobody was granted anything meanwhile, no connection was being made, and exactly as many takers as
 * the pool has connections were open all along: it was them. With more takers nobody can say who, so nothing is said.
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
  const made = connectionsMade(reading, waits, indexes)
  let proven = -1
  let madeSoFar = 0
  let open: Grant[] = []
  let next = 0
  for (const index of indexes) {
    const wait = waits[index]!
    if (wait.endNs - wait.startNs < provingWaitNs) continue
    const marginNs = processes[spans.process[wait.row]!]?.uncertaintyNs ?? 0
    for (; next < grants.length && grants[next]!.atNs <= wait.startNs + marginNs; next++)
      if (grants[next]!.ownerEndNs - grants[next]!.atNs >= provingWaitNs) open.push(grants[next]!)
    open = open.filter(grant => grant.ownerEndNs > wait.startNs)
    while (madeSoFar < made.length && made[madeSoFar]! <= wait.startNs + marginNs) madeSoFar++
    // A grant to somebody else while this one waited: a connection changed hands.
    const granted = grants[next]
    if (granted && granted.atNs < wait.endNs - marginNs) continue
    if (makesOne(reading, wait.row)) continue
    const kept = open.filter(grant => grant.releasedNs < 0 && grant.ownerEndNs >= wait.endNs - marginNs)
    const capacity = declared > 0 ? declared : madeSoFar
    if (kept.length !== capacity || capacity < minProven) continue
    proven = Math.max(proven, capacity)
    for (const grant of kept) {
      grant.keptNs = Math.max(grant.keptNs, wait.endNs)
      grant.others++
    }
  }
  return proven
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
