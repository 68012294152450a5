/** Did the fix hold: findings gone and new, and how the times changed. From a second recording, or said to be open. */
import {
  type ComparedTimes,
  compareRecordings,
  newProblems,
  tellingTimes,
  timesName,
} from '../compare/compare.ts'
import type { Distribution } from '../compare/measures.ts'
import { formatDuration } from '../scene/time-text.ts'
import { type Block, code, heading, list, paragraph, strong, type Text, table } from './document.ts'
import { count, plural } from './quantity.ts'
import type { ReportInput } from './report-input.ts'

const MOST_TIMES = 16

export function validationBlocks(input: ReportInput): Block[] {
  if (!input.after) {
    return [
      heading(2, 'Validation'),
      paragraph(
        'Not validated yet. Record the fixed program under the same load and make this report again with ',
        code('--after FILE'),
        ', or run ',
        code('interleave diff BEFORE AFTER'),
        '.',
      ),
    ]
  }
  const found = compareRecordings(input, input.after)
  const { gone, same } = found.findings
  const fresh = newProblems(found)
  const file = input.after.report.inputs.map(each => each.file.split(/[\\/]/).at(-1)).join(', ')
  const before = input.session.analysis.findings.length
  return [
    heading(2, 'Validation'),
    paragraph(
      'Compared with ',
      code(file),
      `, recorded after the fix: ${gone.length} of ${plural(before, 'finding')} gone, ${same.length} still there, ${fresh.length} new.`,
    ),
    ...(same.length > 0
      ? [paragraph(strong('Still there')), ...list(same.map(({ after }): Text => after[0]!.title))]
      : []),
    ...(fresh.length > 0
      ? [paragraph(strong('New')), ...list(fresh.map(({ after }): Text => after[0]!.title))]
      : []),
    ...table(
      ['Measure', 'Times', 'Median', '95th percentile', 'Longest'],
      tellingTimes(found).slice(0, MOST_TIMES).map(row),
    ),
    ...list([
      ...found.peaks.flatMap(({ name, before, after }): Text[] =>
        before && after && (before.inUse !== after.inUse || before.waiting !== after.waiting)
          ? [
              [
                code(name),
                ` at most: ${before.inUse} in use and ${before.waiting} waiting before, ${after.inUse} and ${after.waiting} after`,
              ],
            ]
          : [],
      ),
      ...found.lockOrders.new.map(
        ([held, asked]): Text => ['New lock order: ', code(held), ' held while asking for ', code(asked)],
      ),
      ...found.notObservable.map((why): Text => `Not observable after the fix: ${why}`),
    ]),
  ]
}

function row(compared: ComparedTimes): Text[] {
  const sides = [compared.before, compared.after]
  const cell = (read: (side: Distribution) => string): string =>
    sides.map(side => (side && side.count > 0 ? read(side) : '–')).join(' → ')
  return [
    timesName(compared),
    sides.map(side => count(side?.count ?? 0)).join(' → '),
    cell(side => formatDuration(side.p50Ns)),
    cell(side => formatDuration(side.p95Ns)),
    cell(side => formatDuration(side.maxNs)),
  ]
}
