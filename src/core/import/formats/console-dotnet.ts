/**
 * OpenTelemetry .NET's console exporter: a block of text a span, `Activity.…` with the members of lists indented under them.
 *
 *     Activity.TraceId:            5b8efff798038103d269b633813fc60c
 *     Activity.StartTime:          2026-01-01T00:00:00.0100000Z
 *     Activity.Duration:           00:00:00.0350000
 *     Activity.Tags:
 *         n: 3
 *     Activity.Events:
 *         exception [1/1/2026 12:00:00 AM +00:00]
 *             exception.message: lock timeout
 *     Resource associated with Activity:
 *         service.name: shop
 */
import type { Head, ImportContext, Importer } from '../importer.ts'
import { addNs, type Instant, readTime } from '../instant.ts'
import { unwrapLog } from '../log-wrappers.ts'
import { kindNamed, never, RowWriter, statusNamed } from '../row-writer.ts'
import { textLines } from '../text-lines.ts'
import { durationNs } from './span-row.ts'

export const consoleDotnet: Importer = {
  id: 'console-dotnet',
  label: 'OpenTelemetry .NET console dump',
  sniff: ({ text }: Head): number =>
    /^.{0,200}\bActivity\.TraceId:\s+[0-9a-f]{32}\s*$/m.test(text) ? 0.75 : 0,
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const writer = new RowWriter(context)
    let block: Block | null = null
    for await (const { text, line } of textLines(bytes, context)) {
      const bare = unwrapLog(text)?.text ?? text
      if (/^Activity\.TraceId:/.test(bare)) {
        if (block) write(block, writer, context)
        block = { line, fields: new Map(), lists: new Map(), list: '' }
      }
      if (block) take(bare, block)
      else if (bare.trim() !== '') context.builder.issues.add('other-line', () => context.place(line))
    }
    if (block) write(block, writer, context)
  },
}

interface Item {
  readonly text: string
  /** What is indented under it. */
  readonly members: [string, string][]
}

interface Block {
  readonly line: number
  readonly fields: Map<string, string>
  /** By the line above them: `Activity.Tags`, `Resource associated with Activity` … */
  readonly lists: Map<string, Item[]>
  /** The one that goes on. */
  list: string
}

const maxItems = 10_000

function take(line: string, block: Block): void {
  const indent = line.length - line.trimStart().length
  const text = line.trim()
  const items = block.lists.get(block.list)
  if (indent === 0) {
    const colon = text.indexOf(':')
    if (colon === -1) return
    const value = text.slice(colon + 1).trim()
    block.list = value === '' ? text.slice(0, colon) : ''
    if (value !== '') block.fields.set(text.slice(0, colon), value)
    else if (!block.lists.has(block.list)) block.lists.set(block.list, [])
  } else if (text !== '' && items) {
    const last = items.at(-1)
    if (indent > 4 && last) last.members.push(pairOf(text))
    else if (items.length < maxItems) items.push({ text, members: [] })
  }
}

function pairOf(text: string): [string, string] {
  const colon = text.indexOf(': ')
  return colon === -1 ? [text.replace(/:$/, ''), ''] : [text.slice(0, colon), text.slice(colon + 2)]
}

function write({ line, fields, lists }: Block, writer: RowWriter, context: ImportContext): void {
  writer.at(line)
  const of = (name: string): string => fields.get(`Activity.${name}`) ?? ''
  const itemsOf = (name: string): readonly Item[] => lists.get(name) ?? []
  const pairs = (name: string): [string, string][] => itemsOf(name).map(({ text }) => pairOf(text))
  const start = readTime(of('StartTime'))
  if (!start)
    context.builder.issues.add('bad-time', () => `${writer.place()}: ${of('StartTime').slice(0, 60)}`)
  const end: Instant = { ...(start ?? never) }
  const ns = durationNs(of('Duration'), null, () => 1e9)
  if (start && ns >= 0) addNs(end, ns)
  const resource = pairs('Resource associated with Activity')
  const process = writer.process('', resource)
  const row = writer.span({
    trace: of('TraceId'),
    id: of('SpanId'),
    parent: of('ParentSpanId'),
    name: of('DisplayName'),
    kind: kindNamed(of('Kind')),
    status: statusNamed(fields.get('StatusCode') ?? of('StatusCode')),
    statusMessage: of('StatusDescription') || (fields.get('StatusDescription') ?? ''),
    start: start ?? never,
    end,
    process,
    scope:
      of('ActivitySourceName') ||
      (new Map(pairs('Instrumentation scope (ActivitySource)')).get('Name') ?? ''),
    attributes: pairs('Activity.Tags'),
  })
  for (const { text, members } of itemsOf('Activity.Events')) {
    const [, name = text, time = ''] = /^(.*) \[([^\]]*)\]$/.exec(text) ?? []
    writer.event(row, { at: readTime(time) ?? start ?? never, name, process, attributes: members })
  }
  for (const { text, members } of itemsOf('Activity.Links')) {
    const ids = /^([0-9a-f]{32}) ([0-9a-f]{16})$/.exec(text)
    if (ids) writer.link(row, ids[1]!, ids[2]!, members)
  }
}
