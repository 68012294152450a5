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
  const { key, count } = store.attributes
  const spansEnd = store.spans.attrStart[store.spans.count]!
  const seen = new Uint8Array(store.strings.length)
  const keys = new Map<string, KeyPlace>()
  for (let at = 0; at < count; at++) {
    const index = key[at]!
    if (seen[index]) continue
    seen[index] = 1
    keys.set(store.strings[index]!, { index, onSpans: at < spansEnd })
  }
  known.set(store, keys)
  return keys
}
