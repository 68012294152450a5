/**
 * The memory behind every typed array in a plain-data value, each buffer once, so that `postMessage` moves columns
 * instead of copying them. Shared memory needs no moving and is left out. Walks with a stack of its own: depth of the
 * data never becomes depth of the call stack.
 */
export function buffersOf(value: object): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  const seen = new Set<object>([value])
  const open: object[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (ArrayBuffer.isView(next)) {
      if (next.buffer instanceof ArrayBuffer) buffers.add(next.buffer)
      continue
    }
    const parts: readonly unknown[] = Array.isArray(next) ? next : Object.values(next)
    // Long arrays of strings or numbers hold no buffers; their ends tell, of pairs of a number and a column as well.
    if (Array.isArray(next) && typeof next[0] !== 'object' && typeof next.at(-1) !== 'object') continue
    for (const part of parts) {
      if (typeof part !== 'object' || part === null || seen.has(part)) continue
      seen.add(part)
      open.push(part)
    }
  }
  return [...buffers]
}
