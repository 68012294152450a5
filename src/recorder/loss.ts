import { nowNs } from './clock.ts'

/** What was not recorded, by kind and reason, since the last report. Reported in the stream: silence must mean "nothing lost". */
export interface Loss {
  readonly kind: string
  readonly reason: string
  count: number
  readonly fromNs: number
  toNs: number
}

const losses = new Map<string, Loss>()
/** A broken host could make a new message each time; the table must not grow with it. */
const maxEntries = 64

export function countLoss(kind: string, reason: string, count = 1): void {
  const at = nowNs()
  const wanted = `${kind}\n${reason}`
  const key = losses.has(wanted) || losses.size < maxEntries ? wanted : `${kind}\nother`
  const known = losses.get(key)
  if (known) {
    known.count += count
    known.toNs = at
    return
  }
  losses.set(key, { kind, reason: key === wanted ? reason : 'other', count, fromNs: at, toNs: at })
}

/** Takes what was counted since the last call. */
export function takeLosses(): Loss[] {
  const taken = [...losses.values()]
  losses.clear()
  return taken
}
