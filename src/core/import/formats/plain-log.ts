/**
 * Plain log lines and JSON log lines: asyncio's debug lines, Node's warnings, uvicorn, Django, gunicorn, anything with a
 * timestamp or a level in front. Each becomes a record, joined to spans by the ids it names; what says that something
 * blocked the loop becomes a stall. Lines without a time keep their order: they stand a millisecond apart after the line
 * before, and are counted.
 */
import { Key, RecordType } from '../../convention/keys.ts'
import { Kind } from '../../store/store.ts'
import type { Head, ImportContext, Importer } from '../importer.ts'
import { addNs, type Instant, readTime } from '../instant.ts'
import { unwrapLog, type Wrapped } from '../log-wrappers.ts'
import { severityOf } from '../otlp/otlp-reader.ts'
import { RowWriter } from '../row-writer.ts'
import { textLines } from '../text-lines.ts'
import { isObject, numberOf, pick, textOf } from './foreign.ts'
import { blockedIn, idsIn, type LogLine, readLogLine } from './log-patterns.ts'

const timeKeys = ['time', 'timestamp', '@timestamp', 'ts', 'datetime', 'asctime', '@t'] as const
const messageKeys = ['msg', 'message', 'event', 'body', 'line', '@m', '@mt'] as const
/** Of the head's lines, how many must look like a log's. */
const enough = 0.2

export const plainLog: Importer = {
  id: 'log',
  label: 'log',
  sniff({ text, json }: Head): number {
    if (json) {
      if ((json.has('log') && json.has('stream')) || json.has('__REALTIME_TIMESTAMP')) return 0.5
      const timed = timeKeys.some(key => json.has(key))
      return timed && (messageKeys.some(key => json.has(key)) || json.has('level') || json.has('severity'))
        ? 0.5
        : 0
    }
    const lines = text.split('\n').filter(line => line.trim() !== '')
    const known = lines.filter(isKnown).length
    return known >= 1 && known >= lines.length * enough ? 0.3 : firstLines(lines) ? 0.25 : 0
  },
  async read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void> {
    const reader = new LogReader(context)
    for await (const { text, line } of textLines(bytes, context)) reader.take(text, line)
    reader.finish()
  },
}

/** A log whose first record is followed by a long traceback has few lines that begin one. */
const firstLines = (lines: readonly string[]): boolean =>
  lines.slice(0, 3).some(isKnown) && lines.some(line => /^Traceback |^\s+at |^\s+File "/.test(line))

function isKnown(line: string): boolean {
  const wrapped = unwrapLog(line)
  if (wrapped?.at) return true
  const bare = wrapped?.text ?? line
  return (wrapped !== null && /^\{.*"(?:msg|message)"/.test(bare)) || readLogLine(bare)?.known === true
}

interface Pending {
  readonly line: LogLine
  readonly service: string
  readonly number: number
  readonly more: string[]
}

/** Lines of one record that are kept. */
const maxContinuation = 200
/** Characters of a line that patterns look at. */
const maxPattern = 4096

class LogReader {
  readonly #writer: RowWriter
  readonly #context: ImportContext
  #pending: Pending | null = null
  #last: Instant = { sec: 0, nano: 0 }
  #stalls = 0

  constructor(context: ImportContext) {
    this.#context = context
    this.#writer = new RowWriter(context)
  }

  take(text: string, number: number): void {
    if (text.trim() === '') return
    const wrapped = unwrapLog(text)
    const bare = wrapped?.text ?? text
    const trimmed = bare.trimStart()
    if (trimmed.startsWith('{') && this.#readJson(trimmed, wrapped, number)) return
    let line = readLogLine(bare)
    // What a wrapper gives a time is a record, unless it is indented under one.
    if (!line && wrapped?.at && !(this.#pending && /^\s/.test(bare)))
      line = { at: wrapped.at, zoneless: false, level: wrapped.level, body: bare, known: true }
    if (!line) {
      if (!this.#pending)
        this.#context.builder.issues.add(
          'other-line',
          () => `${this.#context.place(number)}: ${text.slice(0, 80)}`,
        )
      else if (this.#pending.more.length < maxContinuation) this.#pending.more.push(bare)
      return
    }
    this.finish()
    if (wrapped?.at && (line.at === null || line.zoneless))
      line = { ...line, at: wrapped.at, zoneless: false }
    this.#pending = { line, service: wrapped?.service ?? '', number, more: [] }
  }

  /** Writes the record that is still waiting for more lines. */
  finish(): void {
    const pending = this.#pending
    if (!pending) return
    this.#pending = null
    const { line, service, number, more } = pending
    this.#writer.at(number)
    const body = [line.body, ...more].join('\n')
    const blocked = blockedIn(line.body.slice(0, maxPattern))
    const at = line.at ?? this.#nextInstant(blocked?.seconds ?? 0)
    if (line.zoneless)
      this.#context.builder.issues.add(
        'zone-assumed',
        () => `${this.#context.place(number)}: ${line.body.slice(0, 60)}`,
      )
    const ids = idsIn(line.body.slice(0, maxPattern))
    this.#write(at, line.level, body, { ...ids, service: ids.service || service }, number)
  }

  #nextInstant(seconds: number): Instant {
    const at = { ...this.#last }
    addNs(at, 1e6 + Math.round(seconds * 1e9))
    this.#context.builder.issues.add('line-without-time', this.#writer.place)
    return at
  }

  #readJson(text: string, wrapped: Wrapped | null, number: number): boolean {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return false
    }
    if (!isObject(value)) return false
    const rawTime = timeKeys.map(key => pick(value, key)).find(time => time !== undefined)
    const message = messageKeys.map(key => pick(value, key)).find(one => one !== undefined)
    if (rawTime === undefined && message === undefined && !wrapped?.at) return false
    this.finish()
    this.#writer.at(number)
    const at = readTime(rawTime) ?? wrapped?.at ?? this.#nextInstant(0)
    const level = pick(value, 'level', 'severity', 'levelname', 'lvl') ?? value['@l'] ?? wrapped?.level
    const ids = {
      trace: textOf(pick(value, 'trace_id', 'traceId', 'traceID') ?? pick(value, 'trace.id', '@tr')),
      span: textOf(pick(value, 'span_id', 'spanId', 'spanID') ?? pick(value, 'span.id', '@sp')),
      service: textOf(pick(value, 'service', 'service.name', 'service_name')) || (wrapped?.service ?? ''),
    }
    const attributes = Object.entries(value).filter(([, member]) => member !== message && member !== rawTime)
    this.#write(at, pinoLevel(level), textOf(message), ids, number, attributes)
    return true
  }

  #write(
    at: Instant,
    level: string,
    body: string,
    ids: { readonly trace: string; readonly span: string; readonly service: string },
    number: number,
    attributes: readonly (readonly [string, unknown])[] = [],
  ): void {
    this.#last = { ...at }
    const process = this.#writer.process(ids.service || 'log')
    const exception = /^(?:[\w.]+\.)?(\w*(?:Error|Exception|Timeout|Interrupt)): (.*)$/m.exec(
      body.slice(0, maxPattern),
    )
    this.#writer.log({
      at,
      body,
      severity: severityOf(level),
      process,
      trace: ids.trace,
      id: ids.span,
      attributes: [
        ...attributes,
        ...(exception
          ? ([
              ['exception.type', exception[1]],
              ['exception.message', exception[2]],
            ] as const)
          : []),
      ],
    })
    const blocked = blockedIn(body.split('\n', 1)[0]!.slice(0, maxPattern))
    if (!blocked || !(blocked.seconds > 0) || blocked.seconds > 86_400) return
    const start = { ...at }
    addNs(start, -Math.round(blocked.seconds * 1e9))
    if (start.sec < 0) return
    this.#stalls++
    this.#writer.span({
      trace: '6c6f672d7374616c6c73000000000001',
      id: (BigInt(number) * 65536n + BigInt(this.#stalls % 65536)).toString(16).padStart(16, '0'),
      parent: '',
      name: 'eventloop.stall',
      kind: Kind.internal,
      start,
      end: at,
      process,
      scope: 'log',
      attributes: [
        [Key.recordType, RecordType.stall],
        [Key.loopId, 'main'],
        [Key.taskId, blocked.name === '' ? undefined : blocked.name],
        [Key.stallDetector, 'asyncio_debug'],
        // asyncio's slow_callback_duration unless somebody changed it.
        [Key.stallThreshold, 0.1],
        ['code.function.name', blocked.functionName === '' ? undefined : blocked.functionName],
        ['code.file.path', blocked.file === '' ? undefined : blocked.file],
        ['code.line.number', blocked.line > 0 ? blocked.line : undefined],
      ],
    })
  }
}

/** pino and bunyan write levels as 10…60. */
function pinoLevel(level: unknown): string {
  const number = numberOf(level)
  if (!Number.isFinite(number)) return textOf(level)
  return number >= 60
    ? 'fatal'
    : number >= 50
      ? 'error'
      : number >= 40
        ? 'warn'
        : number >= 30
          ? 'info'
          : 'debug'
}
