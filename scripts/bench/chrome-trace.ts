/** A trace as Chrome trace events, for peers that read nothing else: the same names, times and attributes, threads by concurrency. */

import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync, renameSync, statSync } from 'node:fs'
import { importTrace } from '../../src/core/import/import-trace.ts'
import { RowPacker } from '../../src/core/lanes/pack.ts'
import { attributesOf, spanName } from '../../src/core/store/store.ts'

/** Written beside the trace once. Spans that overlap stand on threads of their own: peers take a thread for a stack. */
export async function chromeTraceOf(file: string): Promise<string> {
  const path = file.replace(/\.otlp\.jsonl$/, '.chrome-args.json')
  if (existsSync(path) && statSync(path).mtimeMs >= statSync(file).mtimeMs) return path
  const source = { name: file, size: statSync(file).size, open: () => createReadStream(file) }
  const { store } = await importTrace([source])
  const { spans } = store
  const roots = Array.from({ length: spans.count }, (_, row) => row).filter(row => spans.parent[row] === -1)
  roots.sort((a, b) => spans.startNs[a]! - spans.startNs[b]!)
  const packer = new RowPacker(4096)
  const out = createWriteStream(`${path}.part`)
  let separator = '['
  for (const root of roots) {
    const thread = packer.place(spans.startNs[root]!, spans.endNs[root]!)
    for (let row = root; row < spans.subtreeEnd[root]!; row++) {
      const us = spans.startNs[row]! / 1e3
      const event = {
        ph: 'X',
        name: spanName(store, row),
        ts: us,
        dur: spans.endNs[row]! / 1e3 - us,
        pid: 1,
        tid: thread,
        args: Object.fromEntries(attributesOf(store, spans, row)),
      }
      if (!out.write(`${separator}${JSON.stringify(event)}`)) await once(out, 'drain')
      separator = ',\n'
    }
  }
  out.end(']')
  await once(out, 'close')
  renameSync(`${path}.part`, path)
  return path
}
