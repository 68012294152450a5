/** A pure function of an object, computed once per object: everything derived is keyed on the session's identity. */
export function memoOn<Key extends object, Value>(derive: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>()
  return key => {
    const hit = known.get(key)
    if (hit) return hit.value
    const value = derive(key)
    known.set(key, { value })
    return value
  }
}
