import { checkJson } from '../core/report/analysis-json.ts'
import { effectText } from '../core/report/import-effects.ts'
import { SpanFlag } from '../core/store/store.ts'
import { load } from './load.ts'
import { counted, duration, plain, print, styled } from './terminal.ts'

const colours = { lost: 'red', repaired: 'yellow', doubtful: 'yellow', noted: 'dim' } as const

/** `interleave check`: what was read, repaired, lost. */
export async function check(
  files: readonly string[],
  { json, clocks }: { readonly json?: boolean; readonly clocks?: string },
): Promise<void> {
  const { session, report } = await load(files, { clocks })
  const found = checkJson(session, report)
  if (json) {
    print(JSON.stringify(found, null, 2))
    return
  }
  const { trace } = found
  const ghosts = session.store.spans.flags.reduce((sum, flags) => sum + (flags & SpanFlag.ghost ? 1 : 0), 0)
  const madeUp = ghosts > 0 ? `, ${ghosts} made up for missing parents` : ''
  const lines = [
    `${counted(trace.spans, 'span')} (${trace.openSpans} never ended${madeUp}), ${counted(trace.tasks, 'task')}, ` +
      `${counted(trace.resources, 'resource')}, ${counted(trace.loops, 'loop')}, ` +
      `${counted(trace.services, 'service')}, ${duration(session.store.durationNs)}`,
    '',
    ...found.inputs.map(
      ({ file, format, bytes, spans }) =>
        `${plain(file)}  ${format}  ${counted(bytes, 'byte')}  ${counted(spans, 'span')}`,
    ),
    '',
  ]
  if (found.import.issues.length === 0) lines.push('nothing had to be repaired')
  for (const { code, count, example, consequence, kind, findings } of found.import.issues) {
    lines.push(`${styled(colours[kind], `${kind}  ${code}`)}  ${count}×  ${plain(consequence)}`)
    if (findings.length > 0) lines.push(`  ${effectText(findings)}`)
    lines.push(`  e.g. ${plain(example)}`)
  }
  print(lines.join('\n'))
}
