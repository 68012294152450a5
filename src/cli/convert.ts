import { resolve } from 'node:path'
import { convertExtensions, convert as converted, convertFormat } from '../core/convert/convert.ts'
import { openTrace } from '../core/session.ts'
import { SpanFlag } from '../core/store/store.ts'
import { writeAtomically } from '../host/service/write-atomically.ts'
import { writeProblem } from '../host/service/write-problem.ts'
import { progressBar } from './progress.ts'
import { sourcesOf } from './sources.ts'
import { counted, plain } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** `interleave convert`: the trace, repaired and merged, in another format. */
export async function convert(
  files: readonly string[],
  { output }: { readonly output: string },
): Promise<void> {
  const format = convertFormat(output)
  if (!format) throw new UsageError(`${output}: name the output ${convertExtensions.join(', ')}`)
  if (files.some(file => resolve(file) === resolve(output)))
    throw new UsageError(`${output}: is an input; a trace file is never changed`)
  const progress = progressBar()
  const { store, report, notebook } = await openTrace(await sourcesOf(files), {
    onProgress: progress.onProgress,
  }).finally(() => progress.done())
  await writeAtomically(output, converted(store, notebook, format), 0o644).catch(error => {
    throw new UsageError(`${output}: cannot be written: ${writeProblem(error)}`)
  })
  const repairs =
    report.issues.length === 0
      ? ''
      : `; ${counted(report.issues.length, 'kind')} of repairs, see interleave check`
  const skipped = report.issues.find(({ code }) => code === 'metrics-skipped')?.count ?? 0
  const series = format === 'chrome' ? store.gauges.length : 0
  const leftOut = [
    ...(skipped > 0 ? [counted(skipped, 'metric')] : []),
    ...(series > 0 ? [`${series} metric series`] : []),
  ].join(' and ')
  const metrics = leftOut === '' ? '' : `; ${leftOut} left out`
  const reduced =
    format === 'otlp' && report.inputs.some(input => /^(?:otlp|tempo)-/.test(input.format))
      ? '; flags, observed times, severity texts and schema URLs are not kept'
      : ''
  const notes =
    notebook && format !== 'bundle' ? `; ${counted(notebook.notes.length, 'note')} left behind` : ''
  // A made-up parent is not written.
  const spans = store.spans.flags.reduce((sum, flags) => sum + (flags & SpanFlag.ghost ? 0 : 1), 0)
  process.stderr.write(
    `${plain(output)}: ${counted(spans, 'span')}, ${counted(store.records.count, 'record')}${repairs}${metrics}${reduced}${notes}\n`,
  )
}
