import { hasFlag, SpanFlag, spanName } from '../../store/store.ts'
import { Key, RecordType } from '../keys.ts'
import type { Await } from '../model.ts'
import { fillTemplate } from '../user-rule.ts'
import type { Tasks } from './read-tasks.ts'
import { bareName, type Reading } from './reading.ts'

/** Await spans, recorded and by rule; the tasks they wait for come from their `awaits` links, else from a target id of type `task`. */
export function readAwaits(reading: Reading, tasks: Tasks): Await[] {
  const { store, attributes, rowsOfType } = reading
  const { spans } = store
  const linked = awaitLinks(store)
  const recorded = (rowsOfType.get(RecordType.await) ?? []).map((row): Await => {
    const process = spans.process[row]!
    const targetType = attributes.text(spans, row, Key.awaitTargetType)
    const targetId = attributes.text(spans, row, Key.awaitTargetId) || bareName(spanName(store, row), 'await')
    const awaited = new Set<number>()
    for (const to of linked.get(row) ?? []) {
      const task = tasks.ofSpan[to]!
      if (task >= 0) awaited.add(task)
    }
    if (awaited.size === 0 && targetType === 'task') {
      const target = attributes.textNumber(spans, row, Key.awaitTargetId) || attributes.numberOf(targetId)
      const task = tasks.names.find(process, target)
      if (task >= 0) awaited.add(task)
    }
    return {
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      open: hasFlag(store, row, SpanFlag.open),
      row,
      inferred: null,
      task: tasks.ofSpan[row]!,
      targetType,
      targetId,
      readyNs: attributes.instantNs(spans, row, Key.awaitReady),
      outcome: attributes.text(spans, row, Key.awaitOutcome),
      join: attributes.text(spans, row, Key.awaitJoin),
      awaits: [...awaited],
      site: attributes.site(spans, row),
    }
  })
  const byRule = inferAwaits(reading, tasks)
  return byRule.length === 0
    ? recorded
    : [...recorded, ...byRule].sort((a, b) => a.startNs - b.startNs || a.row - b.row)
}

function inferAwaits({ store, attributes, rules }: Reading, tasks: Tasks): Await[] {
  const { spans } = store
  const out: Await[] = []
  for (let row = 0; row < spans.count; row++) {
    const match = rules.of(row)
    if (match?.rule.role !== 'await') continue
    const { template, rule, inferred } = match
    const open = hasFlag(store, row, SpanFlag.open)
    out.push({
      startNs: spans.startNs[row]!,
      endNs: spans.endNs[row]!,
      open,
      row,
      inferred,
      task: tasks.ofSpan[row]!,
      targetType: rule.type ?? 'io',
      targetId:
        fillTemplate(template, key => attributes.text(spans, row, key)) ||
        (rule.resource ?? spanName(store, row)),
      readyNs: -1,
      outcome: open ? '' : spans.status[row] === 2 ? 'rejected' : 'resolved',
      join: '',
      awaits: [],
      site: attributes.site(spans, row),
    })
  }
  return out
}

/** Row of the await → rows its `awaits` links point to. */
function awaitLinks(store: Reading['store']): ReadonlyMap<number, readonly number[]> {
  const out = new Map<number, number[]>()
  const { links, strings } = store
  for (let at = 0; at < links.count; at++) {
    if (links.to[at]! < 0 || strings[links.type[at]!] !== 'awaits') continue
    const from = links.from[at]!
    const list = out.get(from)
    if (list) list.push(links.to[at]!)
    else out.set(from, [links.to[at]!])
  }
  return out
}
