/**
 * Tasks of ordinary traces: each local root of a process (a span whose parent is elsewhere) is one, and so is every
 * span that a preset says stands for a coroutine. Processes with recorded tasks keep to what was recorded.
 */
import { hasFlag, Kind, SpanFlag, spanIdOf, spanName } from '../../store/store.ts'
import type { Inferred, Task } from '../model.ts'
import type { Reading } from '../tables/reading.ts'

const ofEntry: Inferred = { rule: 'T1', reason: 'inferred from a server span', confidence: 0.9 }
const ofRoot: Inferred = { rule: 'T2', reason: 'inferred from a root span', confidence: 0.7 }

/** `told`: processes whose own records name tasks. */
export function inferTasks(
  { store, ownSpans, attributes, rules }: Reading,
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
    if (ownSpans[row] === 1) continue
    const kind = spans.kind[row]!
    const up = spans.parent[row]!
    const isRoot = up === -1 || spans.process[up] !== process || hasFlag(store, up, SpanFlag.ghost)
    if (!isRoot && !preset && kind !== Kind.consumer) continue
    const entry = kind === Kind.server || kind === Kind.consumer
    const open = hasFlag(store, row, SpanFlag.open)
    tasks.push({
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      open,
      row,
      inferred: preset ? preset.inferred : entry ? ofEntry : ofRoot,
      id: spanIdOf(store, row),
      name: spanName(store, row),
      type: preset?.rule.type ?? (entry ? 'request' : 'background'),
      process,
      loop: -1,
      parent: -1,
      outcome: open ? 'running' : spans.status[row] === 2 ? 'failed' : 'completed',
      site: attributes.site(spans, row),
    })
  }
  return tasks
}
