/**
 * Pictures and bundles are traces too: a PNG or SVG that carries a view, an `.interleave` file. Both are told by their bytes,
 * not by their name, and give up a notebook and, where it travels along, a slice of the trace.
 *
 *     PNG  ─ iTXt ─┐
 *     SVG  ─ meta ─┤
 *                  ├─► { notebook, slice } ─► slice as a source of its own
 *     gzip ────────┘
 *     notebook ────► { notebook }: its trace has to be open, or come along
 *     anything else ─► the source as it was
 */
import { concatBytes } from './concat-bytes.ts'
import { type ByteSource, ImportError } from './import/import.ts'
import { peek } from './import/peek.ts'
import type { Notebook } from './notebook/note.ts'
import type { ReadPayload } from './share/payload.ts'
import { extractSvgPayload, looksLikeSvg } from './share/svg-payload.ts'

export interface Unwrapped {
  /** What to import; null for a view without its trace. */
  readonly source: ByteSource | null
  readonly notebook: Notebook | null
  /** Entries of the notebook that could not be kept, one sentence each. */
  readonly problems: readonly string[]
  /** Where the trace that a slice was cut from begins, in Unix nanoseconds; `''` when unknown. */
  readonly startUnixNano: string
}

/** Pictures and bundles are read whole. The caps inside are those of `share/`. */
const maxWrappedBytes = 512 * 1024 * 1024
const headBytes = 4096
const pngMagic = [0x89, 0x50, 0x4e, 0x47]
const gzipMagic = [0x1f, 0x8b]

/** Looks at the first bytes and takes a wrapped trace out. Throws `ImportError` for a view that is broken or too new. */
export async function unwrapSource(source: ByteSource): Promise<Unwrapped> {
  const { head, bytes: all } = await peek(source.open(), headBytes)
  const replayed: ByteSource = { ...source, open: () => all }
  const plain: Unwrapped = { source: replayed, notebook: null, problems: [], startUnixNano: '' }
  const extract = begins(head, pngMagic)
    ? (await import('./share/png-payload.ts')).extractPayload
    : looksLikeSvg(head)
      ? extractSvgPayload
      : null
  if (extract) {
    const bytes = await readAll(replayed)
    const found = extract(bytes)
    if (found.kind === 'broken') throw brokenView(source.name, 'picture', found.why)
    if (found.kind !== 'ok') return { ...plain, source: fromBytes(source.name, bytes) }
    const { readPayload } = await import('./share/payload.ts')
    return fromPayload(source.name, 'picture', readPayload(found.json))
  }
  if (begins(head, gzipMagic)) {
    const { looksLikeBundle, readBundle } = await import('./share/bundle.ts')
    if (!looksLikeBundle(head)) return plain
    return fromPayload(source.name, 'bundle', readBundle(await readAll(replayed)))
  }
  if (looksLikeNotebook(head)) return fromNotebook(source.name, await readAll(replayed))
  return plain
}

/** A sidecar on its own, as a colleague sends it. Any trace in JSON begins otherwise. */
const looksLikeNotebook = (head: Uint8Array): boolean =>
  head[0] === 0x7b &&
  /^\{\s*"version"\s*:\s*\d+\s*,\s*"source"\s*:/.test(new TextDecoder().decode(head.subarray(0, 256)))

async function fromNotebook(name: string, bytes: Uint8Array): Promise<Unwrapped> {
  const { NOTEBOOK_VERSION, restoreNotebook } = await import('./notebook/restore.ts')
  const read = restoreNotebook(new TextDecoder().decode(bytes))
  if (read.kind === 'broken') throw new ImportError(name, `this notebook is broken: ${read.why}`)
  if (read.kind === 'newer') throw tooNew(name, 'notebook', read.version, NOTEBOOK_VERSION)
  return { source: null, notebook: read.notebook, problems: read.problems, startUnixNano: '' }
}

const tooNew = (name: string, what: string, version: number, known: number): ImportError =>
  new ImportError(
    name,
    `this ${what} was made by a newer Interleave (format ${version}; this one reads format ${known}); update to open it`,
  )

function fromPayload(name: string, what: string, read: ReadPayload): Unwrapped {
  if (read.kind === 'broken') throw brokenView(name, what, read.why)
  if (read.kind === 'newer') throw tooNew(name, what, read.version, read.known)
  const { notebook, slice, startUnixNano } = read.payload
  const source = slice === '' ? null : fromBytes(name, new TextEncoder().encode(slice))
  return { source, notebook, problems: read.problems, startUnixNano }
}

const brokenView = (name: string, what: string, why: string): ImportError =>
  new ImportError(
    name,
    `the view inside this ${what} is broken: ${why}; ask for the ${what} again, or open the trace`,
  )

const begins = (head: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, at) => head[at] === byte)

const fromBytes = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  async *open() {
    yield bytes
  },
})

async function readAll(source: ByteSource): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of source.open()) {
    length += chunk.length
    if (length > maxWrappedBytes)
      throw new ImportError(source.name, 'larger than 512 MiB, which no picture or bundle is')
    chunks.push(new Uint8Array(chunk))
  }
  return concatBytes(chunks)
}
