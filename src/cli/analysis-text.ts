import { alikeText, groupAlike } from '../core/compare/alike.ts'
import { harmText } from '../core/detect/harm-words.ts'
import type { AnalysisJson, FindingJson } from '../core/report/analysis-json.ts'
import { counted, duration, plain, styled } from './terminal.ts'

const headings = {
  observed: 'OBSERVED: it happened in this trace',
  predicted: 'PREDICTED: this trace shows that it can',
  import: 'ABOUT THE FILES',
} as const

const colours = { critical: 'red', high: 'red', medium: 'yellow', low: 'cyan', info: 'gray' } as const

/** `analyze` for people: the same facts as `--json`, worst first. */
export function analysisText(found: AnalysisJson): string {
  const { trace } = found
  const startNano = BigInt(trace.startUnixNano)
  const seconds = (unixNano: string): string => duration(Number(BigInt(unixNano) - startNano))
  const lines = [
    `${counted(trace.spans, 'span')}, ${counted(trace.tasks, 'task')}, ${counted(trace.resources, 'resource')}, ` +
      `${counted(trace.loops, 'loop')}, ${counted(trace.services, 'service')}, ${seconds(trace.endUnixNano)}`,
  ]
  for (const product of ['observed', 'predicted', 'import'] as const) {
    const findings = found.findings.filter(finding => finding.product === product)
    if (findings.length === 0) continue
    lines.push('', styled('bold', headings[product]))
    for (const alike of groupAlike(findings)) lines.push('', ...findingLines(alike, found, seconds))
  }
  if (found.findings.length === 0) lines.push('', 'No findings.')
  if (found.cleared.length > 0) {
    lines.push('', styled('bold', 'RULED OUT'))
    for (const { detector, subject, reason } of found.cleared) {
      lines.push(`  ${detector}  ${plain(subject)}: ${plain(reason)}`)
    }
  }
  const blind = found.checklist.filter(item => item.state === 'not-observable')
  if (blind.length > 0) {
    lines.push('', styled('bold', 'NOT OBSERVABLE in this trace'))
    for (const { item, why } of blind) lines.push(`  ${item}: ${plain(why)}`)
  }
  if (found.import.issues.length > 0) {
    const issues = found.import.issues.map(({ code, count }) => `${code} ${count}×`).join(', ')
    lines.push('', `Import: ${issues}; see \`interleave check\`.`)
  }
  return lines.join('\n')
}

function findingLines(
  [finding, ...others]: readonly [FindingJson, ...FindingJson[]],
  { causes }: AnalysisJson,
  seconds: (unixNano: string) => string,
): readonly string[] {
  const severity = styled(colours[finding.severity], finding.severity.toUpperCase())
  const head = `${finding.id}  ${severity}  ${finding.detector}  ${plain(finding.subject.name)}  (${finding.confidenceWord})`
  const cause = causes.find(each => each.finding === finding.id)
  const explains =
    cause === undefined || cause.explains.length === 0
      ? null
      : `${cause.explains.join(', ')}${cause.shareOf === 'wait' ? ` (${Math.round(cause.share * 100)} % of the waiting)` : ''}`
  const { places } = finding.culprit
  const facts: readonly (readonly [string, string | null])[] = [
    ['when', `${seconds(finding.startUnixNano)} – ${seconds(finding.endUnixNano)}`],
    ['site', finding.culprit.site || null],
    ['where', places.length > 1 ? places.map(({ role, site }) => `${role} ${site}`).join('; ') : null],
    ['harmed', harmText(finding) || null],
    ['rule', finding.rule],
    ['remedy', `${finding.remedy.primitive}: ${finding.remedy.why}`],
    ['explains', explains],
    ['alike', alikeText(others) || null],
  ]
  return [
    head,
    `    ${styled('bold', plain(finding.title))}`,
    ...facts.flatMap(([label, value]) => (value === null ? [] : [`    ${label.padEnd(9)}${plain(value)}`])),
    ...finding.steps.map(
      ({ atUnixNano, task, event, value }) =>
        `      ${seconds(atUnixNano).padStart(9)}  ${plain(event)}${value === '' ? '' : ` ${plain(value)}`}  ${plain(task)}`,
    ),
  ]
}
