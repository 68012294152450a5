/** Names what a file is when it is not a trace: "invalid format" helps nobody. */
import { looksLikeSvg } from '../share/svg-payload.ts'
import type { Head } from './importer.ts'

export const accepted =
  'OTLP (JSON, JSON lines, protobuf), Tempo, Jaeger, Zipkin, Datadog, X-Ray and Chrome traces, console dumps and logs, plain or compressed (gzip, zstd)'

/** What to say about an input that no importer knows: what it is, and what would be read. */
export function nearMiss(head: Head): string {
  const { bytes, text, json } = head
  const magic = magicName(bytes)
  if (magic) return `${magic}; Interleave reads ${accepted}`
  if (json) {
    const named = namedJson(json)
    if (named) return `${named}; Interleave reads ${accepted}`
    const keys = json.keys.slice(0, 5).map(key => `"${key.slice(0, 30)}"`)
    const seen = keys.length > 0 ? `its first keys are ${keys.join(', ')}` : 'it has no keys that a trace has'
    return `JSON, but not a trace: ${seen}; Interleave reads ${accepted}`
  }
  if (looksLikeSvg(bytes)) return `an SVG picture without a view inside; Interleave reads ${accepted}`
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    return `an ${/^\s*<(!doctype|html)/i.test(text) ? 'HTML page (a login or error page saved instead of the trace?)' : 'XML file'}; Interleave reads ${accepted}`
  }
  if (looksBinary(bytes))
    return `binary data of no known kind (byte 0 is 0x${(bytes[0] ?? 0).toString(16).padStart(2, '0')}); Interleave reads ${accepted}`
  const firstLine = text.trimStart().split('\n', 1)[0]!.slice(0, 60)
  return `line 1 is neither JSON nor a log line ("${firstLine}"); Interleave reads ${accepted}`
}

function namedJson(json: NonNullable<Head['json']>): string | null {
  const has = (...paths: string[]): boolean => paths.every(path => json.has(path))
  if (has('log.entries') || has('log.creator')) return 'a HAR file (browser network log), not a trace'
  if (has('traces[].rootServiceName') || has('traces[].spanSet') || has('traces[].spanSets')) {
    return 'a Tempo search answer: it lists traces but holds none; fetch one with /api/traces/<id>'
  }
  if (has('traces') && has('metrics'))
    return 'a Tempo search answer without traces; fetch one with /api/traces/<id>'
  if (has('name', 'version') && (has('dependencies') || has('scripts') || has('devDependencies')))
    return 'a package.json, not a trace'
  if (has('lockfileVersion')) return 'a package lock file, not a trace'
  if (has('nodes', 'samples', 'timeDeltas')) return 'a V8 CPU profile, not a trace'
  if (has('snapshot.meta')) return 'a V8 heap snapshot, not a trace'
  if (has('openapi') || has('swagger')) return 'an OpenAPI description, not a trace'
  if (has('mappings', 'sources')) return 'a source map, not a trace'
  if (has('resourceProfiles') || has('dictionary.stackTable')) return 'OTLP profiles, not traces'
  if (has('panels') && has('templating')) return 'a Grafana dashboard, not a trace'
  if (has('errors') && has('data')) return 'an error answer of an API, not a trace'
  if (has('status', 'data.result')) return 'a Prometheus answer, not a trace'
  if (has('version', 'notes') && has('source'))
    return 'an Interleave notebook: open the trace it belongs to, not the notes'
  return null
}

function magicName(bytes: Uint8Array): string | null {
  const starts = (...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte)
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'a ZIP archive: unpack it first'
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'a PNG picture without a view inside'
  if (starts(0x25, 0x50, 0x44, 0x46)) return 'a PDF'
  if (starts(0x7f, 0x45, 0x4c, 0x46) || starts(0x4d, 0x5a)) return 'a program'
  if (starts(0xff, 0xd8, 0xff)) return 'a JPEG picture'
  if (starts(0x42, 0x5a, 0x68)) return 'bzip2 data: unpack it first'
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a)) return 'xz data: unpack it first'
  if (starts(0x53, 0x51, 0x4c, 0x69, 0x74, 0x65)) return 'an SQLite database'
  if (starts(0x67, 0x6f, 0x20, 0x31)) return 'a Go execution trace'
  const at257 = String.fromCharCode(...bytes.subarray(257, 262))
  return at257 === 'ustar' ? 'a tar archive: unpack it first' : null
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
