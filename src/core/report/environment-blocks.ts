import { formatDuration } from '../scene/time-text.ts'
import type { Process } from '../store/store.ts'
import { traceJson } from './analysis-json.ts'
import { type Block, code, heading, paragraph, type Text, table } from './document.ts'
import { count, plural } from './quantity.ts'
import type { ReportInput } from './report-input.ts'

/** Resource attributes that say what ran, some with their version beside them: OpenTelemetry semantic conventions. */
const TELLING: readonly (readonly string[])[] = [
  ['process.runtime.name', 'process.runtime.version'],
  ['telemetry.sdk.name', 'telemetry.sdk.version'],
  ['service.version'],
  ['deployment.environment.name'],
  ['deployment.environment'],
  ['os.type'],
  ['host.arch'],
]

const MOST_PROCESSES = 40

/** What ran, what was read, and what it would take to make this report again. */
export function environmentBlocks({ session: { store, model }, report, version }: ReportInput): Block[] {
  const trace = traceJson(store, model)
  const files = report.inputs.map(
    ({ file, format, spans }) => `${file.split(/[\\/]/).at(-1)} (${format}, ${plural(spans, 'span')})`,
  )
  return [
    heading(2, 'Environment'),
    ...table(
      ['Service', 'Instance', 'Runs on', 'Clock'],
      store.processes
        .slice(0, MOST_PROCESSES)
        .map(process => [
          process.service || 'unnamed',
          process.instance || '–',
          tellingOf(process) || '–',
          process.uncertaintyNs > 0 ? `± ${formatDuration(process.uncertaintyNs)}` : 'as recorded',
        ]),
    ),
    ...(store.processes.length > MOST_PROCESSES
      ? [paragraph(`And ${count(store.processes.length - MOST_PROCESSES)} more processes.`)]
      : []),
    ...table([], [
      ['Read', files.join(', ')],
      [
        'In it',
        `${plural(trace.spans, 'span')} (${count(trace.openSpans)} never ended), ${plural(trace.tasks, 'task')}, ${plural(trace.resources, 'resource')}, ${plural(trace.loops, 'event loop')}`,
      ],
      ['Fingerprint', [code(store.fingerprint)]],
      ['Made with', `Interleave ${version}`],
    ] satisfies Text[][]),
  ]
}

function tellingOf({ attributes }: Process): string {
  const known = new Map(Object.entries(attributes))
  return TELLING.map(keys =>
    keys
      .flatMap(key => known.get(key) ?? [])
      .map(value => (keys.length === 1 && keys[0]!.endsWith('version') ? `version ${value}` : String(value)))
      .join(' '),
  )
    .filter(Boolean)
    .join(', ')
}
