/** What to call the work around a span of an ordinary trace, where no code site is recorded. */
import { hasFlag, Kind, SpanFlag, type Store, spanName } from '../../store/store.ts'
import { frameworkScopes } from '../presets/frameworks.ts'
import type { Reading } from '../tables/reading.ts'

/** Deeper nesting is not climbed. */
const maxSteps = 64

/**
 * Its code site; else the nearest span above (or itself) that the application made and named; else the request's
 * operation, `GET /jobs/:id`; `''` when there is none of these.
 */
export function workSite(reading: Pick<Reading, 'store' | 'attributes'>, row: number): string {
  const { store, attributes } = reading
  const { spans, strings } = store
  const process = spans.process[row]!
  for (let at = row, steps = 0; at !== -1 && steps < maxSteps; at = spans.parent[at]!, steps++) {
    if (spans.process[at] !== process || hasFlag(store, at, SpanFlag.ghost)) break
    const site = attributes.site(spans, at)
    if (site !== '') return site
    const kind = spans.kind[at]!
    if (kind === Kind.internal && !frameworkScopes.test(strings[spans.scope[at]!]!))
      return spanName(store, at)
    if (kind === Kind.server || kind === Kind.consumer) return operationOf(reading, at)
  }
  return ''
}

function operationOf({ store, attributes }: Pick<Reading, 'store' | 'attributes'>, row: number): string {
  const method = attributes.text(store.spans, row, 'http.request.method')
  const route = attributes.text(store.spans, row, 'http.route')
  return method !== '' && route !== '' ? `${method} ${route}` : spanName(store, row)
}

const rootsOf = new WeakMap<Store, Int32Array>()

/** Topmost span of the same process; a ghost when the span that would be it was never exported. */
export function localRoot({ store }: Reading, row: number): number {
  let roots = rootsOf.get(store)
  if (!roots) {
    // Rows are in pre-order, so a parent's root is known before its children's.
    const { parent, process, count } = store.spans
    roots = new Int32Array(count)
    for (let at = 0; at < count; at++) {
      const up = parent[at]!
      roots[at] = up !== -1 && process[up] === process[at] ? roots[up]! : at
    }
    rootsOf.set(store, roots)
  }
  return roots[row]!
}
