import { existsSync } from 'node:fs'
import { type DetectorId, type Severity, severities } from '../core/detect/finding.ts'
import { detectors as registry } from '../core/detect/registry.ts'
import { analysisJson } from '../core/report/analysis-json.ts'
import { configOf } from './config-option.ts'
import { load } from './load.ts'
import { print } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export interface AnalyzeOptions {
  readonly json?: boolean
  readonly clocks?: string
  readonly failOn?: string
  readonly detector?: readonly string[]
  readonly config?: string
}

/** `interleave analyze`. Returns the exit code: 1 when there are findings at or above `--fail-on`. */
export async function analyze(files: readonly string[], options: AnalyzeOptions): Promise<number> {
  const failOn = severityOf(options.failOn)
  const { detectors, misplaced } = detectorsOf(options.detector)
  const paths = [...files, ...misplaced]
  if (paths.length === 0) throw new UsageError('name a FILE to analyze, or - for stdin')
  const { session, report } = await load(paths, {
    clocks: options.clocks,
    ...(detectors && { detectors }),
    ...(await configOf(options.config)),
  })
  const found = analysisJson(session, report)
  if (options.json) print(JSON.stringify(found, null, 2))
  else print((await import('./analysis-text.ts')).analysisText(found))
  if (failOn === null) return 0
  const limit = severities.indexOf(failOn)
  return found.findings.some(finding => severities.indexOf(finding.severity) <= limit) ? 1 : 0
}

function severityOf(text: string | undefined): Severity | null {
  if (text === undefined) return null
  const allowed = severities.filter(severity => severity !== 'info')
  const severity = allowed.find(each => each === text)
  if (severity === undefined) throw new UsageError(`--fail-on ${text}: give one of ${allowed.join(', ')}`)
  return severity
}

/**
 * `--detector` takes several ids, so a FILE that follows them is taken for one: what is no id but a file goes back to
 * the files.
 */
function detectorsOf(given: readonly string[] | undefined): {
  detectors: readonly DetectorId[] | null
  misplaced: readonly string[]
} {
  if (given === undefined) return { detectors: null, misplaced: [] }
  const known = registry.map(detector => detector.id)
  const detectors: DetectorId[] = []
  const misplaced: string[] = []
  for (const word of given.flatMap(each =>
    each.includes(',') && !existsSync(each) ? each.split(',') : [each],
  )) {
    const id = known.find(each => each === word)
    if (id !== undefined) detectors.push(id)
    else if (word === '-' || existsSync(word)) misplaced.push(word)
    else throw new UsageError(`--detector ${word}: no such detector; known: ${known.join(', ')}`)
  }
  return { detectors, misplaced }
}
