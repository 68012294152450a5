/**
 * What both shells serve to the page: its own files, and the bytes of opened traces by token. An answer is described,
 * not written, so that Electron can make a `Response` of it and the loopback server a stream.
 */
import { realpath, stat } from 'node:fs/promises'
import { dirname, extname, join, sep } from 'node:path'
import { configFile } from './configs.ts'
import type { OpenFiles } from './files.ts'

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Bytes `[start, end)` of a file, or text. */
  readonly body: { readonly path: string; readonly start: number; readonly end: number } | string
}

export interface Pages {
  /** Folder of the built page, `out/renderer`. */
  readonly root: string
  readonly files: OpenFiles
}

/** Nothing but ourselves; `wasm-unsafe-eval` is WebAssembly only. React and d3 set styles through the CSSOM, which CSP leaves alone. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** On every answer. COOP and COEP isolate the page, which is what lets it share memory with its worker. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=()',
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/** Answers a GET. `pathname` as in the URL, still encoded; `range` is the header of that name. */
export async function answerPage(pages: Pages, pathname: string, range: string | null): Promise<PageAnswer> {
  const [, token, config] = /^\/file\/([\w-]{1,64})(\/config)?$/.exec(pathname) ?? []
  if (token === undefined) return answerStatic(pages.root, pathname)
  const path = pages.files.pathOf(token)
  if (path === undefined) return refused(404, 'not found')
  return config ? answerConfig(join(dirname(path), configFile)) : answerFile(path, range)
}

/** The config beside an opened trace; an empty one where there is none, which is no error. */
async function answerConfig(path: string): Promise<PageAnswer> {
  const found = await answerFile(path, null)
  return found.status === 410 ? { status: 200, headers: securityHeaders, body: '{}' } : found
}

async function answerStatic(root: string, pathname: string): Promise<PageAnswer> {
  const path = await insideOf(root, pathname === '/' ? '/index.html' : pathname)
  if (path === null) return refused(404, 'not found')
  const { size } = await stat(path)
  const hashed = /\/assets\/.+-[\w-]{8,}\.\w+$/.test(pathname)
  return {
    status: 200,
    headers: {
      ...securityHeaders,
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': String(size),
      'cache-control': hashed ? 'max-age=31536000, immutable' : 'no-store',
    },
    body: { path, start: 0, end: size },
  }
}

async function answerFile(path: string, range: string | null): Promise<PageAnswer> {
  const size = await stat(path).then(
    info => info.size,
    () => -1,
  )
  if (size < 0) return refused(410, 'the file is gone')
  const wanted = range === null ? { start: 0, end: size } : byteRange(range, size)
  if (wanted === null) return refused(416, 'no such range', { 'content-range': `bytes */${size}` })
  const partial = range !== null
  return {
    status: partial ? 206 : 200,
    headers: {
      ...securityHeaders,
      'content-type': 'application/octet-stream',
      'content-length': String(wanted.end - wanted.start),
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      ...(partial && { 'content-range': `bytes ${wanted.start}-${wanted.end - 1}/${size}` }),
    },
    body: { path, ...wanted },
  }
}

export function refused(status: number, line: string, headers: Record<string, string> = {}): PageAnswer {
  return {
    status,
    headers: { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: `${line}\n`,
  }
}

/** A file of `root` by URL path; null for anything else, however it is spelled (`..`, `%2e`, `\`, NUL, a link that leads out). */
async function insideOf(root: string, pathname: string): Promise<string | null> {
  try {
    const decoded = decodeURIComponent(pathname)
    if (/[\0\\]/.test(decoded)) return null
    const base = await realpath(root)
    const path = await realpath(join(base, decoded))
    return path.startsWith(base + sep) && (await stat(path)).isFile() ? path : null
  } catch {
    return null
  }
}

/** One range of RFC 9110 §14.1.2 (`bytes=0-99`, `bytes=100-`, `bytes=-100`) as `[start, end)`; null when it cannot be served. */
export function byteRange(header: string, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim())
  if (match === null) return null
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  return start < end ? { start, end } : null
}
