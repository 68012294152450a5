/**
 * A session on its way from the worker to the page. Typed arrays move without a copy, but tables of objects are cloned
 * by whoever receives them, and the page must never stop for that: long tables cross in parts, each small enough for
 * one frame, and are put together again on arrival.
 *
 *     worker   part part part … whole(with empty tables)
 *     page     ├──┤ ├──┤ ├──┤   join
 */
import type { Session } from '../src/core/scene/scene.ts'

/** Rows of a table in one message: some milliseconds of cloning. */
const ROWS_PER_PART = 4096

export interface SessionPart {
  /** Where the rows belong: `model.tasks`, `store.strings`. */
  readonly table: string
  readonly rows: readonly unknown[]
}

interface Cut {
  /** The session with empty arrays where tables were taken out. */
  readonly rest: Session
  readonly parts: readonly SessionPart[]
}

/** Takes long tables out. */
export function cutSession(session: Session): Cut {
  const parts: SessionPart[] = []
  const emptied = <Owner extends object>(owner: Owner, path: string): Owner => {
    const out: Record<string, unknown> = Object.fromEntries(Object.entries(owner))
    for (const [name, value] of Object.entries(owner)) {
      if (!Array.isArray(value) || value.length <= ROWS_PER_PART) continue
      for (let at = 0; at < value.length; at += ROWS_PER_PART) {
        parts.push({ table: `${path}.${name}`, rows: value.slice(at, at + ROWS_PER_PART) })
      }
      out[name] = []
    }
    return out as Owner
  }
  const rest: Session = {
    ...emptied(session, 'session'),
    store: emptied(session.store, 'store'),
    model: emptied(session.model, 'model'),
  }
  return { rest, parts }
}

/** Puts the tables back. Parts come in the order they were cut. */
export function joinSession(rest: Session, parts: readonly SessionPart[]): Session {
  const tables = new Map<string, unknown[]>()
  for (const { table, rows } of parts) {
    const known = tables.get(table)
    if (known) for (const row of rows) known.push(row)
    else tables.set(table, [...rows])
  }
  const filled = <Owner extends object>(owner: Owner, path: string): Owner => {
    const out: Record<string, unknown> = Object.fromEntries(Object.entries(owner))
    for (const name of Object.keys(owner)) {
      const rows = tables.get(`${path}.${name}`)
      if (rows) out[name] = rows
    }
    return out as Owner
  }
  return {
    ...filled(rest, 'session'),
    store: filled(rest.store, 'store'),
    model: filled(rest.model, 'model'),
  }
}
