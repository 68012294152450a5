/**
 * Refreshes of one key: a task finds nothing (or something expired), works, and fills the entry.
 *
 *     T1  C────────W        three refreshes that began before the first was done: a herd
 *     T2   C────────W
 *     T3    C────────W
 */
import type { Access } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import { oncePer } from '../once-per.ts'
import { isCache, isMiss } from './interleavings.ts'

export interface Refresh {
  readonly task: number
  readonly startNs: number
  readonly endNs: number
  readonly check: Access
  readonly fill: Access
}

export interface Herd {
  readonly key: number
  /** Refreshes that were all under way before the first fill. */
  readonly refreshes: readonly Refresh[]
}

/** Only a store of keys is taken for a cache; who reads a row and writes it later changes it. */
const isEntry = /^redis:/
/** Between the miss and the fill there was something worth to be kept. */
const minWorkNs = 20e6

/** Groups of at least `herdCount` refreshes of one key begun before the first of them was done. */
export const findHerds = oncePer<Context, readonly Herd[]>(find)

export const herdKeys = (context: Context): ReadonlySet<number> =>
  new Set(findHerds(context).map(herd => herd.key))

function find(context: Context): Herd[] {
  const herds: Herd[] = []
  for (const accesses of context.accessGroups()) {
    const key = accesses[0]!.key
    const cacheLike = isCache(context.model.keys[key]!)
    const checks = new Map<number, Access>()
    const refreshes: Refresh[] = []
    const readers = new Set<number>()
    for (const access of accesses) {
      if (access.inferred && (access.op === 'read' || access.op === 'check')) {
        // Of a query or a command only the order is known: who fills the entry later on had not found it.
        checks.set(access.task, access)
        readers.add(access.task)
        continue
      }
      if (access.op === 'check' || access.op === 'read') {
        if (isMiss(access.value) || (cacheLike && access.op === 'check')) checks.set(access.task, access)
        else checks.delete(access.task)
        continue
      }
      if (access.op !== 'write' && access.op !== 'create') continue
      const check = checks.get(access.task)
      if (!check || access.error) continue
      checks.delete(access.task)
      if (
        access.inferred &&
        (!isEntry.test(context.model.keys[key]!) || access.atNs - check.atNs < minWorkNs)
      )
        continue
      refreshes.push({ task: access.task, startNs: check.atNs, endNs: access.atNs, check, fill: access })
    }
    refreshes.sort((a, b) => a.startNs - b.startNs)
    for (let i = 0; i < refreshes.length; ) {
      let firstFill = refreshes[i]!.endNs
      let j = i + 1
      for (; j < refreshes.length && refreshes[j]!.startNs < firstFill; j++)
        firstFill = Math.min(firstFill, refreshes[j]!.endNs)
      const group = refreshes.slice(i, j)
      const fills = new Set(group.map(refresh => refresh.fill.value))
      // Different values under one key are updates, not refreshes, unless the key says that it is a cache.
      if (
        new Set(group.map(refresh => refresh.task)).size >= context.thresholds.herdCount &&
        (cacheLike || fills.size === 1) &&
        // A key that everybody reads and writes is state; of a cache most only read.
        (!group[0]!.fill.inferred || readers.size >= 2 * refreshes.length)
      ) {
        herds.push({ key, refreshes: group })
      }
      i = j
    }
  }
  return herds
}
