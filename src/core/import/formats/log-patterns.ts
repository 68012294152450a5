/** What plain log lines look like: where the time, the level, the ids and the message stand. Data and small parsers. */
import { type Instant, parseRfc3339 } from '../instant.ts'

export interface LogLine {
  /** Null: the line has no time. */
  readonly at: Instant | null
  /** The time had no zone; UTC is assumed. */
  readonly zoneless: boolean
  readonly level: string
  readonly body: string
  /** Of the format, for the head's sniff: a line that only might be a log's is not enough. */
  readonly known: boolean
}

const level =
  '(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|trace|debug|info|notice|warn|warning|error|fatal|critical)'
const isoTime = '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?\\s?(?:Z|[+-]\\d\\d:?\\d\\d)?'

/** `2026-11-21 00:32:54,123 INFO …`, `[2026-11-21T00:32:54Z] [ERROR] …` and their kin. */
const timed = new RegExp(
  `^[\\s\\[(]*(${isoTime})[\\])]*[\\s|,:-]*(?:\\[?\\d+\\]?[\\s|-]+)?(?:\\[?${level}\\]?[\\s:|-]+)?(.*)$`,
)
/** `LEVEL:logger:message` of Python's basicConfig, `INFO:     127.0.0.1 - "GET …"` of uvicorn, `ERROR asyncio: …`; small, only as `error: …`. */
const levelled = new RegExp(`^(?:\\[?(?=[A-Z]|\\w+(?:\\]|:))(${level.slice(1, -1)})\\]?[:\\s])\\s*(.*)$`)
/** Apache, gunicorn, Django: `[21/Nov/2026:00:32:56 +0000]`. */
const bracketed = /^(.*?)\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4})[: ](\d\d:\d\d:\d\d)\s*([+-]\d{4})?\]\s*(.*)$/
/** `(node:123) MaxListenersExceededWarning: …` and `file.py:16: RuntimeWarning: …`: no time, no level. */
const warning = /^(\(node:\d+\) .*|\S+\.py:\d+: \w*Warning: .*)$/

/** logfmt, as Go's slog, logrus and Heroku write it: `time=… level=INFO msg="…" user=1`. */
const logfmt = /^(?=.{0,400}\bmsg=)(?:time|ts|timestamp)="?([^\s"]+)"? /
const logfmtLevel = /\b(?:level|lvl)="?(\w+)/

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Null for lines that begin no record (continuations, blank lines). */
export function readLogLine(text: string): LogLine | null {
  const iso = timed.exec(text)
  if (iso) {
    const at: Instant = { sec: 0, nano: 0 }
    const time = iso[1]!.trim()
    if (parseRfc3339(time, at)) {
      const zoneless = !/(Z|[+-]\d\d:?\d\d)$/.test(time)
      return { at, zoneless, level: iso[2] ?? levelIn(iso[3]!), body: iso[3]!, known: true }
    }
  }
  const stamp = bracketed.exec(text)
  if (stamp) {
    const month = String(months.indexOf(stamp[3]!) + 1).padStart(2, '0')
    const at: Instant = { sec: 0, nano: 0 }
    if (parseRfc3339(`${stamp[4]}-${month}-${stamp[2]}T${stamp[5]}${stamp[6] ?? 'Z'}`, at)) {
      return {
        at,
        zoneless: stamp[6] === undefined,
        level: '',
        body: `${stamp[1]}${stamp[7]}`.trim(),
        known: true,
      }
    }
  }
  const pairs = logfmt.exec(text)
  const paired: Instant = { sec: 0, nano: 0 }
  if (pairs && parseRfc3339(pairs[1]!, paired)) {
    return {
      at: paired,
      zoneless: !/(Z|[+-]\d\d:?\d\d)$/.test(pairs[1]!),
      level: logfmtLevel.exec(text)?.[1] ?? '',
      body: text.slice(pairs[0].length),
      known: true,
    }
  }
  const plain = levelled.exec(text)
  if (plain) return { at: null, zoneless: false, level: plain[1]!, body: plain[2]!, known: true }
  return warning.test(text) ? { at: null, zoneless: false, level: 'warning', body: text, known: true } : null
}

const levelIn = (body: string): string => new RegExp(`\\b${level}\\b`).exec(body)?.[1] ?? ''

/** OpenTelemetry's log correlation, and the usual spellings: `trace_id=… span_id=…`. */
export function idsIn(text: string): {
  readonly trace: string
  readonly span: string
  readonly service: string
} {
  const find = (pattern: RegExp): string => {
    const id = pattern.exec(text)?.[1] ?? ''
    return /^0*$/.test(id) ? '' : id
  }
  return {
    trace: find(/\btrace[_.]?id["']?[=:]\s*["']?([0-9a-f]{16,32})\b/i),
    span: find(/\bspan[_.]?id["']?[=:]\s*["']?([0-9a-f]{16})\b/i),
    service: /\b(?:resource\.)?service[_.]name=([^\s\]]+)/i.exec(text)?.[1] ?? '',
  }
}

export interface Blocked {
  readonly seconds: number
  /** Task or callback that blocked. */
  readonly name: string
  readonly functionName: string
  readonly file: string
  readonly line: number
}

/** `Executing <Task … name='blk' coro=<blocker() done, defined at /app/demo.py:3> …> took 0.150 seconds`, and `blocked for 119 ms`. */
export function blockedIn(body: string): Blocked | null {
  const took = /Executing <(.*)> took (\d+(?:\.\d+)?) seconds/.exec(body)
  if (took) {
    const what = took[1]!
    const place = /(?:defined at|running at|created at) (\S+?):(\d+)/.exec(what)
    const callback = /^\w*Handle\s+(?:when=\S+\s+)?(.+?)(?:\s+at\s|\s+created at\s|$)/.exec(what)?.[1] ?? ''
    const name = /name='([^']*)'/.exec(what)?.[1] ?? ''
    const functionName = /coro=<([^\s(]+)\(\)/.exec(what)?.[1] ?? callback.replace(/\(.*$/, '')
    return {
      seconds: Number(took[2]),
      name: name || functionName,
      functionName,
      file: place?.[1] ?? '',
      line: Number(place?.[2] ?? 0),
    }
  }
  const blocked = /(?:Async (\S+) )?blocked for (\d+(?:\.\d+)?)\s*(ms|milliseconds|s|seconds)\b/i.exec(body)
  if (!blocked) return null
  const seconds = Number(blocked[2]) / (blocked[3]!.startsWith('m') ? 1000 : 1)
  return Number.isFinite(seconds)
    ? { seconds, name: blocked[1] ?? '', functionName: blocked[1] ?? '', file: '', line: 0 }
    : null
}
