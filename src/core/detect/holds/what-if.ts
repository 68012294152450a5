/**
 * Plays the recorded arrivals through the resource again with other holds or another capacity: first come, first served.
 *
 *     recorded   arrivals ↓ ↓ ↓ ↓    holds ────────────────   →  waits 4, peak 10
 *     what if    same arrivals       holds ─                  →  waits 0, peak 1
 */
export interface Arrival {
  readonly atNs: number
  readonly holdNs: number
  readonly permits: number
}

export interface Outcome {
  /** Arrivals that had to wait. */
  readonly waits: number
  readonly totalWaitNs: number
  readonly worstNs: number
  /** Most permits in use at once. */
  readonly peak: number
}

/** Cost O(n log capacity). A capacity below 1 counts as 1; permits beyond the capacity are cut to it. */
export function simulate(arrivals: readonly Arrival[], capacity: number): Outcome {
  const limit = Math.max(1, Math.floor(capacity))
  const inOrder = [...arrivals].sort((a, b) => a.atNs - b.atNs)
  const releases = new Releases()
  let used = 0
  let clock = Number.NEGATIVE_INFINITY
  let waits = 0
  let totalWaitNs = 0
  let worstNs = 0
  let peak = 0
  for (const arrival of inOrder) {
    const permits = Math.min(limit, Math.max(1, arrival.permits))
    let startNs = Math.max(arrival.atNs, clock)
    while (releases.size > 0 && releases.firstNs <= startNs) used -= releases.pop()
    while (used + permits > limit) {
      startNs = Math.max(startNs, releases.firstNs)
      used -= releases.pop()
    }
    const waitNs = startNs - arrival.atNs
    if (waitNs > 0) {
      waits++
      totalWaitNs += waitNs
      worstNs = Math.max(worstNs, waitNs)
    }
    used += permits
    peak = Math.max(peak, used)
    releases.push(startNs + Math.max(0, arrival.holdNs), permits)
    // Fair queue: nobody overtakes.
    clock = startNs
  }
  return { waits, totalWaitNs, worstNs, peak }
}

/** Binary min-heap of (time, permits). */
class Releases {
  private readonly times: number[] = []
  private readonly permits: number[] = []

  get size(): number {
    return this.times.length
  }

  get firstNs(): number {
    return this.times[0]!
  }

  push(atNs: number, permits: number): void {
    let at = this.times.length
    this.times.push(atNs)
    this.permits.push(permits)
    while (at > 0) {
      const up = (at - 1) >> 1
      if (this.times[up]! <= this.times[at]!) break
      this.swap(at, up)
      at = up
    }
  }

  pop(): number {
    const first = this.permits[0]!
    const last = this.times.length - 1
    this.swap(0, last)
    this.times.pop()
    this.permits.pop()
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      if (left >= last) break
      const right = left + 1
      const down = right < last && this.times[right]! < this.times[left]! ? right : left
      if (this.times[at]! <= this.times[down]!) break
      this.swap(at, down)
      at = down
    }
    return first
  }

  private swap(a: number, b: number): void {
    const time = this.times[a]!
    this.times[a] = this.times[b]!
    this.times[b] = time
    const permits = this.permits[a]!
    this.permits[a] = this.permits[b]!
    this.permits[b] = permits
  }
}
