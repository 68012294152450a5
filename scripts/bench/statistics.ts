/** Median and spread of a few runs. */
export interface Measured {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function measured(values: readonly number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const at = (index: number): number => sorted[Math.floor(index)] ?? Number.NaN
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2
  return { median, min: at(0), max: at(sorted.length - 1) }
}

/** `2.13 (2.05–2.31)` */
export const shown = ({ median, min, max }: Measured, digits = 2): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`

/** One line of the table. */
export interface Row {
  readonly what: string
  readonly measured: string
  /** `≥ 2`, `''` where there is no budget. */
  readonly budget: string
  /** null: no budget, or nothing to hold it against here. */
  readonly met: boolean | null
}

export function table(rows: readonly Row[]): string {
  const cells = [
    ['what', 'measured: median (min–max)', 'budget', 'met'],
    ...rows.map(({ what, measured: value, budget, met }) => [
      what,
      value,
      budget,
      met === null ? '' : met ? 'yes' : 'NO',
    ]),
  ]
  const widths = [0, 1, 2, 3].map(column => Math.max(...cells.map(row => [...(row[column] ?? '')].length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)).join(' | ')} |`
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`
  return [line(cells[0] ?? []), rule, ...cells.slice(1).map(line)].join('\n')
}
