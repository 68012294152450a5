/**
 * Checks which folder imports which: the arrows of ARCHITECTURE.md, as a table. Static, dynamic and type imports all
 * count. Prints one line per violation; exit code 1 when there is any.
 *
 *     renderer ──► host (types) ◄── preload
 *        │           ▲  ▲
 *        ▼           │  └── main, server ◄── cli
 *       core ◄───────┴──────────┘
 */
import { readdirSync, readFileSync } from 'node:fs'
import { posix, relative, resolve } from 'node:path'
import { parseAst } from 'vite'

interface Rule {
  /** Own folders it may import from, itself included by default; `only` narrows one to some of its files. */
  readonly folders: readonly string[]
  readonly only?: Readonly<Record<string, readonly string[]>>
  /** Packages: all, or those that match one of these. */
  readonly packages: 'all' | readonly RegExp[]
  /** Folders that may be imported as types only. */
  readonly typesOnly?: readonly string[]
}

const node = /^node:/
/** What the pages and the pure parts may never reach for. */
const shellOnly = [/^electron(\/|$)/, node]

/** The allow-list. A folder that is not listed may not import anything of ours, and not be imported. */
export const rules: Readonly<Record<string, Rule>> = {
  core: {
    folders: [],
    packages: [/^zod$/, /^fflate$/, /^jsonc-parser$/, /^chevrotain$/, /^micromark$/],
  },
  scanner: { folders: [], packages: [] },
  host: { folders: ['core'], typesOnly: ['core'], packages: [/^zod$/, node] },
  receiver: { folders: ['core'], packages: 'all' },
  raster: { folders: ['core'], packages: [node, /^@napi-rs\/canvas$/] },
  main: { folders: ['host', 'core', 'receiver', 'raster'], packages: 'all' },
  preload: { folders: ['host'], packages: [/^electron(\/|$)/] },
  server: { folders: ['host', 'core', 'receiver', 'raster'], packages: [node, /^zod$/] },
  recorder: {
    folders: ['core'],
    only: { core: ['convention/keys.ts'] },
    packages: [node, /^@opentelemetry\//],
  },
  cli: {
    folders: ['core', 'host', 'server', 'receiver', 'raster'],
    packages: [node, /^commander$/, /^zod$/],
  },
  renderer: { folders: ['core', 'host'], typesOnly: [], packages: 'all' },
}

export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly line: number
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

/** Every module a TypeScript source names. A dynamic import whose name is computed comes as `specifier: '?'`. */
export function importsOf(source: string, file: string): readonly Import[] {
  const found: Import[] = []
  const add = (at: Node, literal: unknown, typeOnly: boolean): void => {
    const value = (literal as { value?: unknown } | null)?.value
    const line = source.slice(0, at.start).split('\n').length
    found.push({ specifier: typeof value === 'string' ? value : '?', typeOnly, line })
  }
  const tree = parseAst(source, { lang: file.endsWith('.tsx') ? 'tsx' : 'ts' }, file) as unknown as Node
  const pending: unknown[] = [tree]
  while (pending.length > 0) {
    const at = pending.pop()
    if (Array.isArray(at)) {
      for (const child of at) pending.push(child)
      continue
    }
    if (typeof at !== 'object' || at === null) continue
    const item = at as Node
    switch (item.type) {
      case 'ImportDeclaration':
        add(item, item.source, item.importKind === 'type')
        break
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        if (item.source != null) add(item, item.source, item.exportKind === 'type')
        break
      case 'ImportExpression':
        add(item, item.source, false)
        break
      case 'TSImportType':
        add(item, item.source ?? item.argument, true)
        break
      case 'CallExpression':
        if ((item.callee as Node).type === 'Identifier' && (item.callee as Node).name === 'require') {
          add(item, (item.arguments as unknown[])[0], false)
        }
        break
    }
    for (const key in item) if (key !== 'type') pending.push(item[key])
  }
  return found.sort((a, b) => a.line - b.line)
}

/** What is wrong with one import, or null. `file` is relative to the project: `src/core/session.ts`. */
export function violation(file: string, { specifier, typeOnly }: Import): string | null {
  const from = folderOf(file)
  const rule = rules[from]
  if (rule === undefined) return `${from} is not in the table of scripts/check-imports.ts`
  if (specifier === '?') return 'imports a module whose name is computed'
  // Vite's `?worker` and `?url` name the same file.
  const bare = specifier.replace(/\?.*$/, '')
  if (!bare.startsWith('.')) return packageViolation(from, rule, bare, typeOnly)
  const target = posix.normalize(posix.join(posix.dirname(file), bare))
  const to = folderOf(target)
  if (to === from) return null
  if (target === 'package.json') return null
  if (!rule.folders.includes(to)) return `${from} may not import ${to} (${bare})`
  const only = rule.only?.[to]
  if (only !== undefined && !only.some(path => target === `src/${to}/${path}`)) {
    return `${from} may import only ${only.join(', ')} of ${to}, not ${bare}`
  }
  if (rule.typesOnly?.includes(to) && !typeOnly) return `${from} may import only types of ${to} (${bare})`
  return null
}

function packageViolation(from: string, rule: Rule, name: string, typeOnly: boolean): string | null {
  if (rule.packages === 'all') {
    const banned = from === 'renderer' ? shellOnly : from === 'main' ? [/^react/] : [/^electron/, /^react/]
    return banned.some(pattern => pattern.test(name)) ? `${from} may not import ${name}` : null
  }
  const allowed = rule.packages.some(pattern => pattern.test(name))
  if (allowed || (typeOnly && from !== 'core' && !shellOnly.some(pattern => pattern.test(name)))) return null
  return `${from} may not import ${name}`
}

/** `src/core/x/y.ts` → core, `renderer/x.ts` → renderer, anything else → its first part. */
function folderOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'src' ? (parts[1] ?? '') : (parts[0] ?? '')
}

/** `file:line: what`, for every violation under the project's `src/` and `renderer/`. */
export function checkImports(root: string): readonly string[] {
  const wrong: string[] = []
  for (const folder of ['src', 'renderer']) {
    for (const entry of readdirSync(resolve(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(ts|tsx)$/.test(entry.name)) continue
      const path = resolve(entry.parentPath, entry.name)
      const file = relative(root, path).replaceAll('\\', '/')
      for (const item of importsOf(readFileSync(path, 'utf8'), file)) {
        const what = violation(file, item)
        if (what !== null) wrong.push(`${file}:${item.line}: ${what}`)
      }
    }
  }
  return wrong
}

if (import.meta.main) {
  const wrong = checkImports(resolve(import.meta.dirname, '..'))
  for (const line of wrong) console.error(line)
  process.exitCode = wrong.length > 0 ? 1 : 0
}
