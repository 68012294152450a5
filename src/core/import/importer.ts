/** What an importer of one format is. One file each, listed in `registry.ts`. */
import type { StoreBuilder } from '../store/builder.ts'
import type { JsonShape } from './json/json-shape.ts'

export interface Importer {
  /** `otlp-json` … as in `analyze --json`. */
  readonly id: string
  /** As a person calls it: `OTLP JSON`. */
  readonly label: string
  /** 0: not this format; 1: certain. The highest wins. Looks at content, never at the file's name. */
  sniff(head: Head): number
  /**
   * Reads all of it into the builder. May throw `Unreadable` when it turns out not to be the format after all;
   * whatever can be kept is kept and counted instead.
   */
  read(bytes: AsyncIterable<Uint8Array>, context: ImportContext): Promise<void>
}

/** The first bytes of an input, decompressed, looked at in the ways importers need. */
export interface Head {
  readonly bytes: Uint8Array
  /** The same as text, without byte order mark; broken at the end where a character was cut. */
  readonly text: string
  /** Whether the input goes on after these bytes. */
  readonly partial: boolean
  /** What the JSON in it looks like, or null when it does not start with any. */
  readonly json: JsonShape | null
}

export interface ImportContext {
  readonly builder: StoreBuilder
  /** Name of the input. */
  readonly file: string
  readonly head: Head
  /** A single JSON value that is larger is read in pieces. */
  readonly pieceBytes: number
  /** `file line 7` or `file byte 1234`. */
  place(line: number): string
  /** Throws when the user cancelled; lets other work run when it is time. Await it between chunks. */
  breathe(): Promise<void>
}

/** Thrown by importers: why the input cannot be read, and what would be. Becomes an `ImportError` with the file's name. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}
