/** OpenTelemetry JS's ConsoleSpanExporter, as pasted from a terminal: `util.inspect` text, other log lines in between. */

import type { Head, ImportContext, Importer } from '../importer.ts'
import { addNs, type Instant, instantOf, setInstant } from '../instant.ts'
import { never, RowWriter } from '../row-writer.ts'
import { textLines } from '../text-lines.ts'
import { type Foreign, isObject, listOf, numberOf, pick, textOf } from './foreign.ts'
import { type Inspected, readInspected } from './inspect-literal.ts'

/** An object of the dump never is longer. */
const maxLines = 20_000

export const consoleJs: Importer = {
  id: 'console-js',
  label: 'OpenTelemetry JS console dump',
  sniff({ text }: Head): number {
    return /^[ \t]*traceId: ['"][0-9a-f]{32}['"]/m.test(text) && /^[ \t]*(timestamp|duration): \d/m.test(text)
      ? 0.9
      : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    const { issues } = context.builder
    let block: string[] = []
    let blockLine = 0
    let indent = ''
    for await (const { text, line } of textLines(bytes, context)) {
      if (block.length === 0) {
        const opening = /^([^{]*)\{\s*$/.exec(text)
        if (opening) {
          // A prefix such as `api-1  | ` stands before every line of the block.
          indent = opening[1]!
          block = ['{']
          blockLine = line
        } else if (text.trim() !== '')
          issues.add('other-line', () => `${context.place(line)}: ${text.slice(0, 80)}`)
        continue
      }
      const bare = text.startsWith(indent) ? text.slice(indent.length) : text
      block.push(bare)
      if (bare !== '}' && block.length < maxLines) continue
      writer.at(blockLine)
      const read = readInspected(block.join('\n'), 0)
      if (!read || !readSpan(read, writer, context)) issues.add('unknown-value', writer.place)
      block = []
    }
    if (block.length > 0)
      issues.add('truncated-tail', () => `${context.place(blockLine)}: the file ends inside a span`)
  },
}

function readSpan({ value, elided }: Inspected, writer: RowWriter, context: ImportContext): boolean {
  if (!isObject(value) || typeof value.traceId !== 'string' || typeof value.id !== 'string') return false
  context.builder.issues.add('elided-value', writer.place, elided)
  const resource = isObject(value.resource) ? pick(value.resource, 'attributes', '_attributes') : undefined
  const attributes = isObject(resource) ? Object.entries(resource) : []
  const parent = pick(value, 'parentSpanContext')
  const scope = pick(value, 'instrumentationScope', 'instrumentationLibrary')
  const status: Foreign = isObject(value.status) ? value.status : {}
  const start: Instant = { ...never }
  const end: Instant = { ...never }
  setInstant(start, numberOf(value.timestamp), 1e6)
  const duration = numberOf(value.duration)
  if (duration >= 0) {
    Object.assign(end, start)
    addNs(end, Math.round(duration * 1e3))
  }
  const process = writer.process(textOf(new Map(attributes).get('service.name')), attributes)
  const row = writer.span({
    trace: value.traceId,
    id: value.id,
    parent: isObject(parent) ? textOf(parent.spanId) : textOf(pick(value, 'parentId', 'parentSpanId')),
    name: textOf(value.name),
    // The API's enum begins at INTERNAL = 0, OTLP's at 1.
    kind: Math.min(5, (numberOf(value.kind) || 0) + 1),
    status: numberOf(status.code) || 0,
    statusMessage: textOf(status.message),
    start,
    end,
    process,
    scope: isObject(scope) ? textOf(scope.name) : '',
    attributes: isObject(value.attributes) ? Object.entries(value.attributes) : [],
  })
  for (const event of listOf(value.events)) {
    if (!isObject(event)) continue
    const [sec, nano] = listOf(event.time)
    writer.event(row, {
      at: instantOf(sec, nano),
      name: textOf(event.name),
      process,
      attributes: isObject(event.attributes) ? Object.entries(event.attributes) : [],
    })
  }
  for (const link of listOf(value.links)) {
    const to = isObject(link) ? link.context : undefined
    if (isObject(to)) writer.link(row, textOf(to.traceId), textOf(to.spanId))
  }
  return true
}
