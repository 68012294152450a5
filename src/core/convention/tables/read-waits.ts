import { hasFlag, SpanFlag, spanName } from '../../store/store.ts'
import { inferWaits } from '../infer/infer-waits.ts'
import { Key, Otel, RecordType } from '../keys.ts'
import type { Wait } from '../model.ts'
import { LocalNames } from './local-names.ts'
import type { Tasks } from './read-tasks.ts'
import { bareName, type Reading } from './reading.ts'
import type { ResourceBook } from './resource-book.ts'

export type WaitDraft = { -readonly [K in keyof Wait]: Wait[K] }

/** Waits by start, recorded and inferred; `hold` is filled in when the holds are read. */
export function readWaits(reading: Reading, tasks: Tasks, resources: ResourceBook): WaitDraft[] {
  const { store, attributes, rowsOfType } = reading
  const { spans } = store
  const waits = (rowsOfType.get(RecordType.wait) ?? []).map((row): WaitDraft => {
    const open = hasFlag(store, row, SpanFlag.open)
    return {
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      open,
      row,
      inferred: null,
      id: attributes.text(spans, row, Key.waitId),
      task: tasks.ofSpan[row]!,
      resource: resourceOf(reading, row, resources, 'acquire'),
      mode: modeOf(reading, row),
      permits: Math.max(1, attributes.number(spans, row, Key.resourcePermits, 1)),
      outcome: attributes.text(spans, row, Key.resourceOutcome) || (open ? '' : 'acquired'),
      untimed: attributes.bool(spans, row, Key.waitUntimed),
      queueLength: attributes.number(spans, row, Key.resourceQueueLength),
      hold: -1,
      site: attributes.site(spans, row),
    }
  })
  for (const wait of inferWaits(reading, tasks, resources)) waits.push(wait)
  return waits.sort(byStart)
}

const byStart = (a: WaitDraft, b: WaitDraft): number => a.startNs - b.startNs || a.row - b.row

/** The resource a wait or hold span is about. */
export function resourceOf(
  { store, attributes }: Reading,
  row: number,
  resources: ResourceBook,
  word: string,
): number {
  const { spans } = store
  const name =
    attributes.text(spans, row, Key.resourceName) ||
    attributes.text(spans, row, Otel.poolName) ||
    bareName(spanName(store, row), word)
  return resources.add({
    process: spans.process[row]!,
    id: attributes.text(spans, row, Key.resourceId) || name,
    name,
    type: attributes.text(spans, row, Key.resourceType),
    scope: attributes.text(spans, row, Key.resourceScope),
    capacity: attributes.number(spans, row, Key.resourceCapacity),
  })
}

export function modeOf({ store, attributes }: Reading, row: number): 'exclusive' | 'shared' {
  return attributes.text(store.spans, row, Key.resourceMode) === 'shared' ? 'shared' : 'exclusive'
}

/** Index of the waits by their ids, for the holds to find them. */
export function namesOfWaits({ store, attributes }: Reading, waits: readonly WaitDraft[]): LocalNames {
  const { spans } = store
  const names = new LocalNames()
  waits.forEach(({ row, id }, index) => {
    if (row >= 0 && id !== '')
      names.add(spans.process[row]!, attributes.textNumber(spans, row, Key.waitId), index)
  })
  return names
}
