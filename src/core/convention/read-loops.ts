import { Key } from './keys.ts'
import type { Loop } from './model.ts'
import { LocalNames, type Reading } from './reading.ts'

export interface Loops {
  readonly table: readonly Loop[]
  readonly names: LocalNames
}

/** Event loops, worker isolates and threads that any recorder span names, in order of first sight. */
export function readLoops({ store, attributes, rowsOfType }: Reading): Loops {
  const table: Loop[] = []
  const names = new LocalNames()
  const rows = [...rowsOfType.values()]
    .flat()
    .sort((a, b) => store.spans.startNs[a]! - store.spans.startNs[b]!)
  for (const row of rows) {
    const id = attributes.text(store.spans, row, Key.loopId)
    const process = store.spans.process[row]!
    if (id === '' || names.find(process, id) !== -1) continue
    names.add(process, id, table.length)
    table.push({
      id,
      label: `${store.processes[process]!.label}#${id}`,
      process,
      kind: attributes.text(store.spans, row, Key.loopKind) || (id === 'main' ? 'main' : ''),
    })
  }
  return { table, names }
}
