/**
 * The book of repairs and losses: one line per code, with a count, the first example and what it means.
 * Every code is in this table and in the README of this folder; nothing is repaired without one.
 */
import type { ImportIssue } from './import.ts'

/** What a count of `n` means to the reader of the trace. */
const consequences = {
  'truncated-tail': () => 'everything before the cut is kept; what came after it is not in this trace',
  'bad-line': n => `${lines(n)} could not be read and ${n === 1 ? 'is' : 'are'} not in this trace`,
  'bad-utf8': n =>
    `${lines(n)} ${was(n)} not UTF-8 and ${was(n)} read as Windows-1252 or with replacement characters`,
  'unknown-value': n =>
    `${n} JSON value${s(n)} hold${n === 1 ? 's' : ''} no spans or logs and ${was(n)} skipped`,
  'bad-span': n =>
    `${n} entr${n === 1 ? 'y' : 'ies'} in a list of spans ${was(n)} not an object and ${was(n)} skipped`,
  'late-scope': n =>
    `${n} piece${s(n)} of a large document ${was(n)} read before the scope of ${n === 1 ? 'its' : 'their'} spans came, if there is one`,
  'metrics-skipped': n =>
    `${n} metric${s(n)} ${was(n)} counted but not kept; event loop, pool and thread metrics have lanes`,
  'empty-input': () => 'this file adds nothing to the trace',
  'archive-member': n =>
    `${n} file${s(n)} of an archive ${n === 1 ? 'is no trace and was' : 'are no traces and were'} left out`,
  'no-spans': () => 'only log records are shown; lanes and findings that need spans are missing',
  'missing-id': n => `${spans(n)} got a made-up id and cannot be the parent of others`,
  'odd-id': n => `${n} id${s(n)} ${was(n)} not hex or base64; the text was hashed, so links still join`,
  'bad-time': n => `${n} time${s(n)} could not be read and count${n === 1 ? 's' : ''} as missing`,
  'imprecise-number': n => `${n} number${s(n)} may be off by up to 256 ns`,
  'oneof-violation': n => `${n} value${s(n)} had several types at once; the first known one was taken`,
  'deep-value': n => `${n} attribute value${s(n)} nested too deeply ${was(n)} cut`,
  'long-value': n => `${n} attribute value${s(n)} longer than 1 MiB ${was(n)} cut`,
  'enum-name': n => `${n} kind${s(n)} or status codes were written as names; read all the same`,
  'base64-id': n => `${n} id${s(n)} ${was(n)} base64 instead of hex; read all the same`,
  'near-form': () => 'older or near-OTLP forms were read as what they stand for',
  'dropped-by-producer': n =>
    `the producer itself dropped ${n} attribute${s(n)}, event${s(n)} or link${s(n)} before writing`,
  'producer-warning': n =>
    `the tool that wrote the file left ${n} warning${s(n)}; times may have been adjusted`,
  'skipped-event': n => `${n} event${s(n)} of kinds that hold no time spans ${was(n)} skipped`,
  'unclosed-event': n =>
    `${spans(n)} of the file ha${n === 1 ? 's' : 've'} a begin but no end, or the reverse`,
  'other-line': n => `${lines(n)} between the spans ${was(n)} skipped`,
  'elided-value': n => `${n} value${s(n)} ${was(n)} left out by the console that printed them`,
  'line-without-time': n =>
    `${lines(n)} without a time keep${n === 1 ? 's its' : ' their'} order only; distances between them mean nothing`,
  'zone-assumed': n => `${n} time${s(n)} without a zone ${was(n)} read as UTC`,
  'unit-assumed': n => `${n} duration${s(n)} without a unit ${was(n)} read as milliseconds`,
  'partial-trace': () => 'the backend says that the trace is not complete',
  'duplicate-span': n => `${n} identical cop${n === 1 ? 'y' : 'ies'} dropped`,
  'conflicting-span': n =>
    `${n} span${s(n)} share${n === 1 ? 's' : ''} an id with a different one; both are kept, children hang under the first`,
  'duplicate-record': n => `${n} log record${s(n)} that another file already had ${was(n)} dropped`,
  'missing-parent': n =>
    `${spans(n)} hang${n === 1 ? 's' : ''} under a made-up parent; its own work is unknown`,
  'parent-cycle': n => `${n} cycle${s(n)} of parents cut at the earliest span`,
  'end-before-start': n => `${spans(n)} drawn with zero length; durations of these are unknown`,
  'open-span': n => `${spans(n)} never ended; drawn until the last sign of life of the process`,
  'open-span-unknown': n => `${spans(n)} may have ended in a stretch where the recorder lost records`,
  'far-out-time': n =>
    `${spans(n)} had a time far from all others and ${was(n)} moved to the start of its process`,
  'unaligned-clock': n =>
    `${n} process${n === 1 ? '' : 'es'} on a clock of ${n === 1 ? 'its' : 'their'} own ${was(n)} moved to the start of the trace; order between processes is unknown`,
  'record-without-time': n =>
    `${n} log record${s(n)} without a time stand${n === 1 ? 's' : ''} at the start of the span or trace`,
  'recorder-loss': n => `the recorder lost ${n} record${s(n)}; what is missing may hide findings`,
  'coarse-clock': n =>
    `${n} process${n === 1 ? '' : 'es'} round${n === 1 ? 's' : ''} starts to whole milliseconds; overlaps below that are only possible, not certain`,
  'unresolved-link': n => `${n} link${s(n)} point${n === 1 ? 's' : ''} to spans that no file holds`,
  'truncated-gzip': () => 'the compressed file ends too early; everything before the cut is kept',
  'truncated-zstd': () => 'the compressed file ends too early; everything before the cut is kept',
} as const satisfies Record<string, (count: number) => string>

export type IssueCode = keyof typeof consequences

function s(n: number): string {
  return n === 1 ? '' : 's'
}
function was(n: number): string {
  return n === 1 ? 'was' : 'were'
}
function lines(n: number): string {
  return `${n} line${s(n)}`
}
function spans(n: number): string {
  return `${n} span${s(n)}`
}

export class IssueLog {
  readonly #issues = new Map<IssueCode, { count: number; example: string }>()
  /** Of all codes together. */
  total = 0

  /** `example` is only called for the first of its code, so it may be costly. */
  add(code: IssueCode, example: () => string, count = 1): void {
    if (count <= 0) return
    this.total += count
    const known = this.#issues.get(code)
    if (known) known.count += count
    else this.#issues.set(code, { count, example: clip(example()) })
  }

  count(code: IssueCode): number {
    return this.#issues.get(code)?.count ?? 0
  }

  /** In the order of the table: losses first, notes last. */
  list(): ImportIssue[] {
    const out: ImportIssue[] = []
    for (const code of Object.keys(consequences) as IssueCode[]) {
      const issue = this.#issues.get(code)
      if (issue) out.push({ code, ...issue, consequence: consequences[code](issue.count) })
    }
    return out
  }
}

/** Examples quote foreign text: one line, at most 200 characters. */
export function clip(text: string, length = 200): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of the file must not reach a terminal
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}
