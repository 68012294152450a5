/**
 * Tasks of ordinary traces: each local root of a process (a span whose parent is elsewhere) is one, and so is every
 * span that a preset says stands for a coroutine. Processes with recorded tasks keep to what was recorded.
 */
import { hasFlag, SpanFlag, spanIdOf, spanName } from '../store/store.ts'
import { Key } from './keys.ts'
import type { Task } from './model.ts'
import { intervalOf, type Reading } from './reading.ts'

const server = 2
const consumer = 5

/** `told`: processes whose own records name tasks. */
export function inferTasks(
  { store, recorded, attributes, rules }: Reading,
  told: ReadonlySet<number>,
): Task[] {
  const { spans } = store
  const tasks: Task[] = []
  for (let row = 0; row < spans.count; row++) {
    const process = spans.process[row]!
    if (hasFlag(store, row, SpanFlag.ghost)) continue
    const match = rules.of(row)
    const preset = match?.rule.role === 'task' ? match : null
    if (told.has(process) && !preset) continue
    if (recorded[process] && attributes.text(spans, row, Key.recordType) !== '') continue
    const kind = spans.kind[row]!
    const up = spans.parent[row]!
    const isRoot = up === -1 || spans.process[up] !== process || hasFlag(store, up, SpanFlag.ghost)
    if (!isRoot && !preset && kind !== consumer) continue
    const entry = kind === server || kind === consumer
    tasks.push({
      ...intervalOf(store, row),
      row,
      inferred: preset
        ? preset.inferred
        : {
            rule: entry ? 'T1' : 'T2',
            reason: entry ? 'inferred from a server span' : 'inferred from a root span',
            confidence: entry ? 0.9 : 0.7,
          },
      id: spanIdOf(store, row),
      name: spanName(store, row),
      type: preset?.rule.type ?? (entry ? 'request' : 'background'),
      process,
      loop: -1,
      parent: -1,
      outcome: hasFlag(store, row, SpanFlag.open)
        ? 'running'
        : spans.status[row] === 2
          ? 'failed'
          : 'completed',
      site: attributes.site(spans, row),
    })
  }
  return tasks
}
