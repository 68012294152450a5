/**
 * Who is to blame for how much waiting.
 *
 * Every wait is split over those who blocked it, and pushed on to what *they* were waiting for meanwhile, until it
 * reaches somebody who was not waiting (cascaded redistribution, wPerf, Zhou et al., OSDI 2018):
 *
 *     wait on pool (10 s) ─┬─ 1/2 ─ hold A, taken at auth.ts:41 ──────────────► blamed 5 s
 *                          └─ 1/2 ─ hold B ─ its task waits for lock L ─ hold C ► blamed 5 s
 *
 * Nothing is lost and nothing counted twice: the sum of blame equals the sum of waiting.
 */
import type { Context } from '../detect/context.ts'
import { findLags } from '../detect/lags.ts'
import { blocksOfLoops, findBlocks } from '../detect/stalls.ts'
import { chainOf } from './chain.ts'

/** `chain`: a tick came late because the loop of awaits that it belongs to was at something else. */
export type SignatureKind = 'hold' | 'slice' | 'chain' | 'cycle' | 'unknown'

/** One culprit: ten leaked streams of one acquire site are one. */
export interface Signature {
  readonly kind: SignatureKind
  /** Resource group or loop, -1. */
  readonly subject: number
  readonly site: string
}

/** Whose waiting: for one resource group, or for one loop (ready, but not run), from one place in the code. */
export interface VictimGroup {
  readonly kind: 'resource' | 'loop'
  readonly subject: number
  /** Of the acquire or the task; a timer's name; `''` unknown. */
  readonly site: string
}

export interface BlameRow {
  readonly signature: Signature
  readonly ns: number
}

export interface Blame {
  /** All waiting: the sum of all cells. */
  readonly totalNs: number
  readonly groups: readonly {
    readonly victims: VictimGroup
    readonly totalNs: number
    readonly rows: readonly BlameRow[]
  }[]
  /** Blame of one signature over all victims. */
  readonly of: (kind: SignatureKind, subject: number, site: string) => number
}

/** Chains are short in practice; longer ones end as unknown. */
const maxDepth = 16
/** Of more holders than this an even sample is asked. */
const maxHolders = 128
/** Work per trace, so that a pathological one ends: pieces beyond this are not followed further. */
const maxPieces = 2_000_000

/** Part of a wait that is on its way to whoever is to blame. */
interface Piece {
  readonly task: number
  readonly fromNs: number
  readonly toNs: number
  readonly ns: number
  /** What to blame if the task was not itself waiting: a number of `signatures`. */
  readonly blame: number
  readonly path: readonly number[]
}

/** Nanoseconds by number of signature. */
type Row = Map<number, number>

export function computeBlame(context: Context): Blame {
  const { model } = context
  const signatures = new Signatures()
  const rows = new Map<string, { readonly victims: VictimGroup; readonly row: Row }>()
  const blocks = findBlocks(context)
  const blocksByLoop = blocksOfLoops(context)
  const lags = findLags(context)
  const holdsByGroup = context.holdsOfGroup()
  const chained = tasksInChains(context)
  const signatureOfHold = Int32Array.from(model.holds, hold =>
    hold.resource < 0 ? -1 : signatures.of('hold', context.groupOf(hold.resource), hold.site),
  )
  let totalNs = 0
  let pieces = 0

  const rowOf = (kind: VictimGroup['kind'], subject: number, site: string): Row => {
    const key = `${kind} ${subject} ${site}`
    let entry = rows.get(key)
    if (!entry) {
      entry = { victims: { kind, subject, site }, row: new Map() }
      rows.set(key, entry)
    }
    return entry.row
  }
  const add = (row: Row, signature: number, ns: number) => {
    row.set(signature, (row.get(signature) ?? 0) + ns)
  }

  /**
   * Splits a wait on a group over its holders by the time they held. Those that can not have been waiting themselves are
   * blamed at once, the others are returned. False when nobody is known to have held it.
   */
  const split = (
    row: Row,
    group: number,
    waiter: number,
    fromNs: number,
    toNs: number,
    ns: number,
    path: readonly number[],
    onward: Piece[],
  ): boolean => {
    const all = holdsByGroup.overlapping(group, fromNs, toNs)
    const stride = all.length > maxHolders ? Math.ceil(all.length / maxHolders) : 1
    let sum = 0
    for (let i = 0; i < all.length; i += stride) {
      const hold = model.holds[all[i]!]!
      if (hold.task !== waiter) sum += Math.min(toNs, hold.endNs) - Math.max(fromNs, hold.startNs)
    }
    if (sum <= 0) return false
    for (let i = 0; i < all.length; i += stride) {
      const hold = model.holds[all[i]!]!
      if (hold.task === waiter) continue
      const from = Math.max(fromNs, hold.startNs)
      const to = Math.min(toNs, hold.endNs)
      const part = (ns * (to - from)) / sum
      const blame = signatureOfHold[all[i]!]!
      if (hold.task >= 0 && chained[hold.task] === 1)
        onward.push({ task: hold.task, fromNs: from, toNs: to, ns: part, blame, path })
      else add(row, blame, part)
    }
    return true
  }

  const follow = (row: Row, stack: Piece[]) => {
    while (stack.length > 0) {
      const piece = stack.pop()!
      pieces++
      const signature = signatures.list[piece.blame]!
      if (piece.path.includes(piece.task)) {
        add(row, signatures.of('cycle', signature.subject, signature.site), piece.ns)
        continue
      }
      const lengthNs = piece.toNs - piece.fromNs
      let leftNs = piece.ns
      if (lengthNs > 0 && piece.path.length < maxDepth && pieces < maxPieces) {
        const path = [...piece.path, piece.task]
        for (const index of context.waitsOf().overlapping(piece.task, piece.fromNs, piece.toNs)) {
          const wait = model.waits[index]!
          if (wait.resource < 0) continue
          const from = Math.max(piece.fromNs, wait.startNs)
          const to = Math.min(piece.toNs, wait.endNs)
          const part = Math.min(leftNs, (piece.ns * (to - from)) / lengthNs)
          if (part > 0 && split(row, context.groupOf(wait.resource), piece.task, from, to, part, path, stack))
            leftNs -= part
        }
        // Ready, but somebody else kept its loop.
        for (const index of lags.byTask.overlapping(piece.task, piece.fromNs, piece.toNs)) {
          const lag = lags.list[index]!
          const readyNs = Math.max(lag.readyNs, piece.fromNs)
          const ranNs = Math.min(lag.ranNs, piece.toNs)
          for (const at of blocksByLoop.overlapping(lag.loop, readyNs, ranNs)) {
            const block = blocks[at]!
            if (block.task === piece.task) continue
            const sharedNs = Math.min(ranNs, block.endNs) - Math.max(readyNs, block.startNs)
            const part = Math.min(leftNs, (piece.ns * sharedNs) / lengthNs)
            if (part <= 0) continue
            leftNs -= part
            add(row, signatures.of('slice', block.loop, block.site), part)
          }
        }
      }
      if (leftNs > 0) add(row, piece.blame, leftNs)
    }
  }

  const stack: Piece[] = []
  for (const wait of model.waits) {
    const ns = wait.endNs - wait.startNs
    if (ns <= 0 || wait.resource < 0) continue
    context.checkpoint()
    const group = context.groupOf(wait.resource)
    const row = rowOf('resource', group, wait.site)
    totalNs += ns
    const path = wait.task >= 0 ? [wait.task] : []
    if (split(row, group, wait.task, wait.startNs, wait.endNs, ns, path, stack)) follow(row, stack)
    else add(row, signatures.of('unknown', group, ''), ns)
  }
  for (const lag of lags.list) {
    const ns = lag.ranNs - lag.readyNs
    if (ns < context.thresholds.stallVictimNs) continue
    const row = rowOf('loop', lag.loop, lag.kind === 'await' ? (model.tasks[lag.task]?.site ?? '') : lag.name)
    totalNs += ns
    let leftNs = ns
    for (const index of blocksByLoop.overlapping(lag.loop, lag.readyNs, lag.ranNs)) {
      const block = blocks[index]!
      const part = Math.min(leftNs, Math.min(lag.ranNs, block.endNs) - Math.max(lag.readyNs, block.startNs))
      if (part <= 0) continue
      leftNs -= part
      add(row, signatures.of('slice', lag.loop, block.site), part)
    }
    if (leftNs > 0 && lag.kind !== 'await') {
      for (const piece of chainOf(context, lag)) {
        const part = Math.min(leftNs, piece.ns)
        leftNs -= part
        add(row, signatures.of('chain', lag.loop, piece.site), part)
      }
    }
    if (leftNs > 0) add(row, signatures.of('unknown', lag.loop, ''), leftNs)
  }

  const totals: Row = new Map()
  const groups = [...rows.values()].map(({ victims, row }) => {
    const cells: BlameRow[] = []
    let sum = 0
    for (const [signature, ns] of row) {
      cells.push({ signature: signatures.list[signature]!, ns })
      add(totals, signature, ns)
      sum += ns
    }
    return { victims, totalNs: sum, rows: cells.sort((a, b) => b.ns - a.ns) }
  })
  return { totalNs, groups, of: (kind, subject, site) => totals.get(signatures.of(kind, subject, site)) ?? 0 }
}

/** Signatures by number. */
class Signatures {
  readonly list: Signature[] = []
  readonly #known = new Map<string, Map<string, number>>()

  of(kind: SignatureKind, subject: number, site: string): number {
    const key = `${kind} ${subject}`
    let sites = this.#known.get(key)
    if (!sites) {
      sites = new Map()
      this.#known.set(key, sites)
    }
    let found = sites.get(site)
    if (found === undefined) {
      found = this.list.push({ kind, subject, site }) - 1
      sites.set(site, found)
    }
    return found
  }
}

/** 1 for tasks that waited while they held something, or were held up by a long slice: only through them blame travels on. */
function tasksInChains(context: Context): Uint8Array {
  const { model } = context
  const out = new Uint8Array(model.tasks.length)
  for (const wait of model.waits) {
    if (wait.task < 0 || out[wait.task] === 1) continue
    if (context.holdsOf().overlapping(wait.task, wait.startNs, wait.endNs).length > 0) out[wait.task] = 1
  }
  const blocks = blocksOfLoops(context)
  for (const lag of findLags(context).list) {
    if (
      lag.task >= 0 &&
      out[lag.task] === 0 &&
      blocks.overlapping(lag.loop, lag.readyNs, lag.ranNs).length > 0
    )
      out[lag.task] = 1
  }
  return out
}
