/** A trace in another format, in pieces, so that a file larger than the longest string can be written. */
import { emptyContent, type Notebook } from '../notebook/note.ts'
import { wholeView } from '../notebook/restore.ts'
import { writeBundle } from '../share/bundle.ts'
import type { Store } from '../store/store.ts'
import { chromeTrace } from './chrome.ts'
import { otlpDocument, otlpLines } from './otlp.ts'

const extensions = { '.otlp.jsonl': 'otlp', '.chrome.json': 'chrome', '.interleave': 'bundle' } as const

export type ConvertFormat = (typeof extensions)[keyof typeof extensions]

/** What `convert` writes, for the line that refuses anything else. */
export const convertExtensions: readonly string[] = Object.keys(extensions)

/** The format a file's name asks for, or undefined. */
export function convertFormat(path: string): ConvertFormat | undefined {
  const name = path.toLowerCase()
  return Object.entries(extensions).find(([extension]) => name.endsWith(extension))?.[1]
}

/** The whole trace; a bundle also takes the notes along. */
export function convert(
  store: Store,
  notebook: Notebook | null,
  format: ConvertFormat,
): Iterable<string | Uint8Array> {
  switch (format) {
    case 'otlp':
      return otlpLines(store)
    case 'chrome':
      return chromeTrace(store)
    case 'bundle':
      return [
        writeBundle({
          version: 1,
          notebook: notebook ?? {
            version: 2,
            source: { fingerprint: store.fingerprint, files: [] },
            ...emptyContent,
            view: wholeView,
          },
          slice: otlpDocument(store),
          startUnixNano: store.epochUnixNano,
        }),
      ]
  }
}
