/**
 * Parents by id, ghosts for the missing ones, cycles cut, pre-order. Loops only: chains of 10^5 spans are normal input.
 */
import type { StoreBuilder } from './builder.ts'
import { spanFields } from './builder.ts'
import type { SpareBuffers } from './columns.ts'
import { type BuilderIndex, describe } from './duplicates.ts'
import { sortByKey } from './sort-by-key.ts'
import { isZero, spanWords } from './span-index.ts'
import { SpanFlag } from './store.ts'
import type { TimeAxis } from './time-axis.ts'

export interface Forest {
  /** Builder rows in pre-order. */
  readonly order: Int32Array<ArrayBuffer>
  /** By store row. */
  readonly parent: Int32Array
  readonly depth: Int32Array
  readonly subtreeEnd: Int32Array
}

/** Uses up the builder's parent ids. */
export function plantForest(
  builder: StoreBuilder,
  index: BuilderIndex,
  axis: TimeAxis,
  spare: SpareBuffers,
): Forest {
  const parent = resolveParents(builder, index, axis, spare)
  builder.spans.parentId.drop(spare)
  cutCycles(builder, parent, axis, spare)
  const forest = preOrder(builder, index, parent, axis, spare)
  spare.give(parent.buffer)
  return forest
}

/** Parent of each builder row; appends a ghost per missing parent. */
function resolveParents(
  builder: StoreBuilder,
  index: BuilderIndex,
  axis: TimeAxis,
  spare: SpareBuffers,
): Int32Array<ArrayBuffer> {
  const { spans } = builder
  const real = spans.count
  const parent = spare.integers(real).fill(-1)
  const ghosts: { start: number; end: number }[] = []
  const ghost = spanFields()
  ghost.flags = SpanFlag.ghost
  for (let row = 0; row < real; row++) {
    if (index.keeperOf(row) !== row || isZero(spans.parentId, row, spanWords)) continue
    const found = index.find(spans.traceId, spans.parentId, row)
    if (found >= 0 && found < real) {
      parent[row] = found
      continue
    }
    builder.issues.add('missing-parent', () => describe(builder, row))
    spans.flags.data[row] = spans.flags.data[row]! | SpanFlag.orphan
    let at = found
    if (at < 0) {
      ghost.traceId.set(spans.traceId.data.subarray(row * 16, row * 16 + 16))
      ghost.spanId.set(spans.parentId.data.subarray(row * 8, row * 8 + 8))
      ghost.name = builder.intern('(missing parent)')
      ghost.process = spans.process.data[row]!
      at = builder.addSpan(ghost)
      index.insert(at)
      ghosts.push({ start: Infinity, end: -Infinity })
    }
    parent[row] = at
    const times = ghosts[at - real]!
    times.start = Math.min(times.start, axis.startNs[row]!)
    times.end = Math.max(times.end, axis.endNs[row]!)
  }
  if (ghosts.length > 0) {
    axis.startNs = withMore(
      axis.startNs,
      ghosts.map(({ start }) => start),
    )
    axis.endNs = withMore(
      axis.endNs,
      ghosts.map(({ end }) => end),
    )
  }
  if (ghosts.length === 0) return parent
  const all = new Int32Array(spans.count).fill(-1)
  all.set(parent)
  spare.give(parent.buffer)
  return all
}

function withMore(times: Float64Array, more: readonly number[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(times.length + more.length)
  all.set(times)
  all.set(more, times.length)
  return all
}

/** Walks up from every span once; a walk that meets itself has found a cycle, cut at its earliest span. */
function cutCycles(builder: StoreBuilder, parent: Int32Array, axis: TimeAxis, spare: SpareBuffers): void {
  const walk = spare.integers(parent.length).fill(-1)
  for (let from = 0; from < parent.length; from++) {
    let at = from
    while (at !== -1 && walk[at] === -1) {
      walk[at] = from
      at = parent[at]!
    }
    if (at === -1 || walk[at] !== from) continue
    let root = at
    for (let on = parent[at]!; on !== at; on = parent[on]!) {
      if (axis.startNs[on]! < axis.startNs[root]!) root = on
    }
    parent[root] = -1
    builder.spans.flags.data[root] = builder.spans.flags.data[root]! | SpanFlag.cutCycle
    builder.issues.add('parent-cycle', () => describe(builder, root))
  }
  spare.give(walk.buffer)
}

function preOrder(
  builder: StoreBuilder,
  index: BuilderIndex,
  parent: Int32Array,
  axis: TimeAxis,
  spare: SpareBuffers,
): Forest {
  const byStart = sortByStart(builder, index, axis, spare)
  const count = byStart.length
  // Children as linked lists: pushed back to front, so that each list runs by start.
  const firstChild = spare.integers(parent.length).fill(-1)
  const nextSibling = spare.integers(parent.length).fill(-1)
  let firstRoot = -1
  for (let i = count - 1; i >= 0; i--) {
    const row = byStart[i]!
    const up = parent[row]!
    if (up === -1) {
      nextSibling[row] = firstRoot
      firstRoot = row
    } else {
      nextSibling[row] = firstChild[up]!
      firstChild[up] = row
    }
  }
  spare.give(byStart.buffer)
  const order = spare.integers(count)
  const storeParent = spare.integers(count).fill(-1)
  const depth = spare.integers(count)
  const subtreeEnd = spare.integers(count)
  const rowOf = spare.integers(parent.length)
  let next = 0
  let at = firstRoot
  let level = 0
  while (at !== -1) {
    const row = next++
    order[row] = at
    rowOf[at] = row
    depth[row] = level
    const up = parent[at]!
    if (up !== -1) storeParent[row] = rowOf[up]!
    if (firstChild[at] !== -1) {
      at = firstChild[at]!
      level++
      continue
    }
    // Up until there is a sibling; every span left behind is complete.
    for (;;) {
      subtreeEnd[rowOf[at]!] = next
      if (nextSibling[at] !== -1) {
        at = nextSibling[at]!
        break
      }
      at = parent[at]!
      level--
      if (at === -1) break
    }
  }
  for (const { buffer } of [firstChild, nextSibling, rowOf]) spare.give(buffer)
  return { order, parent: storeParent, depth, subtreeEnd }
}

/** Builder rows by start; ties by end (longest first), then by id, so that file order does not matter. */
function sortByStart(
  builder: StoreBuilder,
  index: BuilderIndex,
  axis: TimeAxis,
  spare: SpareBuffers,
): Int32Array<ArrayBuffer> {
  const { spans } = builder
  const rows = spare.integers(spans.count)
  let count = 0
  for (let row = 0; row < spans.count; row++) if (index.keeperOf(row) === row) rows[count++] = row
  const sorted = rows.subarray(0, count)
  sortByKey(sorted, axis.startNs, spare)
  const { startNs } = axis
  const inOrder = byEndAndId(builder, axis)
  for (let from = 0, to = 1; to <= count; to++) {
    if (to < count && startNs[sorted[from]!] === startNs[sorted[to]!]) continue
    if (to - from === 2) swapUnless(sorted, from, inOrder)
    else if (to - from > 2) sorted.subarray(from, to).sort(inOrder)
    from = to
  }
  return sorted
}

/** Two at once are usual, and a view of them costs more than they do. */
function swapUnless(rows: Int32Array, at: number, inOrder: (a: number, b: number) => number): void {
  const [first, second] = [rows[at]!, rows[at + 1]!]
  if (inOrder(first, second) <= 0) return
  rows[at] = second
  rows[at + 1] = first
}

function byEndAndId({ spans }: StoreBuilder, { endNs }: TimeAxis): (a: number, b: number) => number {
  const trace = spans.traceId.data
  const span = spans.spanId.data
  return (a, b) => {
    const byEnd = endNs[b]! - endNs[a]!
    if (byEnd !== 0) return byEnd
    for (let i = 0; i < 16; i++) {
      const difference = trace[a * 16 + i]! - trace[b * 16 + i]!
      if (difference !== 0) return difference
    }
    for (let i = 0; i < 8; i++) {
      const difference = span[a * 8 + i]! - span[b * 8 + i]!
      if (difference !== 0) return difference
    }
    return a - b
  }
}
