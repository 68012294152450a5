/**
 * A report as one HTML file: no script, nothing fetched (its policy forbids both), pictures as SVG inside, light and dark.
 * Everything from the trace is escaped; notes go through micromark, which makes no tags of what they contain.
 */
import { micromark } from 'micromark'
import { escapeXml } from '../scene/svg-painter.ts'
import type { Block, Inline, ReportDocument, Text } from './document.ts'
import { inlines } from './document.ts'

export interface HtmlOptions {
  /** SVG of a finding's picture, or null to leave it out. */
  readonly pictureOf: (finding: string) => string | null
  /** `@font-face` rules with the fonts inside; the system's fonts without. */
  readonly fontCss: string
}

export function reportHtml({ title, subtitle, blocks }: ReportDocument, options: HtmlOptions): string {
  const contents = blocks.filter(block => block.kind === 'heading' && block.level === 2)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeXml(title)}</title>
<style>${options.fontCss}${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeXml(title)}</h1>
<p class="subtitle">${escapeXml(subtitle)}</p>
</header>
<nav aria-label="Contents"><ol>${contents.map(block => contentsEntry(block)).join('')}</ol></nav>
<main>
${blocks.map(block => blockHtml(block, options)).join('\n')}
</main>
</body>
</html>
`
}

const anchor = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

const contentsEntry = (block: Block): string =>
  block.kind === 'heading' ? `<li><a href="#${anchor(block.text)}">${escapeXml(block.text)}</a></li>` : ''

function blockHtml(block: Block, { pictureOf }: HtmlOptions): string {
  switch (block.kind) {
    case 'heading': {
      const id = block.level === 2 ? ` id="${anchor(block.text)}"` : ''
      return `<h${block.level}${id}>${escapeXml(block.text)}</h${block.level}>`
    }
    case 'paragraph':
      return `<p>${inline(block.text)}</p>`
    case 'list':
      return `<ul>${block.items.map(item => `<li>${inline(item)}</li>`).join('')}</ul>`
    case 'todos':
      return `<ul class="todos">${block.items.map(todoHtml).join('')}</ul>`
    case 'table':
      return tableHtml(block.head, block.rows)
    case 'picture': {
      const svg = pictureOf(block.finding)
      if (svg === null) return ''
      return `<figure aria-label="${escapeXml(block.alt)}">${svg.replace(/^<\?xml[^>]*\?>\s*/, '')}</figure>`
    }
    case 'markdown': {
      const by = block.by ? `<footer>${escapeXml(block.by)}</footer>` : ''
      return `<blockquote>${noteHtml(block.text)}${by}</blockquote>`
    }
  }
}

const todoHtml = ({ text, done }: { readonly text: Text; readonly done: boolean }): string =>
  `<li><span class="todo" role="img" aria-label="${done ? 'done' : 'to do'}">${done ? '✓' : ''}</span>${inline(text)}</li>`

/** Pictures in a note would reach for the network: their words stay. */
const noteHtml = (text: string): string =>
  micromark(text, { allowDangerousHtml: false, allowDangerousProtocol: false }).replace(
    /<img [^>]*alt="([^"]*)"[^>]*>/g,
    '$1',
  )

function tableHtml(head: readonly string[], rows: readonly (readonly Text[])[]): string {
  const top = head.length > 0 ? `<thead><tr>${head.map(headCell).join('')}</tr></thead>` : ''
  const body = rows.map(row => {
    const cells = row.map((cell, at) =>
      at === 0 && head.length === 0 ? `<th scope="row">${inline(cell)}</th>` : `<td>${inline(cell)}</td>`,
    )
    return `<tr>${cells.join('')}</tr>`
  })
  return `<div class="table"><table${head.length === 0 ? ' class="facts"' : ''}>${top}<tbody>${body.join('')}</tbody></table></div>`
}

/** A header without words would be read out as one. */
const headCell = (text: string): string =>
  text === '' ? '<td></td>' : `<th scope="col">${escapeXml(text)}</th>`

const inline = (text: Text): string => inlines(text).map(inlineHtml).join('')

function inlineHtml(part: Inline): string {
  if (typeof part === 'string') return escapeXml(part)
  return 'code' in part
    ? `<code>${escapeXml(part.code)}</code>`
    : `<strong>${escapeXml(part.strong)}</strong>`
}

const STYLE = `
:root{--text:#1b2330;--muted:#596474;--line:#d5dae2;--soft:#f4f6f9;--accent:#0b62a8;--note:#f3effd;--noteEdge:#5b3cc4;background:#fff;color:var(--text);font:16px/1.6 "Inter Variable",Inter,system-ui,sans-serif}
@media (prefers-color-scheme:dark){:root{--text:#e6eaf0;--muted:#9aa6b6;--line:#343e4d;--soft:#1b212b;--accent:#6cb8f0;--note:#241f38;--noteEdge:#a793f0;background:#12161d}}
body{max-width:960px;margin:0 auto;padding:48px 24px 96px}
h1{font-size:30px;line-height:1.25;letter-spacing:-.015em;margin:0 0 8px;text-wrap:balance}
h2{font-size:21px;letter-spacing:-.01em;margin:48px 0 12px;padding-top:20px;border-top:1px solid var(--line)}
h3{font-size:17px;line-height:1.4;margin:32px 0 8px}
h4{font-size:12px;letter-spacing:.06em;text-transform:uppercase;color:var(--muted);margin:24px 0 6px}
p,ul,ol,blockquote,figure,.table{margin:0 0 14px}
.subtitle{color:var(--muted)}
nav ol{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;padding:0;margin:20px 0 0;font-size:14px}
a{color:var(--accent)}
ul{padding-left:22px}li{margin:4px 0}
.todos{list-style:none;padding:0}.todos li{padding-left:28px;position:relative}
.todo{position:absolute;left:2px;top:.3em;width:14px;height:14px;border:1.5px solid var(--muted);border-radius:3px;font-size:11px;line-height:14px;text-align:center;color:var(--accent)}
code{font:.88em "JetBrains Mono Variable","JetBrains Mono",ui-monospace,monospace;background:var(--soft);border-radius:4px;padding:.1em .35em;overflow-wrap:anywhere}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14.5px;line-height:1.5}
th,td{text-align:left;vertical-align:top;padding:7px 16px 7px 0;border-bottom:1px solid var(--line)}
thead th{font-size:12.5px;color:var(--muted);font-weight:600;white-space:nowrap}
.facts th{width:1%;white-space:nowrap;font-weight:500;color:var(--muted);padding-right:24px}
td{font-variant-numeric:tabular-nums}
blockquote{background:var(--note);border-left:3px solid var(--noteEdge);border-radius:0 6px 6px 0;padding:10px 16px}
blockquote>:first-child{margin-top:0}blockquote>:last-child{margin-bottom:0}
blockquote footer{color:var(--muted);font-size:13.5px}
figure{border:1px solid var(--line);border-radius:8px;overflow:hidden;background:#fff}
figure svg{display:block;width:100%;height:auto}
@media print{body{max-width:none;padding:0}h2{break-after:avoid}figure,tr,blockquote{break-inside:avoid}}
`
