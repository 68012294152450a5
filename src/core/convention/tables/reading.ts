/** What the readers of the single tables share: the store, its attributes, and the entities found so far. */
import type { Store } from '../../store/store.ts'
import { type AttributeReader, readerOf } from '../attributes/attribute-reader.ts'
import { Key } from '../keys.ts'
import { RuleBook } from '../rule-book.ts'
import type { UserRule } from '../user-rule.ts'

export interface Reading {
  readonly store: Store
  readonly attributes: AttributeReader
  /** Span rows by `interleave.record.type`, each list by start. */
  readonly rowsOfType: ReadonlyMap<string, readonly number[]>
  /** 1 for each process that the recorder speaks for. */
  readonly recorded: Uint8Array
  /** 1 for each span row that the recorder wrote. */
  readonly ownSpans: Uint8Array
  /** Record rows whose name begins with `interleave.`, by time. */
  readonly ownRecords: readonly number[]
  /** Roles of spans that no recorder wrote. */
  readonly rules: RuleBook
}

export function startReading(store: Store, userRules: readonly UserRule[] = []): Reading {
  const attributes = readerOf(store)
  const rowsOfType = new Map<string, number[]>()
  const recorded = new Uint8Array(store.processes.length)
  const ownSpans = new Uint8Array(store.spans.count)
  const { spans, records, strings } = store
  if (attributes.knows(Key.recordType)) {
    for (let row = 0; row < spans.count; row++) {
      const type = attributes.text(spans, row, Key.recordType)
      if (type === '') continue
      recorded[spans.process[row]!] = 1
      ownSpans[row] = 1
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
  const rules = new RuleBook(store, attributes, recorded, ownSpans, userRules)
  return { store, attributes, rowsOfType, recorded, ownSpans, ownRecords, rules }
}

/** Span name without the record's own word: `acquire db-pool` → `db-pool`. */
export function bareName(name: string, word: string): string {
  return name.startsWith(`${word} `) ? name.slice(word.length + 1) : name
}
