import { Key } from '../keys.ts'
import type { Loop } from '../model.ts'
import { LocalNames } from './local-names.ts'
import type { Reading } from './reading.ts'

export interface Loops {
  readonly table: readonly Loop[]
  readonly names: LocalNames
}

/** Where a loop is first named: its earliest row, of equally early ones the one that is read first. */
interface Sight {
  readonly process: number
  /** Of its id. */
  readonly name: number
  row: number
  /** How many rows were read before. */
  read: number
}

/** Event loops, worker isolates and threads that any recorder span names, in order of first sight. */
export function readLoops({ store, attributes, rowsOfType }: Reading): Loops {
  const { spans, processes } = store
  const seen = new LocalNames()
  const sights: Sight[] = []
  let read = 0
  for (const rows of rowsOfType.values()) {
    for (const row of rows) {
      read++
      const name = attributes.textNumber(spans, row, Key.loopId)
      const process = spans.process[row]!
      const known = sights[seen.find(process, name)]
      if (known) {
        if (spans.startNs[row]! < spans.startNs[known.row]!) Object.assign(known, { row, read })
      } else if (name !== 0) seen.add(process, name, sights.push({ process, name, row, read }) - 1)
    }
  }
  sights.sort((a, b) => spans.startNs[a.row]! - spans.startNs[b.row]! || a.read - b.read)
  const names = new LocalNames()
  const table = sights.map(({ process, name, row }, index): Loop => {
    names.add(process, name, index)
    const id = attributes.text(spans, row, Key.loopId)
    return {
      id,
      label: `${processes[process]!.label}#${id}`,
      process,
      kind: attributes.text(spans, row, Key.loopKind) || (id === 'main' ? 'main' : ''),
    }
  })
  return { table, names }
}
