/** Text → config, or one line that says where it is wrong. */
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { z } from 'zod'
import { defaultThresholds } from '../detect/thresholds.ts'
import { type ByteSource, ImportError } from '../import/import.ts'
import type { Config } from './config.ts'
import { configSchema } from './config-schema.ts'

/** Far above what a person writes; deeper nesting than a config has is refused before anything recurses into it. */
const maxBytes = 1024 * 1024
const maxDepth = 16

/** @throws ImportError naming file, line and what would be accepted */
export async function readConfig(source: ByteSource): Promise<Config> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of source.open()) {
    size += chunk.length
    if (size > maxBytes) throw new ImportError(source.name, 'too large for a config')
    text += decoder.decode(chunk, { stream: true })
  }
  return parseConfig(source.name, text + decoder.decode())
}

/** JSON, comments allowed. @throws ImportError naming file, line and what would be accepted */
export function parseConfig(name: string, text: string): Config {
  const failAt = (offset: number, message: string): never => {
    throw new ImportError(`${name}:${text.slice(0, offset).split('\n').length}`, message)
  }
  if (depthOf(text) > maxDepth) failAt(0, 'nested too deeply for a config')
  const errors: ParseError[] = []
  const tree = parseTree(text, errors)
  if (errors[0]) failAt(errors[0].offset, `not JSON: ${wordsOf(printParseErrorCode(errors[0].error))}`)
  if (!tree) return failAt(0, 'not JSON: the file is empty')
  const parsed = configSchema.safeParse(plainOf(tree))
  if (parsed.success) return parsed.data as Config
  const issue = parsed.error.issues[0]!
  const path = issue.path.map(part => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') path.push(issue.keys[0]!)
  const nodes = path.map((_, depth) => findNodeAtLocation(tree, path.slice(0, depth + 1)))
  const there = nodes.findLast(node => node !== undefined) ?? tree
  const what = path.length > 0 && nodes.at(-1) === undefined ? 'is missing' : sentenceOf(issue, path)
  return failAt(there.offset, `${path.join('.') || 'the document'}: ${what}`)
}

function sentenceOf(issue: z.core.$ZodIssue, path: readonly (string | number)[]): string {
  if (issue.code === 'unrecognized_keys')
    return path[0] === 'thresholds' ? `no such threshold; known: ${thresholdNames}` : 'no such field'
  if (issue.code === 'invalid_value' && path.at(-1) === 'detector')
    return `no such detector; known: ${issue.values.join(', ')}`
  return issue.message
}

const thresholdNames = Object.keys(defaultThresholds).join(', ')

/** `InvalidSymbol` → `invalid symbol` */
const wordsOf = (code: string): string => code.replace(/\B[A-Z]/g, letter => ` ${letter}`).toLowerCase()

/** `__proto__` becomes a field like any other, which the schema then refuses. */
function plainOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plainOf)
  if (node.type !== 'object') return node.value
  const entries = (node.children ?? []).map(({ children: [key, value] = [] }) => [
    key!.value,
    value && plainOf(value),
  ])
  return Object.fromEntries(entries)
}

/** Deepest nesting of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(/"(?:[^"\\\n]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth)
    else if (token === ']' || token === '}') depth--
  }
  return deepest
}
