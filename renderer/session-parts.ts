/**
 * A session on its way from the worker to the page. Typed arrays move without a copy, but objects have to be made anew by
 * the page, which must never stop for that: long tables cross in parts, each small enough for one frame, as columns where
 * their rows are alike, and are put together again on arrival.
 *
 *     worker   model │ parts of it │ analysis, lanes │ other parts │ rest(with empty tables)
 *     page             ├──┤ ├──┤ ├──┤                  ├──┤ ├──┤     join
 */
import type { Lane } from '../src/core/lanes/lane.ts'
import type { Session } from '../src/core/scene/scene.ts'
import { packLanes } from './pack-lanes.ts'
import { columnsOf, rowsOf, type TableColumns } from './table-columns.ts'

/** Rows of a table in one message: a millisecond or two of making them. Those of a model stay columns: more are made in that time. */
const ROWS_PER_PART = 2048
const MODEL_ROWS_PER_PART = 16_384

export interface SessionPart {
  /** Where the rows belong: `model.tasks`, `store.strings`. */
  readonly table: string
  readonly rows: readonly unknown[] | TableColumns
}

/** The long tables of a session, of its store or of its model, made into parts one by one as they are asked for. */
export function* partsOf(owner: object, path: 'session' | 'store' | 'model'): Generator<SessionPart> {
  for (const [name, value] of Object.entries(owner)) {
    if (!isLong(value)) continue
    const table = `${path}.${name}`
    const size = path === 'model' ? MODEL_ROWS_PER_PART : ROWS_PER_PART
    for (let at = 0; at < value.length; at += size) {
      const rows = value.slice(at, at + size)
      if (path === 'model') yield { table, rows: columnsOf(rows) ?? rows }
      else yield { table, rows: table === 'session.lanes' ? packLanes(rows as readonly Lane[]) : rows }
    }
  }
}

/** What is left of a session when its parts are sent. */
export const restOf = (session: Session): Session => ({
  ...emptied(session),
  store: emptied(session.store),
  model: emptied(session.model),
})

const isLong = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length > ROWS_PER_PART

const emptied = <Owner extends object>(owner: Owner): Owner =>
  Object.fromEntries(
    Object.entries(owner).map(([name, value]) => [name, isLong(value) ? [] : value]),
  ) as Owner

/** Puts the tables back: part by part as they come, in the order they were cut, so that nothing is left to do in one go. */
export class SessionJoiner {
  readonly #tables = new Map<string, unknown[]>()

  add({ table, rows }: SessionPart): void {
    const made = 'columns' in rows ? rowsOf(rows) : rows
    const known = this.#tables.get(table)
    if (known) for (const row of made) known.push(row)
    else this.#tables.set(table, [...made])
  }

  join(rest: Session): Session {
    return {
      ...this.#filled(rest, 'session'),
      store: this.#filled(rest.store, 'store'),
      model: this.#filled(rest.model, 'model'),
    }
  }

  #filled<Owner extends object>(owner: Owner, path: string): Owner {
    const out: Record<string, unknown> = Object.fromEntries(Object.entries(owner))
    for (const name of Object.keys(owner)) {
      const rows = this.#tables.get(`${path}.${name}`)
      if (rows) out[name] = rows
    }
    return out as Owner
  }
}
