/**
 * What runs programs puts something around every line they log: a prefix, or a JSON object with the line in it. It knows
 * when and where a line was written even if the line itself does not say.
 *
 *     api-1  | 2026-11-21T10:00:00.123Z listening              docker compose logs --timestamps
 *     [pod/api-7d9f/api] 2026-11-21T10:00:00Z {"msg":…}        kubectl logs --prefix --timestamps
 *     2026-11-21T10:00:00.123456789Z stdout F listening        CRI
 *     {"log":"listening\n","stream":"stdout","time":"…"}       docker's json-file
 *     {"__REALTIME_TIMESTAMP":"17637…","MESSAGE":"…"}          journalctl -o json
 *     <165>1 2026-11-21T10:00:00.003Z host api 123 - - …       syslog, RFC 5424
 */
import { isObject, textOf } from './formats/foreign.ts'
import { type Instant, parseRfc3339, setInstant } from './instant.ts'

export interface Wrapped {
  /** Null: the wrapper has no time. */
  readonly at: Instant | null
  /** Container or program, '' unknown. */
  readonly service: string
  readonly level: string
  /** The line as the program wrote it. */
  readonly text: string
}

const time = '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d))'
const compose = /^([\w.-]{1,80}?)(?:-\d+)?\s+\| (.*)$/s
const kubectl = /^\[pod\/[^/\]\s]{1,250}\/([^\]\s]{1,250})\] (.*)$/s
const cri = new RegExp(`^${time} (?:stdout|stderr) [FP] (.*)$`, 's')
const timedJson = new RegExp(`^${time} (\\{.*)$`, 's')
const syslog = new RegExp(
  `^<(\\d{1,3})>1 ${time} \\S+ (\\S{1,48}) \\S+ \\S+ (?:-|\\[(?:[^\\]\\\\]|\\\\.){0,2000}\\])\\s?(.*)$`,
  's',
)
/** Of syslog: emergency, alert, critical, error, warning, notice, info, debug. */
const severities = ['fatal', 'fatal', 'critical', 'error', 'warn', 'notice', 'info', 'debug']
const maxLayers = 3

/** Takes off all that is around the line; null when nothing is. */
export function unwrapLog(line: string): Wrapped | null {
  let found = null as Wrapped | null
  for (let layer = 0; layer < maxLayers; layer++) {
    const next = unwrapOnce(found?.text ?? line)
    if (!next) break
    found = {
      at: next.at ?? found?.at ?? null,
      service: next.service || (found?.service ?? ''),
      level: next.level || (found?.level ?? ''),
      text: next.text,
    }
  }
  return found
}

function unwrapOnce(line: string): Wrapped | null {
  if (line.startsWith('{'))
    return line.includes('"log"') || line.includes('"MESSAGE"') ? unwrapJson(line) : null
  const named = kubectl.exec(line) ?? compose.exec(line)
  if (named) return { at: null, service: named[1]!, level: '', text: named[2]! }
  const timed = cri.exec(line) ?? timedJson.exec(line)
  if (timed) return { at: instantOf(timed[1]!), service: '', level: '', text: timed[2]! }
  const sent = syslog.exec(line)
  if (!sent) return null
  return {
    at: instantOf(sent[2]!),
    service: sent[3] === '-' ? '' : sent[3]!,
    level: severities[Number(sent[1]) % 8]!,
    text: sent[4]!,
  }
}

function unwrapJson(line: string): Wrapped | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (!isObject(value)) return null
  if (typeof value.log === 'string' && typeof value.stream === 'string')
    return { at: instantOf(textOf(value.time)), service: '', level: '', text: value.log.trimEnd() }
  const micros = Number(value.__REALTIME_TIMESTAMP)
  if (typeof value.MESSAGE !== 'string' || !(micros > 0)) return null
  const at: Instant = { sec: 0, nano: 0 }
  setInstant(at, micros, 1e6)
  return {
    at,
    service: textOf(value.SYSLOG_IDENTIFIER ?? value._COMM),
    level: severities[Number(value.PRIORITY)] ?? '',
    text: value.MESSAGE,
  }
}

function instantOf(text: string): Instant | null {
  const at: Instant = { sec: 0, nano: 0 }
  return parseRfc3339(text, at) ? at : null
}
