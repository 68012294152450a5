import {
  type ComparedFinding,
  type ComparedTimes,
  tellingTimes,
  timesName,
  worstOf,
} from '../core/compare/compare.ts'
import type { Distribution } from '../core/compare/measures.ts'
import type { DiffJson, RecordingJson } from '../core/report/diff-json.ts'
import { counted, duration, plain, styled } from './terminal.ts'

/** `diff` for people: findings first, then what changed in times, peaks and lock orders. */
export function diffText(found: DiffJson): string {
  const { gone, new: fresh, same } = found.findings
  const lines = [recordingLine('before', found.before), recordingLine('after', found.after)]
  const section = (
    title: string,
    findings: readonly ComparedFinding[],
    style: 'green' | 'red' | 'yellow',
  ) => {
    if (findings.length === 0) return
    lines.push('', styled(['bold', style], `${title} (${findings.length})`))
    for (const finding of findings) lines.push(...findingLines(finding))
  }
  section('NEW', fresh, 'red')
  section('GONE', gone, 'green')
  section('SAME', same, 'yellow')
  if (gone.length + fresh.length + same.length === 0) lines.push('', 'No findings before, none after.')
  else if (fresh.length === 0) lines.push('', 'Nothing new.')
  lines.push(...tableLines(found))
  for (const [title, orders] of [
    ['NEW LOCK ORDERS', found.lockOrders.new],
    ['LOCK ORDERS NO LONGER SEEN', found.lockOrders.gone],
  ] as const) {
    if (orders.length === 0) continue
    lines.push('', styled('bold', title))
    for (const [held, asked] of orders) lines.push(`  ${plain(held)}, then ${plain(asked)}`)
  }
  if (found.notObservable.length > 0) {
    lines.push('', styled('bold', 'NOT OBSERVABLE ANY MORE: there, silence says nothing'))
    for (const why of found.notObservable) lines.push(`  ${plain(why)}`)
  }
  return lines.join('\n')
}

function recordingLine(name: string, { inputs, trace }: RecordingJson): string {
  const length = Number(BigInt(trace.endUnixNano) - BigInt(trace.startUnixNano))
  const files = inputs.map(({ file }) => plain(file)).join(', ')
  return `${name.padEnd(6)}  ${files}  ${counted(trace.spans, 'span')}, ${counted(trace.tasks, 'task')}, ${duration(length)}`
}

function findingLines({ detector, subject, site, before, after, silence }: ComparedFinding): string[] {
  const words = [...new Set([worstOf(before), worstOf(after)])].filter(word => word !== null)
  const told = (after.length > 0 ? after : before)[0]!
  const times = Math.max(before.length, after.length)
  return [
    `  ${words.join(' → ').toUpperCase()}  ${detector}  ${plain(subject.name)}${site ? `  ${plain(site)}` : ''}${times > 1 ? `  (${before.length} → ${after.length})` : ''}`,
    `    ${plain(told.title)}`,
    ...(silence === 'subject-not-seen'
      ? [`    AFTER has no ${plain(subject.name)}: taken away, or not exercised`]
      : []),
  ]
}

/** People read a screen; `--json` has them all. */
const MOST_TIMES = 24

/** What was held, waited for, stalled or changed its time, before and after; then peaks. */
function tableLines(found: DiffJson): string[] {
  const telling = tellingTimes(found)
  const rows = telling.slice(0, MOST_TIMES).map(rowOf)
  const table = [['', 'times', 'p50', 'p95', 'max'], ...rows]
  const widths = table[0]!.map((_, column) => Math.max(...table.map(row => row[column]!.length)))
  const lines = table.map((row, at) => {
    const [name, ...cells] = row
    const line = [name!.padEnd(widths[0]!), ...cells.map((cell, at) => cell.padStart(widths[at + 1]!))].join(
      '  ',
    )
    return `  ${at === 0 ? styled('bold', line) : line}`
  })
  const peaks = found.peaks.flatMap(({ name, before, after }) => {
    const sides = [before, after].map(side => {
      if (!side) return 'none'
      const of = side.capacity > 0 ? ` of ${side.capacity}` : ''
      return `${side.inUse}${of} in use, ${side.waiting} waiting`
    })
    return sides[0] === sides[1] ? [] : [`  ${plain(name)} at most: ${sides.join(' → ')}`]
  })
  return [
    ...(rows.length > 0 ? ['', ...lines] : []),
    ...(telling.length > MOST_TIMES ? [`  and ${telling.length - MOST_TIMES} more; see --json`] : []),
    ...(peaks.length > 0 ? ['', ...peaks] : []),
  ]
}

function rowOf(compared: ComparedTimes): readonly string[] {
  const sides = [compared.before, compared.after]
  const cell = (read: (each: Distribution) => string): string =>
    sides.map(side => (side && side.count > 0 ? read(side) : '–')).join(' → ')
  return [
    plain(timesName(compared)),
    sides.map(side => String(side?.count ?? 0)).join(' → '),
    cell(side => duration(side.p50Ns)),
    cell(side => duration(side.p95Ns)),
    cell(side => duration(side.maxNs)),
  ]
}
