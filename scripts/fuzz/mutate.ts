/** Damaged files, each made from (seed, number) alone, so that two numbers are the recipe of an input. */
import { readdirSync, readFileSync } from 'node:fs'
import { concatBytes } from '../../src/core/concat-bytes.ts'

/** A file to damage. */
export interface Sample {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface Mutant {
  readonly bytes: Uint8Array
  /** Size of the chunks it is read in. */
  readonly chunkBytes: number
  /** What was done to which file, for people. */
  readonly recipe: string
}

type Random = (below: number) => number

const formats = new URL('../../fixtures/formats/', import.meta.url)
const incident = new URL('../../fixtures/incidents/frozen-app/bug.otlp.jsonl', import.meta.url)

/** One file of every format, and the first lines of a recorded incident. */
export function samples(): Sample[] {
  const files = readdirSync(formats)
    .filter(name => !['README.md', 'make.ts'].includes(name))
    .map(name => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, formats))) }))
  const recorded = readFileSync(incident, 'utf8').split('\n').slice(0, 2).join('\n').slice(0, 20_000)
  return [...files, { name: 'incident.otlp.jsonl', bytes: new TextEncoder().encode(recorded) }]
}

/** Pieces that break things: brackets, numbers at the edges, near-OTLP members, marks, prefixes of lines. */
const pieces = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  '\n',
  '\r\n',
  '\0',
  '\u2028',
  '\ufeff',
  ' ',
  '\x1e',
  'null',
  'true',
  '-1',
  '-0',
  '1e999',
  '1e-9',
  '9007199254740993',
  '18446744073709551616',
  '0.1',
  'NaN',
  '""',
  '{}',
  '[]',
  '[[',
  '{"a":',
  '"\\ud800"',
  '"\\u0000"',
  '"__proto__":{},',
  '"constructor":1,',
  '"kind":"SPAN_KIND_SERVER",',
  '"trace_id":"AAAAAAAAAAAAAAAAAAAAAQ==",',
  '"startTimeUnixNano":1,',
  '2026-11-21T00:00:00Z stdout F ',
  '{"log":"',
  'x'.repeat(300),
  '9'.repeat(400),
  '['.repeat(200),
].map(piece => new TextEncoder().encode(piece))

/** xorshift32 over a mixed seed. */
function randomOf(seed: number, number: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)) | 0 || 1
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** The damaged file of this seed and number. */
export function mutant(files: readonly Sample[], seed: number, number: number): Mutant {
  const random = randomOf(seed, number)
  const file = files[random(files.length)]!
  let { bytes } = file
  const steps: string[] = []
  for (let edits = 1 + random(5); edits > 0; edits--) {
    const [damaged, step] = damage(bytes, random, files)
    bytes = damaged
    steps.push(step)
  }
  const chunkBytes = random(12) === 0 ? 1 + random(7) : 1 + random(5000)
  return { bytes, chunkBytes, recipe: `${file.name}: ${steps.join(', ')}; chunks of ${chunkBytes}` }
}

function damage(bytes: Uint8Array, random: Random, files: readonly Sample[]): [Uint8Array, string] {
  const at = random(bytes.length + 1)
  const before = bytes.subarray(0, at)
  const after = bytes.subarray(at)
  switch (random(8)) {
    case 0: {
      const byte = random(256)
      return [concatBytes([before, Uint8Array.of(byte), after.subarray(1)]), `byte ${at} = ${byte}`]
    }
    case 1: {
      const count = 1 + random(40)
      return [concatBytes([before, after.subarray(count)]), `${count} bytes out at ${at}`]
    }
    case 2: {
      const count = 1 + random(300)
      return [concatBytes([before, before.subarray(-count), after]), `${count} bytes twice at ${at}`]
    }
    case 3:
      return [before, `cut at ${at}`]
    case 4: {
      const nth = random(pieces.length)
      return [concatBytes([before, pieces[nth]!, after]), `piece ${nth} at ${at}`]
    }
    case 5: {
      const other = files[random(files.length)]!
      const from = random(other.bytes.length)
      const part = other.bytes.subarray(from, from + 1 + random(400))
      return [concatBytes([before, part, after]), `${part.length} bytes of ${other.name} at ${at}`]
    }
    case 6: {
      const bit = random(8)
      return [
        concatBytes([before, Uint8Array.of((after[0] ?? 0) ^ (1 << bit)), after.subarray(1)]),
        `bit ${bit} of ${at}`,
      ]
    }
    default:
      return [atToken(bytes, at, random), `token near ${at}`]
  }
}

/** Replaces or doubles the JSON-ish token at `at`: keeps the file near enough to valid to get deep into a reader. */
function atToken(bytes: Uint8Array, at: number, random: Random): Uint8Array {
  const isWord = (byte: number | undefined): boolean =>
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) || (byte | 0x20) >= 0x61 || byte === 0x2d || byte === 0x2e)
  let from = at
  while (from > 0 && at - from < 60 && isWord(bytes[from - 1])) from--
  let to = at
  while (to - at < 60 && isWord(bytes[to])) to++
  const token = bytes.subarray(from, to)
  const instead = random(2) === 0 ? pieces[random(pieces.length)]! : concatBytes([token, token])
  return concatBytes([bytes.subarray(0, from), instead, bytes.subarray(to)])
}
