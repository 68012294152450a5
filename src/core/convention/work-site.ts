/** What to call the work around a span of an ordinary trace, where no code site is recorded. */
import { hasFlag, SpanFlag, spanName } from '../store/store.ts'
import { frameworkScopes } from './presets/frameworks.ts'
import type { Reading } from './reading.ts'

const internal = 1
const server = 2
const consumer = 5
/** Deeper nesting is not climbed. */
const maxSteps = 64

/**
 * Its code site; else the nearest span above (or itself) that the application made and named; else the request's
 * operation, `GET /jobs/:id`; `''` when there is none of these.
 */
export function workSite(reading: Reading, row: number): string {
  const { store, attributes } = reading
  const { spans, strings } = store
  const process = spans.process[row]!
  for (let at = row, steps = 0; at !== -1 && steps < maxSteps; at = spans.parent[at]!, steps++) {
    if (spans.process[at] !== process || hasFlag(store, at, SpanFlag.ghost)) break
    const site = attributes.site(spans, at)
    if (site !== '') return site
    const kind = spans.kind[at]!
    if (kind === internal && !frameworkScopes.test(strings[spans.scope[at]!]!)) return spanName(store, at)
    if (kind === server || kind === consumer) return operationOf(reading, at)
  }
  return ''
}

function operationOf({ store, attributes }: Reading, row: number): string {
  const method = attributes.text(store.spans, row, 'http.request.method')
  const route = attributes.text(store.spans, row, 'http.route')
  return method !== '' && route !== '' ? `${method} ${route}` : spanName(store, row)
}

/** Topmost span of the same process; a ghost when the span that would be it was never exported. */
export function localRoot({ store }: Reading, row: number): number {
  const { spans } = store
  let at = row
  for (
    let up = spans.parent[at]!;
    up !== -1 && spans.process[up] === spans.process[row];
    up = spans.parent[at]!
  )
    at = up
  return at
}
