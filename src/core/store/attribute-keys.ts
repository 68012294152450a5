import type { Store } from './store.ts'

/** Where an attribute name is found. */
interface KeyPlace {
  /** In `strings`. */
  readonly index: number
  readonly onSpans: boolean
}

const known = new WeakMap<Store, ReadonlyMap<string, KeyPlace>>()

/** Every attribute name of a trace, in the order they are met. Read once. */
export function attributeKeys(store: Store): ReadonlyMap<string, KeyPlace> {
  const before = known.get(store)
  if (before) return before
  const { spans, attributes, strings } = store
  const seen = new Uint8Array(strings.length)
  const keys = new Map<string, KeyPlace>()
  const look = (from: number, to: number, onSpans: boolean): void => {
    for (let at = from; at < to; at++) {
      const index = attributes.key[at]!
      if (seen[index]) continue
      seen[index] = 1
      keys.set(strings[index]!, { index, onSpans })
    }
  }
  for (let row = 0; row < spans.count; row++) look(spans.attrStart[row]!, spans.attrEnd[row]!, true)
  look(0, attributes.count, false)
  known.set(store, keys)
  return keys
}
