/**
 * Reads what Node's `util.inspect` prints (console exporters, logged objects): unquoted keys, single quotes, `undefined`,
 * `'a\n' +` over lines, `[Object]`, `... 3 more items`. A tokenizer and a stack: nothing is evaluated, nothing recurses.
 */
export interface Inspected {
  readonly value: unknown
  /** Index after the value. */
  readonly end: number
  /** Pieces the printer left out. */
  readonly elided: number
}

type Container =
  | { kind: 'object'; map: Map<string, unknown>; key: string | null }
  | { kind: 'array'; list: unknown[] }

const token =
  /\s+|'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`|\.\.\. \d+ more [a-z]+|\[(?:Object|Array|Circular[^\]]*|Function[^\]]*|Getter[^\]]*|class[^\]]*|Object: null prototype)\]|<ref \*\d+>|\[Symbol\([^)]*\)\]|[{}[\],:+]|[^\s'"`{}[\],:+]+(?:[+-]\d+)?/gy

const maxDepth = 200

/** The object that begins at `from` (a `{`); null when the text ends before it does or is none. */
export function readInspected(text: string, from: number): Inspected | null {
  const stack: Container[] = []
  let elided = 0
  let joining = false
  token.lastIndex = from
  const put = (value: unknown): void => {
    const top = stack[stack.length - 1]
    if (!top) return
    if (joining) {
      joining = false
      if (top.kind === 'array') {
        const last = top.list.length - 1
        top.list[last] = String(top.list[last]) + String(value)
      } else if (top.key !== null) top.map.set(top.key, String(top.map.get(top.key)) + String(value))
      return
    }
    if (top.kind === 'array') top.list.push(value)
    else if (top.key !== null) top.map.set(top.key, value)
  }
  for (;;) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (!match) return null
    const piece = match[0]
    if (/^\s/.test(piece)) continue
    const top = stack[stack.length - 1]
    if (piece === '{' || piece === '[') {
      if (stack.length >= maxDepth) return null
      stack.push(piece === '{' ? { kind: 'object', map: new Map(), key: null } : { kind: 'array', list: [] })
    } else if (piece === '}' || piece === ']') {
      const done = stack.pop()
      if (!done || (done.kind === 'object') !== (piece === '}')) return null
      const value = done.kind === 'object' ? Object.fromEntries(done.map) : done.list
      if (stack.length === 0) return { value, end: token.lastIndex, elided }
      put(value)
    } else if (piece === ',') {
      if (top?.kind === 'object') top.key = null
    } else if (piece === '+') {
      joining = true
    } else if (piece === ':') {
      // The key came before.
    } else if (piece.startsWith('... ') || piece.startsWith('<ref')) {
      elided += piece.startsWith('... ') ? 1 : 0
    } else if (
      top?.kind === 'object' &&
      top.key === null &&
      /^\s*:/.test(text.slice(token.lastIndex, token.lastIndex + 4))
    ) {
      top.key = /^['"`]/.test(piece) ? unquote(piece) : piece
    } else if (/^\[/.test(piece)) {
      elided++
      put(null)
    } else if (stack.length === 0) {
      return null
    } else put(scalar(piece))
    if (token.lastIndex === at) return null
  }
}

function scalar(piece: string): unknown {
  if (/^['"`]/.test(piece)) return unquote(piece)
  if (piece === 'true' || piece === 'false') return piece === 'true'
  if (piece === 'null' || piece === 'undefined') return null
  if (piece === 'NaN') return Number.NaN
  if (/^-?Infinity$/.test(piece)) return piece.startsWith('-') ? -Infinity : Infinity
  if (/^-?\d+n$/.test(piece)) return piece.slice(0, -1)
  if (/^-?[\d.]+(e[+-]?\d+)?$/i.test(piece)) return Number(piece)
  return piece
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['0', '\0'],
])

function unquote(piece: string): string {
  return piece
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g, (_, u: string, x: string, c: string) =>
      u || x ? String.fromCharCode(Number.parseInt(u || x, 16)) : (escapes.get(c) ?? c),
    )
}
