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

export type SignatureKind = 'hold' | 'slice' | 'cycle' | 'unknown'

/** One culprit: ten leaked streams of one acquire site are one. */
export interface Signature {
  readonly kind: SignatureKind
  /** Resource group or loop, -1. */
  readonly subject: number
  readonly site: string
}

/** Whose waiting: of one resource group, or of one loop (ready, but not run). */
export interface VictimGroup {
  readonly kind: 'resource' | 'loop'
  readonly subject: number
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

interface Piece {
  readonly task: number
  readonly fromNs: number
  readonly toNs: number
  readonly ns: number
  /** What to blame if the task was not itself waiting. */
  readonly blame: Signature
  readonly path: readonly number[]
}

export function computeBlame(context: Context): Blame {
  const { model } = context
  const cells = new Map<string, Map<string, { signature: Signature; ns: number }>>()
  const victims = new Map<string, VictimGroup>()
  let totalNs = 0
  let pieces = 0
  const blocks = findBlocks(context)
  const lags = findLags(context)
  const blocksByLoop = blocksOfLoops(context)
  const holdsByGroup = context.holdsOfGroup()

  const add = (row: Map<string, { signature: Signature; ns: number }>, signature: Signature, ns: number) => {
    const key = keyOf(signature)
    const cell = row.get(key)
    if (cell) cell.ns += ns
    else row.set(key, { signature, ns })
  }
  const rowOf = (group: VictimGroup) => {
    const key = `${group.kind} ${group.subject}`
    victims.set(key, group)
    let row = cells.get(key)
    if (!row) {
      row = new Map()
      cells.set(key, row)
    }
    return row
  }
  /** Splits a wait on a group over its holders. */
  const split = (
    group: number,
    waiter: number,
    fromNs: number,
    toNs: number,
    ns: number,
    path: readonly number[],
  ): Piece[] => {
    let holders = holdsByGroup
      .overlapping(group, fromNs, toNs)
      .filter(index => model.holds[index]!.task !== waiter)
    if (holders.length > maxHolders) {
      const stride = Math.ceil(holders.length / maxHolders)
      holders = holders.filter((_, i) => i % stride === 0)
    }
    const parts = holders.map(index => {
      const hold = model.holds[index]!
      return { hold, from: Math.max(fromNs, hold.startNs), to: Math.min(toNs, hold.endNs) }
    })
    const sum = parts.reduce((total, part) => total + part.to - part.from, 0)
    if (sum <= 0) return []
    return parts.map(part => ({
      task: part.hold.task,
      fromNs: part.from,
      toNs: part.to,
      ns: (ns * (part.to - part.from)) / sum,
      blame: { kind: 'hold', subject: group, site: part.hold.site },
      path,
    }))
  }
  const follow = (row: Map<string, { signature: Signature; ns: number }>, first: readonly Piece[]) => {
    const stack = [...first]
    while (stack.length > 0) {
      const piece = stack.pop()!
      pieces++
      if (piece.path.includes(piece.task)) {
        add(row, { kind: 'cycle', subject: piece.blame.subject, site: piece.blame.site }, piece.ns)
        continue
      }
      const lengthNs = piece.toNs - piece.fromNs
      let leftNs = piece.ns
      if (lengthNs > 0 && piece.task >= 0 && piece.path.length < maxDepth && pieces < maxPieces) {
        const path = [...piece.path, piece.task]
        for (const index of context.waitsOf().overlapping(piece.task, piece.fromNs, piece.toNs)) {
          const wait = model.waits[index]!
          if (wait.resource < 0) continue
          const from = Math.max(piece.fromNs, wait.startNs)
          const to = Math.min(piece.toNs, wait.endNs)
          const part = Math.min(leftNs, (piece.ns * (to - from)) / lengthNs)
          const onward = split(context.groupOf(wait.resource), piece.task, from, to, part, path)
          if (onward.length === 0) continue
          leftNs -= part
          stack.push(...onward)
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
            add(row, { kind: 'slice', subject: block.loop, site: block.site }, part)
          }
        }
      }
      if (leftNs > 0) add(row, piece.blame, leftNs)
    }
  }

  for (const wait of model.waits) {
    const ns = wait.endNs - wait.startNs
    if (ns <= 0 || wait.resource < 0) continue
    context.checkpoint()
    const group = context.groupOf(wait.resource)
    const row = rowOf({ kind: 'resource', subject: group })
    totalNs += ns
    const parts = split(group, wait.task, wait.startNs, wait.endNs, ns, wait.task >= 0 ? [wait.task] : [])
    if (parts.length === 0) add(row, { kind: 'unknown', subject: group, site: '' }, ns)
    else follow(row, parts)
  }
  for (const lag of lags.list) {
    const ns = lag.ranNs - lag.readyNs
    if (ns < context.thresholds.stallVictimNs) continue
    const row = rowOf({ kind: 'loop', subject: lag.loop })
    totalNs += ns
    let leftNs = ns
    for (const index of blocksByLoop.overlapping(lag.loop, lag.readyNs, lag.ranNs)) {
      const block = blocks[index]!
      if (leftNs <= 0) break
      const part = Math.min(leftNs, Math.min(lag.ranNs, block.endNs) - Math.max(lag.readyNs, block.startNs))
      leftNs -= part
      add(row, { kind: 'slice', subject: lag.loop, site: block.site }, part)
    }
    if (leftNs > 0) add(row, { kind: 'unknown', subject: lag.loop, site: '' }, leftNs)
  }

  const groups = [...cells].map(([key, row]) => {
    const rows = [...row.values()].sort((a, b) => b.ns - a.ns)
    return { victims: victims.get(key)!, totalNs: rows.reduce((sum, cell) => sum + cell.ns, 0), rows }
  })
  const totals = new Map<string, number>()
  for (const group of groups) {
    for (const cell of group.rows)
      totals.set(keyOf(cell.signature), (totals.get(keyOf(cell.signature)) ?? 0) + cell.ns)
  }
  return { totalNs, groups, of: (kind, subject, site) => totals.get(keyOf({ kind, subject, site })) ?? 0 }
}

const keyOf = (signature: Signature) => `${signature.kind}\n${signature.subject}\n${signature.site}`
