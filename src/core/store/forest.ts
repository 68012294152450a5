/**
 * Parents by id, ghosts for the missing ones, cycles cut, pre-order. Loops only: chains of 10^5 spans are normal input.
 */
import type { StoreBuilder } from './builder.ts'
import { spanFields } from './builder.ts'
import { type BuilderIndex, describe } from './duplicates.ts'
import { isZero } from './span-index.ts'
import { SpanFlag } from './store.ts'
import type { TimeAxis } from './time-axis.ts'

export interface Forest {
  /** Builder rows in pre-order. */
  readonly order: Int32Array
  /** By store row. */
  readonly parent: Int32Array
  readonly depth: Int32Array
  readonly subtreeEnd: Int32Array
}

export function plantForest(builder: StoreBuilder, index: BuilderIndex, axis: TimeAxis): Forest {
  const parent = resolveParents(builder, index, axis)
  cutCycles(builder, parent, axis)
  return preOrder(builder, index, parent, axis)
}

/** Parent of each builder row; appends a ghost per missing parent. */
function resolveParents(builder: StoreBuilder, index: BuilderIndex, axis: TimeAxis): Int32Array {
  const { spans } = builder
  const real = spans.count
  const parent = new Int32Array(real * 2).fill(-1)
  const ghosts: { start: number; end: number }[] = []
  const ghost = spanFields()
  ghost.flags = SpanFlag.ghost
  for (let row = 0; row < real; row++) {
    if (index.keeperOf(row) !== row || isZero(spans.parentId.data, row * 8, 8)) continue
    const found = index.find(spans.traceId.data, row * 16, spans.parentId.data, row * 8)
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
  return parent.subarray(0, spans.count)
}

function withMore(times: Float64Array, more: readonly number[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(times.length + more.length)
  all.set(times)
  all.set(more, times.length)
  return all
}

/** Walks up from every span once; a walk that meets itself has found a cycle, cut at its earliest span. */
function cutCycles(builder: StoreBuilder, parent: Int32Array, axis: TimeAxis): void {
  const walk = new Int32Array(parent.length).fill(-1)
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
}

function preOrder(builder: StoreBuilder, index: BuilderIndex, parent: Int32Array, axis: TimeAxis): Forest {
  const byStart = sortByStart(builder, index, axis)
  const count = byStart.length
  // Children as linked lists: pushed back to front, so that each list runs by start.
  const firstChild = new Int32Array(parent.length).fill(-1)
  const nextSibling = new Int32Array(parent.length).fill(-1)
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
  const order = new Int32Array(count)
  const storeParent = new Int32Array(count).fill(-1)
  const depth = new Int32Array(count)
  const subtreeEnd = new Int32Array(count)
  const rowOf = new Int32Array(parent.length)
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
  return { order, parent: storeParent, depth, subtreeEnd }
}

/** Builder rows by start; ties by end (longest first), then by id, so that file order does not matter. */
function sortByStart(builder: StoreBuilder, index: BuilderIndex, axis: TimeAxis): Int32Array {
  const { spans } = builder
  const rows = new Int32Array(spans.count)
  let count = 0
  for (let row = 0; row < spans.count; row++) if (index.keeperOf(row) === row) rows[count++] = row
  const { startNs, endNs } = axis
  const trace = spans.traceId.data
  const span = spans.spanId.data
  return rows.subarray(0, count).sort((a, b) => {
    const byTime = startNs[a]! - startNs[b]! || endNs[b]! - endNs[a]!
    if (byTime !== 0) return byTime
    for (let i = 0; i < 16; i++) {
      const difference = trace[a * 16 + i]! - trace[b * 16 + i]!
      if (difference !== 0) return difference
    }
    for (let i = 0; i < 8; i++) {
      const difference = span[a * 8 + i]! - span[b * 8 + i]!
      if (difference !== 0) return difference
    }
    return a - b
  })
}
