/** What the readers of the single tables share: the store, its attributes, and the entities found so far. */
import { SpanFlag, type Store } from '../store/store.ts'
import { AttributeReader } from './attribute-reader.ts'
import { Key } from './keys.ts'
import { RuleBook } from './rule-book.ts'
import type { UserRule } from './user-rule.ts'

/** Names within a process (task, loop, hold, wait ids) → index in a table. */
export class LocalNames {
  readonly #index = new Map<string, number>()

  add(process: number, id: string, index: number): void {
    const key = `${process}\n${id}`
    if (!this.#index.has(key)) this.#index.set(key, index)
  }

  find(process: number, id: string): number {
    return id === '' ? -1 : (this.#index.get(`${process}\n${id}`) ?? -1)
  }
}

export interface Reading {
  readonly store: Store
  readonly attributes: AttributeReader
  /** Span rows by `interleave.record.type`, each list by start. */
  readonly rowsOfType: ReadonlyMap<string, readonly number[]>
  /** 1 for each process that the recorder speaks for. */
  readonly recorded: Uint8Array
  /** Record rows whose name begins with `interleave.`, by time. */
  readonly ownRecords: readonly number[]
  /** Roles of spans that no recorder wrote. */
  readonly rules: RuleBook
}

export function startReading(store: Store, userRules: readonly UserRule[] = []): Reading {
  const attributes = new AttributeReader(store)
  const rowsOfType = new Map<string, number[]>()
  const recorded = new Uint8Array(store.processes.length)
  const { spans, records, strings } = store
  if (attributes.knows(Key.recordType)) {
    for (let row = 0; row < spans.count; row++) {
      const type = attributes.text(spans, row, Key.recordType)
      if (type === '') continue
      recorded[spans.process[row]!] = 1
      const rows = rowsOfType.get(type)
      if (rows) rows.push(row)
      else rowsOfType.set(type, [row])
    }
  }
  for (const rows of rowsOfType.values()) rows.sort((a, b) => spans.startNs[a]! - spans.startNs[b]! || a - b)
  const ownRecords: number[] = []
  const isOwn = new Map<number, boolean>()
  for (let at = 0; at < records.count; at++) {
    const name = records.name[at]!
    let own = isOwn.get(name)
    if (own === undefined) {
      own = strings[name]!.startsWith('interleave.')
      isOwn.set(name, own)
    }
    if (own) {
      ownRecords.push(at)
      recorded[records.process[at]!] = 1
    }
  }
  const rules = new RuleBook(store, attributes, recorded, userRules)
  return { store, attributes, rowsOfType, recorded, ownRecords, rules }
}

/** The span's interval as the model's tables have it. */
export function intervalOf(
  store: Store,
  row: number,
): { readonly startNs: number; readonly endNs: number; readonly open: boolean } {
  const { startNs, endNs, flags } = store.spans
  return { startNs: startNs[row]!, endNs: endNs[row]!, open: (flags[row]! & SpanFlag.open) !== 0 }
}

/** Span name without the record's own word: `acquire db-pool` → `db-pool`. */
export function bareName(name: string, word: string): string {
  return name.startsWith(`${word} `) ? name.slice(word.length + 1) : name
}
