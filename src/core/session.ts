/**
 * Files → session: what every shell does to open a trace. Pure; the page calls it in a worker, the terminal directly.
 *
 *     sources ─► unwrap ─► import ─► store ─► model ─► analysis ─► lanes
 *                  └─► notebook                └──────────┴──────────┴──► Session
 */

import { clockIssues } from './clock/clock-issues.ts'
import { estimateClocks } from './clock/estimate.ts'
import { type Config, emptyConfig, joinConfigs } from './config/config.ts'
import { configMistake, isConfig } from './config/config-name.ts'
import type { Model } from './convention/model.ts'
import { readModel } from './convention/read-model.ts'
import { analyze } from './detect/analyze.ts'
import type { DetectorId } from './detect/finding.ts'
import {
  type ByteSource,
  ImportError,
  type Imported,
  type ImportOptions,
  type ImportReport,
} from './import/import.ts'
import { importTrace } from './import/import-trace.ts'
import { layOutLanes } from './lanes/lay-out-lanes.ts'
import { mergeContent } from './notebook/merge.ts'
import type { Notebook } from './notebook/note.ts'
import type { Session } from './scene/scene.ts'
import type { Store } from './store/store.ts'
import { unwrapSource } from './unwrap-source.ts'

export interface TraceOptions extends ImportOptions {
  /** Times as the files have them (the default), or corrected by what calls between processes suggest. */
  readonly clocks?: 'raw' | 'suggested'
}

export interface OpenOptions extends TraceOptions {
  /** Only these detectors; all by default. */
  readonly detectors?: readonly DetectorId[]
  /** What the user says about limits and allowed findings; a source named `interleave.config.json` adds to it. */
  readonly config?: Config
  /** Told as soon as it is known what the spans mean; what is concluded from it takes as long again. */
  readonly onModel?: (model: Model) => void
  /** A config with a mistake is left out and told in the report; without this it throws. */
  readonly tolerant?: boolean
}

export interface OpenedSession {
  readonly session: Session
  readonly report: ImportReport
  /** Notes and view that came inside a picture or a bundle. */
  readonly notebook: Notebook | null
  /** What was applied: whoever analyses a copy of the trace applies it again. */
  readonly config: Config
}

/** Only a view was given, no trace: the notes are here, the spans have to come from elsewhere. */
export class ViewOnlyError extends ImportError {
  readonly notebook: Notebook
  constructor(file: string, notebook: Notebook) {
    const made = notebook.source.files.length > 0 ? ` (${notebook.source.files.join(', ')})` : ''
    super(file, `carries a view but no spans; open it together with the trace it was made from${made}`)
    this.notebook = notebook
  }
}

export interface OpenedTrace extends Imported {
  /** Notes and view that came inside a picture or a bundle. */
  readonly notebook: Notebook | null
}

/**
 * Reads several files into one store; a config among them is left out. With clocks as suggested they are read twice: it
 * has to be known first how far the clocks are apart. Throws as `openSession` does.
 */
export async function openTrace(
  sources: readonly ByteSource[],
  { clocks = 'raw', ...options }: TraceOptions = {},
): Promise<OpenedTrace> {
  const raw = await readTrace(sources, options)
  if (clocks === 'raw') return raw
  const clockOffsetsNs = estimateClocks(raw.store).offsets.map(({ suggestedNs }) => suggestedNs)
  return clockOffsetsNs.some(offsetNs => offsetNs !== 0)
    ? readTrace(sources, { ...options, clockOffsetsNs })
    : raw
}

async function readTrace(given: readonly ByteSource[], options: ImportOptions): Promise<OpenedTrace> {
  const sources = given.filter(source => !isConfig(source))
  const unwrapped = []
  for (const source of sources) {
    options.signal?.throwIfAborted()
    unwrapped.push(await unwrapSource(source).catch(error => unreadable(source, error)))
  }
  const notebook = unwrapped.map(each => each.notebook).reduce(joinNotebooks, null)
  const traces = unwrapped.map(each => each.source).filter(source => source !== null)
  if (traces.length === 0 && notebook !== null) throw new ViewOnlyError(sources[0]?.name ?? '', notebook)
  const starts = unwrapped.map(each => each.startUnixNano).filter(start => start !== '')
  const startUnixNano = starts.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0] ?? ''
  const { store, report } = await importTrace(traces, { ...options, startUnixNano })
  options.signal?.throwIfAborted()
  const problems = unwrapped.flatMap(each => each.problems)
  const withClocks = { ...report, issues: [...report.issues, ...clockIssues(store)] }
  return { store, report: withProblems(withClocks, problems), notebook }
}

/**
 * Opens several files as one trace. Throws `ImportError` (its message is the line for the user), `ViewOnlyError` when
 * there is nothing but a view, and the signal's reason when cancelled.
 */
export async function openSession(
  given: readonly ByteSource[],
  options: OpenOptions = {},
): Promise<OpenedSession> {
  const { config, mistakes } = await configOf(given.filter(isConfig), options)
  const { store, report, notebook } = await openTrace(given, options)
  return {
    session: concludeSession(store, report, config, options),
    report: withConfigMistakes(report, mistakes),
    notebook,
    config,
  }
}

/** What follows from a trace that is read: its meaning, the findings, the lanes. Throws only the signal's reason. */
export function concludeSession(
  store: Store,
  report: ImportReport,
  config: Config,
  { signal, detectors, onModel }: Pick<OpenOptions, 'signal' | 'detectors' | 'onModel'> = {},
): Session {
  const model = readModel(store, config.rules)
  onModel?.(model)
  const analysis = analyze(store, model, report, {
    ...config,
    ...(signal && { signal }),
    ...(detectors && { detectors }),
  })
  return { store, model, analysis, lanes: layOutLanes(store, model, analysis) }
}

async function configOf(
  sources: readonly ByteSource[],
  { config = emptyConfig, tolerant = false }: OpenOptions,
): Promise<{ readonly config: Config; readonly mistakes: readonly string[] }> {
  if (sources.length === 0) return { config, mistakes: [] }
  const { readConfig } = await import('./config/parse-config.ts')
  const mistakes: string[] = []
  const read = await Promise.all(
    sources.map(source =>
      readConfig(source).catch(error => {
        if (!tolerant || !(error instanceof ImportError)) throw error
        mistakes.push(error.message)
        return emptyConfig
      }),
    ),
  )
  return { config: joinConfigs([...read, config]), mistakes }
}

function unreadable(source: ByteSource, error: unknown): never {
  if (error instanceof ImportError || (error as Error).name === 'AbortError') throw error
  throw new ImportError(source.name, `cannot be read: ${(error as Error).message}`)
}

/** The first one's view; everybody's notes, the later form of each. */
function joinNotebooks(first: Notebook | null, second: Notebook | null): Notebook | null {
  if (first === null || second === null) return first ?? second
  return { ...first, ...mergeContent(null, first, second).content }
}

function withProblems(report: ImportReport, problems: readonly string[]): ImportReport {
  if (problems.length === 0) return report
  const issue = {
    code: 'notebook-entry',
    count: problems.length,
    example: problems[0] ?? '',
    consequence: `${problems.length} entries of the notebook inside could not be kept`,
  }
  return { ...report, issues: [...report.issues, issue] }
}

function withConfigMistakes(report: ImportReport, mistakes: readonly string[]): ImportReport {
  if (mistakes.length === 0) return report
  const issue = {
    code: configMistake,
    count: mistakes.length,
    example: mistakes[0]!,
    consequence: 'thresholds, allowed findings and rules of that config do not count',
  }
  return { ...report, issues: [...report.issues, issue] }
}
