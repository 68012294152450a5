/**
 * What a request acts on, in words that agree between sources: the state key `row:jobs/4521`, the path
 * `/api/jobs/4521/complete` and the attribute `job.id = 4521` all give `job 4521`.
 */
import { attributesOf } from '../../store/store.ts'
import type { Reading } from './reading.ts'

/** `row:jobs/4521` → `job 4521`; `redis:stock:7` → `stock 7`; `var:cart.total` → `cart.total`. */
export function entityOfKey(key: string): string {
  const bare = key.replace(/^[a-z_]+:/, '')
  const parts = bare.split(/[/:]/)
  if (parts.length < 2) return bare
  const id = parts[parts.length - 1]!
  return `${singular(parts[parts.length - 2]!)} ${id}`
}

/** From the route's parameters, the path's ids, attributes that end in `id`, or the message's id; `''` unknown. */
export function entityOfSpan({ store, attributes }: Reading, row: number): string {
  const { spans } = store
  const path = attributes.text(spans, row, 'url.path').replace(/\?.*$/, '')
  const route = attributes.text(spans, row, 'http.route')
  return (
    fromRoute(route, path) ||
    fromPath(path) ||
    fromAttributes(attributesOf(store, spans, row)) ||
    named('message', attributes.text(spans, row, 'messaging.message.id'))
  )
}

const named = (name: string, id: string): string => (id === '' ? '' : `${name} ${id}`)

/** `/api/jobs/:id/complete` and `/api/jobs/4521/complete`. */
function fromRoute(route: string, path: string): string {
  const pattern = route.split('/')
  const parts = path.split('/')
  if (route === '' || pattern.length !== parts.length) return ''
  for (let i = pattern.length - 1; i > 0; i--) {
    if (!/^[:{<*]/.test(pattern[i]!)) continue
    const noun = pattern[i - 1]!
    if (noun !== '' && !/^[:{<*]/.test(noun)) return `${singular(noun)} ${parts[i]!}`
  }
  return ''
}

const idLike = /^(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24,})$/i

function fromPath(path: string): string {
  const parts = path.split('/')
  for (let i = parts.length - 1; i > 0; i--) {
    if (idLike.test(parts[i]!) && /^[a-z]/i.test(parts[i - 1]!))
      return `${singular(parts[i - 1]!)} ${parts[i]!}`
  }
  return ''
}

/** Ids that say who asks or where it runs, not what is acted on. */
const notEntities =
  /^(trace|span|parent|session|user|enduser|request|correlation|client|thread|process|service|host|container|cloud|k8s|db|messaging|http|net|network|interleave|otel|rpc|tenant|device|instance|worker|peer|connection|guid|node|bullmq)$/

function fromAttributes(list: readonly (readonly [string, unknown])[]): string {
  for (const [key, value] of list) {
    const match = /(?:^|\.)([a-z]+)[._]?id$/i.exec(key)
    if (!match || notEntities.test(match[1]!.toLowerCase()) || notEntities.test(key.split('.', 1)[0]!))
      continue
    if (value !== '') return `${match[1]!.toLowerCase()} ${String(value)}`
  }
  return ''
}

export function singular(noun: string): string {
  if (/ies$/.test(noun)) return `${noun.slice(0, -3)}y`
  return /[^s]s$/.test(noun) ? noun.slice(0, -1) : noun
}
