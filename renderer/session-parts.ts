/**
 * A session on its way from the worker to the page. Typed arrays move without a copy, but objects have to be made anew by
 * the page, which must never stop for that: long tables cross in parts, each small enough for one frame, as columns where
 * their rows are alike, and are put together again on arrival.
 *
 *     worker   part part part … whole(with empty tables)
 *     page     ├──┤ ├──┤ ├──┤   join
 */
import type { Lane } from '../src/core/lanes/lane.ts'
import type { Session } from '../src/core/scene/scene.ts'
import { packLanes } from './pack-lanes.ts'
import { columnsOf, rowsOf, type TableColumns } from './table-columns.ts'

/** Rows of a table in one message: a millisecond or two of making them. */
const ROWS_PER_PART = 2048

export interface SessionPart {
  /** Where the rows belong: `model.tasks`, `store.strings`. */
  readonly table: string
  readonly rows: readonly unknown[] | TableColumns
}

interface Cut {
  /** The session with empty arrays where tables were taken out. */
  readonly rest: Session
  /** Made one by one, as they are asked for. */
  readonly parts: Iterable<SessionPart>
}

/** Takes long tables out. */
export function cutSession(session: Session): Cut {
  const long: LongTable[] = []
  const emptied = <Owner extends object>(owner: Owner, path: string): Owner => {
    const out: Record<string, unknown> = Object.fromEntries(Object.entries(owner))
    for (const [name, value] of Object.entries(owner)) {
      if (!Array.isArray(value) || value.length <= ROWS_PER_PART) continue
      long.push({ table: `${path}.${name}`, rows: value })
      out[name] = []
    }
    return out as Owner
  }
  const rest: Session = {
    ...emptied(session, 'session'),
    store: emptied(session.store, 'store'),
    model: emptied(session.model, 'model'),
  }
  return { rest, parts: partsOf(long) }
}

interface LongTable {
  readonly table: string
  readonly rows: readonly unknown[]
}

function* partsOf(tables: readonly LongTable[]): Generator<SessionPart> {
  for (const { table, rows } of tables) {
    for (let at = 0; at < rows.length; at += ROWS_PER_PART) {
      const part = rows.slice(at, at + ROWS_PER_PART)
      const packed = table === 'session.lanes' ? packLanes(part as readonly Lane[]) : columnsOf(part)
      yield { table, rows: packed ?? part }
    }
  }
}

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
