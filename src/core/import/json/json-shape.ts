/**
 * What the first JSON values of a file look like: the set of paths that occur near the top, with `[]` for elements.
 *
 *     {"resourceSpans":[{"resource":…   →   resourceSpans, resourceSpans[], resourceSpans[].resource, …
 *     [{"traceId":"…","id":"…"}]        →   [], [].traceId, [].id
 *
 * Importers are chosen by it. It is read from a prefix, so it neither needs the whole value nor trips over a cut one.
 */
export interface JsonShape {
  has(path: string): boolean
  readonly paths: ReadonlySet<string>
  /** Keys of the first top-level object, in order: what error messages quote. */
  readonly keys: readonly string[]
  /** Whether a second top-level value follows the first one. */
  readonly several: boolean
}

const maxDepth = 7
const maxPaths = 4000

/** What JSON can go on with after its first bracket; `[21/Nov/2026 …` and `{ key: 1 }` cannot. */
const begin = /^\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[{[\]"]|-?\d+(?:\.\d+)?\s*[,\]]|true|false|null|$))/

/** Null when the text does not begin as a JSON object or array does. */
export function jsonShape(text: string): JsonShape | null {
  if (!begin.test(text)) return null
  const from = text.search(/\S/)
  const paths = new Set<string>()
  const keys: string[] = []
  // Per open bracket: its path, and whether it is an array.
  const stack: { path: string; array: boolean }[] = []
  let depth = 0
  let key = ''
  let values = 0
  const token = /"((?:[^"\\]|\\[\s\S])*)"(\s*:)?|"[\s\S]*$|[{}[\]]|[^\s"{}[\],:]+/g
  token.lastIndex = from
  for (let match = token.exec(text); match && paths.size < maxPaths; match = token.exec(text)) {
    const piece = match[0]
    if (piece === '}' || piece === ']') {
      if (depth <= maxDepth) stack.pop()
      if (depth > 0) depth--
      if (depth === 0) values++
      continue
    }
    const top = depth <= maxDepth ? stack[stack.length - 1] : undefined
    if (match[2] !== undefined && top && !top.array) {
      key = match[1]!
      paths.add(join(top.path, key))
      if (stack.length === 1 && values === 0 && keys.length < 40) keys.push(key)
      continue
    }
    if (match[2] !== undefined) continue
    // A value: of an array element, of a key, or at the top.
    const path = top ? (top.array ? `${top.path}[]` : join(top.path, key)) : ''
    if (top && depth <= maxDepth) paths.add(path)
    if (piece === '{' || piece === '[') {
      depth++
      if (depth <= maxDepth) stack.push({ path, array: piece === '[' })
    }
  }
  return { has: path => paths.has(path), paths, keys, several: values > 1 || (values === 1 && depth > 0) }
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
