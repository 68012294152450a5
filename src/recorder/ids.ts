import { randomFillSync } from 'node:crypto'

/** Random ids in hex, from a pool of random bytes: asking for eight bytes at a time costs more than the span does. */
const pool = Buffer.allocUnsafe(8192)
let used = pool.length

function hex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const id = pool.toString('hex', used, used + bytes)
  used += bytes
  return id
}

export function newTraceId(): string {
  return hex(16)
}

export function newSpanId(): string {
  return hex(8)
}
