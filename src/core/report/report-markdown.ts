/** A report as GitHub-flavoured Markdown. Names from a trace are escaped: none becomes markup, a mention or a link. */
import type { Block, Inline, ReportDocument, Text } from './document.ts'
import { inlines } from './document.ts'

/** `pictureOf` gives the address of a finding's picture, or null to leave it out. */
export function reportMarkdown(
  { title, subtitle, blocks }: ReportDocument,
  pictureOf: (finding: string) => string | null,
): string {
  const parts = blocks.map(block => blockText(block, pictureOf)).filter(part => part !== '')
  return `# ${plain(title)}\n\n${plain(subtitle)}\n\n${parts.join('\n\n')}\n`
}

export const blocksMarkdown = (blocks: readonly Block[]): string =>
  blocks
    .map(block => blockText(block, () => null))
    .filter(part => part !== '')
    .join('\n\n')

function blockText(block: Block, pictureOf: (finding: string) => string | null): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${plain(block.text)}`
    case 'paragraph':
      return inline(block.text)
    case 'list':
      return block.items.map(item => `- ${inline(item)}`).join('\n')
    case 'todos':
      return block.items.map(({ text, done }) => `- [${done ? 'x' : ' '}] ${inline(text)}`).join('\n')
    case 'table':
      return tableText(block.head, block.rows)
    case 'picture': {
      const address = pictureOf(block.finding)
      return address === null ? '' : `![${plain(block.alt)}](<${address.replace(/[<>\n]/g, '')}>)`
    }
    case 'markdown': {
      // Quoted, so that headings and lists of a note stay inside it; tags are shown, not obeyed.
      const lines = block.text.replace(/</g, '&lt;').trim().split(/\r?\n/)
      return [...lines, ...(block.by ? ['', `— ${plain(block.by)}`] : [])]
        .map(line => `> ${line}`.trimEnd())
        .join('\n')
    }
  }
}

function tableText(head: readonly string[], rows: readonly (readonly Text[])[]): string {
  const columns = Math.max(head.length, ...rows.map(row => row.length))
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const cell = (text: Text): string => inline(text).replace(/\|/g, '\\|')
  return [
    line(Array.from({ length: columns }, (_, at) => plain(head[at] ?? ''))),
    line(Array.from({ length: columns }, () => '---')),
    ...rows.map(row => line(row.map(cell))),
  ].join('\n')
}

const inline = (text: Text): string => inlines(text).map(inlineText).join('')

function inlineText(part: Inline): string {
  if (typeof part === 'string') return plain(part)
  return 'code' in part ? codeSpan(part.code) : `**${plain(part.strong)}**`
}

function codeSpan(text: string): string {
  const line = oneLine(text)
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return line === '' ? '' : `${fence}${pad}${line}${pad}${fence}`
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ')

/** Backslashes before what Markdown would read; `@` and `#1` are kept from becoming mentions and links. */
const plain = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_[\]<>|~]/g, char => `\\${char}`)
    .replace(/^(\s*)([-+#]|\d+[.)])(?=\s)/, '$1\\$2')
    .replace(/@(?=\w)/g, '@\u2060')
    .replace(/(https?|ftp):\/\//gi, '$1:\u2060//')
