/** Accesses of rows and Redis keys, read out of queries (A1): which key, which operation, when; never a value. */
import { hasFlag, SpanFlag, Status } from '../../store/store.ts'
import { workSite } from '../calls/work-site.ts'
import type { Access, AccessOp, Inferred } from '../model.ts'
import { accessRules, redisCounters, redisReads, redisWrites } from '../presets/accesses.ts'
import type { Queries, Query } from '../queries/queries.ts'
import type { RowKeys } from '../queries/row-keys.ts'
import type { Tasks } from '../tables/read-tasks.ts'
import type { Reading } from '../tables/reading.ts'

export type KeyedAccess = Omit<Access, 'key'> & { readonly keyName: string }

/** A read is told at its end and a write at its start: the stretch between them is never longer than it was. */
export function inferAccesses(
  reading: Reading,
  tasks: Tasks,
  queries: Queries,
  keys: RowKeys,
  locks: ReadonlySet<string>,
): KeyedAccess[] {
  const { store, attributes } = reading
  const { spans, strings } = store
  const out: KeyedAccess[] = []
  for (const query of queries.all) {
    const { row } = query
    if (tasks.ofSpan[row]! < 0 || hasFlag(store, row, SpanFlag.open)) continue
    const found =
      attributes.text(spans, row, 'db.system.name') === 'redis'
        ? redisAccess(query, locks)
        : rowAccess(query, keys)
    if (!found) continue
    out.push({
      record: -1,
      task: tasks.ofSpan[row]!,
      keyName: found.key,
      op: found.op,
      atNs: found.op === 'read' ? spans.endNs[row]! : spans.startNs[row]!,
      seq: -1,
      value: '',
      version: '',
      readSeq: -1,
      holds: [],
      error:
        spans.status[row] === Status.error
          ? attributes.text(spans, row, 'error.type') || strings[spans.statusMessage[row]!]! || 'error'
          : '',
      process: spans.process[row]!,
      span: row,
      site: workSite(reading, row),
      inferred: found.inferred,
    })
  }
  return out
}

interface Found {
  readonly key: string
  readonly op: AccessOp
  readonly inferred: Inferred
}

function rowAccess(query: Query, keys: RowKeys): Found | null {
  const op = operationOf(query)
  if (!op) return null
  const row = keys.of(query)
  return row && { key: row.key, op, inferred: row.inferred }
}

function operationOf({ statement }: Query): AccessOp | null {
  switch (statement.kind) {
    case 'select':
      return 'read'
    case 'insert':
      return statement.guarded ? 'compare_and_set' : 'create'
    case 'update':
      return statement.guarded ? 'compare_and_set' : statement.counts ? 'increment' : 'write'
    case 'delete':
      return 'delete'
    default:
      return null
  }
}

/** `SET stock:7 [1 other arguments]` → a write of `redis:stock:7`. Several keys at once are left out. */
function redisAccess({ text }: Query, locks: ReadonlySet<string>): Found | null {
  const match = /^([A-Za-z]{2,20}) (\S{1,200})(?: (?:\S.{0,1000}|\[\d+ other arguments\]))?$/.exec(text)
  if (!match) return null
  const [, command, key] = match
  // A placeholder is any key.
  if (locks.has(key!) || key === '?') return null
  const op = redisReads.test(command!)
    ? 'read'
    : redisCounters.test(command!)
      ? 'increment'
      : redisWrites.test(command!)
        ? /^(del|unlink)$/i.test(command!)
          ? 'delete'
          : / NX\b/i.test(text)
            ? 'compare_and_set'
            : 'write'
        : null
  return (
    op && { key: `redis:${key}`, op, inferred: { ...accessRules.key, reason: 'inferred from the command' } }
  )
}
