/** Names what a file is when it is not a trace: "invalid format" helps nobody. */
import { looksLikeSvg } from '../share/svg-payload.ts'
import { lackingOfSpans } from './formats/span-table.ts'
import type { Head } from './importer.ts'
import { BrokenMessage, varint } from './otlp/protobuf.ts'

export const accepted =
  'OTLP (JSON, JSON lines, protobuf), Tempo, Jaeger, Zipkin, Datadog, X-Ray, Elastic APM, Sentry, Cloud Trace and Chrome traces, tables of spans (JSON rows, CSV), Java thread dumps, console dumps and logs, plain, compressed (gzip, zstd) or in an archive (ZIP, tar)'

/** What to say about an input that no importer knows: what it is, and what would be read. */
export const nearMiss = (head: Head): string => `${nameOf(head)}; Interleave reads ${accepted}`

function nameOf(head: Head): string {
  const { bytes, text, json } = head
  const magic = magicName(bytes)
  if (magic) return magic
  if (json) {
    const named = namedJson(json)
    if (named) return named
  }
  const lacking = lackingOfSpans(head)
  if (lacking)
    return `a table of spans without ${lacking.join(' and ')}: ask the query that gave it for these columns too (trace_id, span_id, parent_span_id, name, service, start_time, duration_ms)`
  if (json) {
    if (/^\s*(?:\{\s*\}|\[\s*\])\s*$/.test(text)) return `empty JSON (${text.trim()})`
    const keys = json.keys.slice(0, 5).map(key => `"${key.slice(0, 30)}"`)
    const seen = keys.length > 0 ? `its first keys are ${keys.join(', ')}` : 'it has no keys that a trace has'
    return `JSON, but not a trace: ${seen}`
  }
  if (looksLikeSvg(bytes)) return 'an SVG picture without a view inside'
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    return `an ${/^\s*<(!doctype|html)/i.test(text) ? 'HTML page (a login or error page saved instead of the trace?)' : 'XML file'}`
  }
  if (looksBinary(bytes))
    return `binary data of no known kind (byte 0 is 0x${(bytes[0] ?? 0).toString(16).padStart(2, '0')})`
  const named = textNames.find(([, pattern]) => pattern.test(text.slice(0, 4096)))
  if (named) return named[0]
  const short = text.trim()
  if (/^(?:null|true|false|-?\d+(?:\.\d+)?|"[^"]*")$/.test(short))
    return `JSON that is a single value (${short.slice(0, 60)}), not a trace`
  if (/^[^\n]{0,100}\b(?:not found|unauthorized|forbidden|error|denied|timeout)[^\n]{0,100}$/i.test(short))
    return `an answer of a server instead of a trace ("${short.slice(0, 100)}")`
  const firstLine = text.trimStart().split('\n', 1)[0]!.slice(0, 60)
  return `line 1 is neither JSON nor a log line ("${firstLine}")`
}

const oneByOne = 'write one entry a line (jq -c ".[]")'

/** What a JSON file is, by paths that must all be there; several sets are alternatives. The first that fits wins. */
const jsonNames: readonly (readonly [name: string, ...paths: readonly string[]])[] = [
  ['a HAR file (browser network log), not a trace', 'log.entries', 'log.creator'],
  [
    'a Tempo search answer: it lists traces but holds none; fetch one with /api/traces/<id>',
    'traces[].rootServiceName',
    'traces[].spanSet',
    'traces[].spanSets',
    'traces metrics',
  ],
  [
    'a package.json, not a trace',
    'name version dependencies',
    'name version scripts',
    'name version devDependencies',
  ],
  ['a package lock file, not a trace', 'lockfileVersion'],
  ['a V8 CPU profile, not a trace', 'nodes samples timeDeltas'],
  ['a V8 heap snapshot, not a trace', 'snapshot.meta'],
  ['a Firefox Profiler profile: samples and markers, not spans', 'meta threads libs'],
  ['a speedscope profile: samples, not spans', 'shared profiles'],
  ['a Node.js diagnostic report: one instant without spans', 'header.nodejsVersion', 'header.reportVersion'],
  ['an OpenAPI description, not a trace', 'openapi', 'swagger'],
  ['a source map, not a trace', 'mappings sources'],
  ['OTLP profiles, not traces', 'resourceProfiles', 'dictionary.stackTable'],
  ['a Grafana dashboard, not a trace', 'panels templating'],
  [
    'Grafana data frames without spans: download the trace as JSON instead (Explore, trace view, Export)',
    '[].schema.fields',
    'results',
  ],
  ['a Sentry event that names no trace (contexts.trace)', 'event_id start_timestamp', 'event_id spans'],
  [
    'an answer of Elasticsearch without spans (of Jaeger, Elastic APM, OpenTelemetry or Data Prepper)',
    'hits.hits',
  ],
  [
    'summaries of AWS X-Ray: they hold no segments; fetch those with aws xray batch-get-traces --trace-ids …',
    'TraceSummaries',
  ],
  [
    'a trace as Tempo gives it to language models; ask for Accept: application/json (or application/protobuf)',
    'trace.services[].scopes',
  ],
  [
    'data of Clinic.js Bubbleprof; record with node --trace-event-categories node.async_hooks',
    'nodes[].sources',
  ],
  ['a flame graph (0x, d3): samples, not spans', 'name value children'],
  [
    'a snapshot of Lightstep; export OTLP with the Collector',
    'data.attributes.spans',
    'data[].attributes.spans',
  ],
  ['a trace of Langfuse; export OTLP with the Collector', 'observations[].traceId'],
  ['a trace as SkyWalking’s API gives it; export OTLP or Zipkin JSON from its collector', 'data.trace.spans'],
  [
    'a query answer of Azure Monitor without spans: ask for timestamp, id, name, duration, operation_Id, operation_ParentId, cloud_RoleName',
    'tables[].columns',
  ],
  [`log events of CloudWatch in one list: ${oneByOne.replace('.[]', '.events[]')}`, 'events[].ingestionTime'],
  [
    'a Loki answer: fetch the lines as such (logcli --output=jsonl)',
    'status data.result data.result[].stream',
  ],
  ['a Prometheus answer, not a trace', 'status data.result'],
  [
    'an error answer of an API, not a trace',
    'errors[].msg',
    'errors[].code',
    'errors[].message',
    'code message',
  ],
  ['an answer of Jaeger with a list of names; fetch a trace with /api/traces/<id>', 'data[] total limit'],
  ['an answer of Jaeger that holds no trace', 'data total errors'],
  ['an Interleave notebook: open the trace it belongs to, not the notes', 'version notes source'],
  [
    `log entries in one list: ${oneByOne}`,
    '[].timestamp [].message',
    '[].timestamp [].jsonPayload',
    '[].timestamp [].textPayload',
    '[].time [].msg',
  ],
]

/** What a text file is, by how one of its first lines looks. */
const textNames: readonly (readonly [name: string, pattern: RegExp])[] = [
  [
    'stacks of perf script: samples, not spans',
    /^\S+\s+\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?\d+\.\d+:\s+\d+\s+\S+:/m,
  ],
  ['folded stacks of a flame graph: samples, not spans', /^[^\s;]+;\S.* \d+$/m],
  [
    'metrics of Prometheus, not a trace',
    /^(?:# (?:HELP|TYPE) |[a-zA-Z_:][\w:]*(?:\{[^}\n]*\})? [-+\d.eE]+(?: \d+)?$)/m,
  ],
  ['system calls of strace, not spans', /^(?:\[pid +\d+\] |\d+ +)?(?:[\d:.]+ )?\w+\(.*\) += -?\d/m],
  [
    'syslog without years: take it with years (journalctl -o json, or rsyslog’s RSYSLOG_SyslogProtocol23Format)',
    /^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /m,
  ],
  ['a slow query log of MySQL, not spans', /^# Query_time: /m],
  ['stacks of Python (faulthandler): one instant without spans', /most recent call first\):/],
  [
    'stacks of goroutines (Go): one instant, and it does not say who holds what; a trace of the same time is needed',
    /^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[[^\]\n]+\]:$/m,
  ],
  [
    'a table of asyncio tasks (python -m asyncio ps): one instant without spans; record with Interleave’s recorder or viztracer --log_async',
    /^tid +task id +task name +coroutine/m,
  ],
  [
    'a tree of asyncio tasks (python -m asyncio pstree): one instant without spans; record with Interleave’s recorder or viztracer --log_async',
    /^└── \(T\) /m,
  ],
  ['stacks of py-spy: one instant without spans', /^Process \d+: .*\nPython v\d/],
  [
    'what OpenTelemetry Ruby’s or Rust’s console exporter prints; send OTLP to the Collector’s file exporter, or to interleave receive',
    /OpenTelemetry::SDK::Trace::SpanData|^\s+(?:TraceId|SpanId)\s+: [0-9a-f]{16,32}$/m,
  ],
  ['base64: decode it first (base64 -d)', /^[A-Za-z0-9+/]{60,}={0,2}\s*$/],
  ['YAML (a configuration?), not a trace', /^[\w-]+:(?: .*)?\r?\n(?:[\w-]+:|\s+[\w-]+:|\s*- )/],
  ['a table (CSV), not a trace', /^[\w.-]+(?:,[\w. -]+){2,}\r?\n/],
]

function namedJson(json: NonNullable<Head['json']>): string | null {
  const has = (...paths: string[]): boolean => paths.every(path => json.has(path))
  for (const [name, ...alternatives] of jsonNames) {
    if (alternatives.some(paths => has(...paths.split(' ')))) return name
  }
  return null
}

/** What a file begins with, byte by byte as Latin-1. */
const magics: readonly (readonly [begins: string, name: string])[] = [
  ['\x89PNG', 'a PNG picture without a view inside'],
  ['%PDF', 'a PDF'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['\x78\x01', 'zlib data: unpack it first'],
  ['\x78\x9c', 'zlib data: unpack it first'],
  ['\x78\xda', 'zlib data: unpack it first'],
  ['BZh', 'bzip2 data: unpack it first'],
  ['\xfd7zXZ', 'xz data: unpack it first'],
  ['7z\xbc\xaf', 'a 7-Zip archive: unpack it first'],
  ['\x04\x22\x4d\x18', 'LZ4 data: unpack it first'],
  ['\xff\x06\x00\x00sNaPpY', 'Snappy data: unpack it first'],
  ['SQLite', 'an SQLite database'],
  ['PAR1', 'a Parquet table: write its rows as JSON lines or CSV first (duckdb can)'],
  ['ARROW1', 'an Arrow table: write its rows as JSON lines or CSV first (duckdb can)'],
  ['FLR\x00', 'a recording of Java Flight Recorder: samples and events (see jfr print --json), not spans'],
  ['JAVA PROFILE', 'a Java heap dump'],
  ['Nettrace', 'a .NET trace of runtime events (see dotnet-trace convert), not spans'],
  ['PERFILE2', 'a recording of perf: samples, not spans'],
  ['\xd4\xc3\xb2\xa1', 'captured network packets'],
  ['\xa1\xb2\xc3\xd4', 'captured network packets'],
  ['\x0a\x0d\x0d\x0a', 'captured network packets'],
  ['go 1', 'a Go execution trace'],
]

function magicName(bytes: Uint8Array): string | null {
  const ascii = String.fromCharCode(...bytes.subarray(0, 4096))
  const magic = magics.find(([begins]) => ascii.startsWith(begins))
  if (magic) return magic[1]
  if (/^[\x80-\x9f\xdc-\xdf]/.test(ascii) && /service|trace_id|span_id|_dd\./.test(ascii))
    return 'MessagePack, as Datadog’s tracers send it: write it as JSON first (msgpack2json)'
  if (isPerfetto(bytes))
    return 'a Perfetto trace: take it as JSON (traceconv json IN OUT), or record OpenTelemetry spans'
  if (looksBinary(bytes) && isPprof(bytes)) return 'a pprof profile: samples, not spans'
  return null
}

/** Numbers of the fields that a packet of Perfetto begins with: sequence, time, clocks, configuration, uuid … */
const packetFields = new Set([3, 6, 8, 10, 13, 33, 36, 42, 58, 79, 89])

/** Messages in field 1, one behind the other, each of which begins as a packet does. */
function isPerfetto(bytes: Uint8Array): boolean {
  const cursor = { at: 0 }
  let packets = 0
  try {
    while (cursor.at < Math.min(bytes.length, 4096)) {
      if (bytes[cursor.at] !== 0x0a) return false
      cursor.at++
      const length = varint(bytes, cursor)
      const end = cursor.at + length
      if (length > 0 && !packetFields.has(Math.floor(varint(bytes, cursor) / 8))) return false
      cursor.at = end
      packets++
    }
  } catch (error) {
    if (!(error instanceof BrokenMessage)) throw error
  }
  return packets > 1
}

/** One message whose fields are those of a profile: 1 to 15, numbers and what has a length. */
function isPprof(bytes: Uint8Array): boolean {
  const cursor = { at: 0 }
  let fields = 0
  try {
    for (; cursor.at < bytes.length && fields < 8; fields++) {
      const tag = varint(bytes, cursor)
      if (tag < 8 || tag >= 128 || (tag % 8 !== 0 && tag % 8 !== 2)) return false
      const value = varint(bytes, cursor)
      if (tag % 8 === 2) cursor.at += value
    }
  } catch (error) {
    if (!(error instanceof BrokenMessage)) throw error
  }
  return fields >= 4
}

/** Whether these bytes are no text: NUL bytes or many control characters. */
export function looksBinary(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, 4096)
  let controls = 0
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!
    if (byte === 0) return true
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++
  }
  return controls * 50 > length
}
