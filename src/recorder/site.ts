import { basename, dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Attributes } from '@opentelemetry/api'
import { Otel } from '../core/convention/keys.ts'

/** A place in the host's own code. */
export interface Site {
  readonly functionName: string
  /** Relative to the working directory. */
  readonly file: string
  readonly line: number
}

const here = dirname(fileURLToPath(import.meta.url))
/** Built, this module sits in `chunks/` below the entry points: both are the recorder. */
const recorderDir = basename(here) === 'chunks' ? dirname(here) : here

/** Is it the host's own code: neither the recorder, nor node itself, nor a dependency? */
export function isHostFile(path: string): boolean {
  return (
    path !== '' &&
    !path.startsWith('node:') &&
    !path.includes('/node_modules/') &&
    !path.includes('\\node_modules\\') &&
    !path.startsWith(recorderDir)
  )
}

/** A recording is meant to be shared: paths are relative to the working directory, those of dependencies to node_modules. */
export function recordedPath(path: string): string {
  const dependency = path.lastIndexOf('/node_modules/')
  return dependency >= 0 ? path.slice(dependency + 1) : relative(process.cwd(), path)
}

/** The same for every path in a stack trace. */
export function recordedStack(stack: string): string {
  return stack.replace(/(?:file:\/\/)?(\/[^\s():]+)(?=:\d+)/g, (_match, path: string) => recordedPath(path))
}

export function plainPath(fileName: string): string {
  return fileName.startsWith('file:') ? fileURLToPath(fileName) : fileName
}

/** V8 names a function without a name after the options that come behind it: `track('a', async () => …, { type: 'stream' })`. */
const guessed = /^track\.(type|signal)$/

/**
 * The first frame of the host's own code above the caller. Costs some 5 µs: for acquires and state accesses, not per callback.
 */
export function captureSite(): Site | null {
  const prepare = Error.prepareStackTrace
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 24
    Error.prepareStackTrace = (_error, frames) => frames
    const holder: { stack?: unknown } = {}
    Error.captureStackTrace(holder, captureSite)
    const frames = holder.stack
    if (!Array.isArray(frames)) return null
    let site: Site | null = null
    for (const frame of frames as NodeJS.CallSite[]) {
      const path = plainPath(frame.getFileName() ?? '')
      const name = frame.getFunctionName() ?? frame.getMethodName() ?? ''
      const functionName = guessed.test(name) ? '' : name
      if (site === null) {
        if (!isHostFile(path)) continue
        site = { functionName, file: recordedPath(path), line: frame.getLineNumber() ?? 0 }
      } else if (recordedPath(path) === site.file) {
        // A callback without a name is called by the function it is written in, as far as one can tell.
        site = { functionName, file: site.file, line: site.line }
      }
      if (site.functionName !== '') break
    }
    return site
  } catch {
    return null
  } finally {
    Error.prepareStackTrace = prepare
    Error.stackTraceLimit = limit
  }
}

export function siteAttributes(site: Site | null): Attributes {
  if (!site) return {}
  const attributes: Attributes = { [Otel.codeFile]: site.file, [Otel.codeLine]: site.line }
  if (site.functionName !== '') attributes[Otel.codeFunction] = site.functionName
  return attributes
}
