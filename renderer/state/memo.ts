export interface Memo<Key extends object, Value> {
  (key: Key): Value
  /** Takes over a value that was derived elsewhere. */
  keep(key: Key, value: Value): void
}

/** A pure function of an object, computed once per object: everything derived is keyed on the session's identity. */
export function memoOn<Key extends object, Value>(derive: (key: Key) => Value): Memo<Key, Value> {
  const known = new WeakMap<Key, { readonly value: Value }>()
  const of = (key: Key): Value => {
    const hit = known.get(key)
    if (hit) return hit.value
    const value = derive(key)
    known.set(key, { value })
    return value
  }
  return Object.assign(of, { keep: (key: Key, value: Value) => void known.set(key, { value }) })
}
