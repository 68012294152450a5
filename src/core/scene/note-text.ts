import { cutMiddle, oneLine } from './measure.ts'

/** Markdown as it reads without its marks: enough for a callout, the panel renders the rest. */
export const plainText = (markdown: string): string =>
  oneLine(markdown)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#>]+/g, '')
    .trim()

/** Words on at most `maxLines` lines of `maxPx`; what is left over is cut. */
export function wrapNote(
  text: string,
  maxPx: number,
  maxLines: number,
  measure: (text: string) => number,
): string[] {
  const lines: string[] = []
  let line = ''
  const words = text.split(' ').filter(word => word !== '')
  for (const [index, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`
    if (measure(longer) <= maxPx) {
      line = longer
      continue
    }
    if (lines.length === maxLines - 1) {
      lines.push(cutEnd([line, ...words.slice(index, index + 30)].join(' ').trim(), maxPx, measure))
      return lines
    }
    if (line !== '') lines.push(line)
    line = measure(word) <= maxPx ? word : cutMiddle(word, maxPx, measure)
  }
  if (line !== '') lines.push(line)
  return lines
}

function cutEnd(text: string, maxPx: number, measure: (text: string) => number): string {
  // A word may be a megabyte long; no line holds more characters than pixels.
  let keep = Math.min(text.length, Math.ceil(maxPx))
  while (keep > 1 && measure(`${text.slice(0, keep)}…`) > maxPx) keep--
  return `${text.slice(0, keep).trimEnd()}…`
}
