/** The state key of the one row that a query means: `row:jobs/4521`. */
import { SpanFlag } from '../../store/store.ts'
import { localRoot } from '../calls/work-site.ts'
import type { Inferred } from '../model.ts'
import { accessRules } from '../presets/accesses.ts'
import { entityOfSpan, singular } from '../tables/entity.ts'
import type { Reading } from '../tables/reading.ts'
import type { Query } from './queries.ts'

export interface RowKey {
  readonly key: string
  readonly inferred: Inferred
}

export class RowKeys {
  readonly #reading: Reading
  readonly #entities = new Map<number, string>()
  readonly #recorded: boolean

  constructor(reading: Reading) {
    this.#reading = reading
    this.#recorded = parameterLists.some(key => reading.attributes.knows(key))
  }

  /** null when the text means several rows, or the parameter can not be known. */
  of(query: Query): RowKey | null {
    const { table, column, value, parameter } = query.statement
    if (table === '' || column === '') return null
    const known = parameter < 0 ? value.replaceAll("'", '') : this.#parameter(query.row, parameter)
    if (known !== '') {
      const reason = `inferred from ${parameter < 0 ? 'the query text' : "the query's parameters"}`
      return { key: `row:${table}/${known}`, inferred: { ...accessRules.key, reason } }
    }
    const id = this.#ofRequest(query.row, table, column)
    if (id === '') return null
    return {
      key: `row:${table}/${id}`,
      inferred: { ...accessRules.request, reason: `inferred from the query and the request's path` },
    }
  }

  #parameter(row: number, index: number): string {
    const { store, attributes } = this.#reading
    const single = attributes.text(store.spans, row, `db.query.parameter.${index}`)
    if (single !== '' || !this.#recorded) return single
    for (const key of parameterLists) {
      const list = attributes.texts(store.spans, row, key)
      const value = list[index]
      if (value !== undefined && value.length <= 200) return value
    }
    return ''
  }

  /** A request about one job, and a query about one row of jobs (or one with a `job_id`): the same one. */
  #ofRequest(row: number, table: string, column: string): string {
    const root = localRoot(this.#reading, row)
    let entity = this.#entities.get(root)
    if (entity === undefined) {
      const ghost = (this.#reading.store.spans.flags[root]! & SpanFlag.ghost) !== 0
      entity = ghost ? '' : entityOfSpan(this.#reading, root)
      this.#entities.set(root, entity)
    }
    const space = entity.indexOf(' ')
    if (space <= 0) return ''
    const noun = entity.slice(0, space).toLowerCase()
    const own = singular(table) === noun && (column === 'id' || column === `${noun}_id`)
    return own || column === `${noun}_id` ? entity.slice(space + 1) : ''
  }
}

const parameterLists = ['db.postgresql.values', 'db.statement.parameters']
