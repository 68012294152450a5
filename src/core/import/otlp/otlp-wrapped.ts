/**
 * OTLP inside something else: lines behind the prefix of a log, lines that a container's runtime cut, entries of log stores
 * and answers of APIs.
 *
 *     otelcol[123]: {"resourceSpans":…                            syslog, journalctl, kubectl --prefix, stern, compose
 *     2026-11-21T10:00:00Z stdout P {"resourceSpans":[{"res       CRI: P parts, up to the F that ends the line
 *     {"log":"{\"resourceSpans\":…\n","stream":"stdout",…}        docker: without \n at its end, the line goes on
 *     {"MESSAGE":"{\"resourceSpans\":…"}                          journalctl -o json, CloudWatch, Loki
 *     {"result":{"resourceSpans":…}}                              Jaeger's api/v3
 */
import { concatBytes } from '../../concat-bytes.ts'
import { type Foreign, isObject, listOf } from '../formats/foreign.ts'
import { parseJson } from '../json/json-parse.ts'
import { decode } from '../json/json-scan.ts'
import { isSpan } from './otlp-reader.ts'

const brace = 0x7b
const quote = 0x22
/** What a log puts in front of a line is not longer. */
const maxPrefix = 400
/** A line that was cut into more is left as it is. */
const maxJoined = 64 * 1024 * 1024
const maxDepth = 5
const maxNodes = 10_000

const cri = /^\S+ (stdout|stderr) ([FP])(?::\S*)? /
const request = /"resource_?(?:Spans|Logs|Metrics|spans|logs|metrics)"/

export class Unwrapper {
  /** Parts of a line that has not ended, by stream. */
  readonly #parts = new Map<string, { bytes: Uint8Array[]; length: number }>()

  /** The JSON in a line that is not JSON as it stands; null when there is none, empty when more of it is to come. */
  readonly line = (line: Uint8Array): Uint8Array | null => {
    if (line[0] === quote) return textIn(line)
    const head = decode(line.subarray(0, maxPrefix))
    const cut = cri.exec(head)
    if (cut) {
      const part = line.subarray(cut[0].length)
      if (cut[2] === 'P' || this.#parts.has(cut[1]!)) return this.#join(cut[1]!, part, cut[2] === 'F')
    }
    const at = line.subarray(0, maxPrefix).indexOf(brace)
    return at > 0 ? line.subarray(at) : null
  }

  /** Requests inside a value that is none itself, that value when there are none in it; empty when more is to come. */
  requests(value: unknown): readonly unknown[] {
    if (isObject(value) && typeof value.log === 'string' && typeof value.stream === 'string') {
      const ends = value.log.endsWith('\n')
      if (!ends || this.#parts.has(value.stream)) {
        const line = this.#join(value.stream, new TextEncoder().encode(value.log), ends)
        return line.length === 0 ? [] : requestsIn(decode(line))
      }
    }
    return requestsIn(value)
  }

  #join(stream: string, part: Uint8Array, ends: boolean): Uint8Array {
    const known = this.#parts.get(stream) ?? { bytes: [], length: 0 }
    known.bytes.push(new Uint8Array(part))
    known.length += part.length
    if (!ends && known.length <= maxJoined) {
      this.#parts.set(stream, known)
      return new Uint8Array()
    }
    this.#parts.delete(stream)
    return concatBytes(known.bytes)
  }
}

/** A document that was written as one JSON string. */
function textIn(line: Uint8Array): Uint8Array | null {
  const inner = parsed(decode(line))
  return typeof inner === 'string' ? new TextEncoder().encode(inner) : null
}

/** Breadth first, so that what is found lies as high as possible; what is inside a request is not looked at. */
function requestsIn(root: unknown): unknown[] {
  const found: unknown[] = []
  const todo = [{ value: root, depth: 0 }]
  for (let at = 0; at < todo.length && at < maxNodes; at++) {
    const { depth } = todo[at]!
    let { value } = todo[at]!
    if (typeof value === 'string') value = request.test(value) ? parsed(value) : undefined
    if (typeof value !== 'object' || value === null || depth > maxDepth) continue
    if (isObject(value) && isRequest(value)) found.push(value)
    else
      for (const member of Object.values(value))
        if (mayHold(member)) todo.push({ value: member, depth: depth + 1 })
  }
  return found.length > 0 ? found : [root]
}

const isRequest = (value: Foreign): boolean =>
  Object.keys(value).some(key => request.test(`"${key}"`)) || listOf(value.spans).some(isSpan)

const mayHold = (value: unknown): boolean =>
  typeof value === 'string' ? value.length > 16 : typeof value === 'object' && value !== null

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
