/** What is made once for each context, on first use, and forgotten with it. */
export function oncePer<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>()
  return key => {
    let found = known.get(key)
    if (!found) {
      found = { value: make(key) }
      known.set(key, found)
    }
    return found.value
  }
}
