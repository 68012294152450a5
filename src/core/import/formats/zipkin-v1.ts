/**
 * Zipkin's old JSON (v1) as v2: what a span is stands in its annotations. `cs` and `cr` are a client's send and receive, `sr`
 * and `ss` a server's; a span with all four is both halves of a call, and becomes two.
 * https://zipkin.io/zipkin-api/zipkin-api.yaml
 */
import { type Foreign, isObject, listOf, numberOf, textOf } from './foreign.ts'

export const isVersion1 = (span: Foreign): boolean =>
  Array.isArray(span.binaryAnnotations) ||
  listOf(span.annotations).some(
    one => isObject(one) && (one.endpoint !== undefined || core.has(textOf(one.value))),
  )

const halves = [
  ['CLIENT', 'cs', 'cr'],
  ['SERVER', 'sr', 'ss'],
  ['PRODUCER', 'ms', 'ms'],
  ['CONSUMER', 'mr', 'mr'],
] as const
const addresses = new Set(['sa', 'ca', 'ma'])
const core: ReadonlySet<string> = new Set(['cs', 'cr', 'sr', 'ss', 'ms', 'mr'])

export function fromVersion1(span: Foreign): Foreign[] {
  const annotations = listOf(span.annotations).filter(isObject)
  const binary = listOf(span.binaryAnnotations).filter(isObject)
  const named = (value: string): Foreign | undefined => annotations.find(one => one.value === value)
  const tags = binary.filter(one => !addresses.has(textOf(one.key)))
  const local = [...annotations, ...tags].map(one => one.endpoint).find(isObject)
  const common = {
    ...span,
    binaryAnnotations: undefined,
    localEndpoint: local,
    remoteEndpoint: binary.find(one => addresses.has(textOf(one.key)))?.endpoint,
    annotations: annotations.filter(one => !core.has(textOf(one.value))),
    tags: Object.fromEntries(tags.map(one => [textOf(one.key), one.value])),
  }
  const found = halves.filter(([, begin, end]) => named(begin) ?? named(end))
  if (found.length === 0) return [common]
  return found.map(([kind, begin, end], nth) => {
    const from = named(begin)
    const to = named(end)
    const timed = nth === 0 && span.timestamp !== undefined
    return {
      ...common,
      kind,
      // The second half of a call keeps the id; what was noted stays with the first.
      ...(nth > 0 ? { shared: true, annotations: [], tags: {} } : {}),
      localEndpoint: from?.endpoint ?? to?.endpoint ?? local,
      timestamp: timed ? span.timestamp : from?.timestamp,
      duration: timed ? span.duration : numberOf(to?.timestamp) - numberOf(from?.timestamp),
    }
  })
}
