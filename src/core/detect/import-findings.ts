/** What the files themselves keep from being seen: losses, and clocks that can't be trusted. */
import type { ImportIssue } from '../import/import.ts'
import type { Context } from './context.ts'
import type { Detected, Detector, Draft } from './detector.ts'
import { culpritOf, noVictims } from './drafting.ts'
import type { DetectorId, Evidence, FindingMark } from './finding.ts'
import { count, fact, largest } from './words.ts'

const losses = new Set([
  'truncated-tail',
  'bad-line',
  'bad-span',
  'recorder-loss',
  'truncated-gzip',
  'truncated-zstd',
  'open-span-unknown',
  'missing-parent',
  'dropped-by-producer',
])
const clocks = new Set([
  'end-before-start',
  'far-out-time',
  'unaligned-clock',
  'bad-time',
  'clock-skew',
  'clock-contradiction',
])

export const importLoss: Detector = {
  id: 'import-loss',
  needs: [],
  run(context: Context): Detected {
    const issues = context.report.issues.filter(issue => losses.has(issue.code))
    const lost = context.model.coverage.lossIntervals
    if (issues.length === 0 && lost.length === 0)
      return {
        observed: [],
        predicted: [],
        cleared: [
          { detector: 'import-loss', subject: 'import', reason: 'nothing was dropped, cut or orphaned' },
        ],
      }
    const marks: FindingMark[] = lost
      .slice(0, 20)
      .map(loss => ({ kind: 'band', startNs: loss.fromNs, endNs: loss.toNs, loop: -1 }))
    const total = lost.reduce((sum, loss) => sum + loss.count, 0)
    const title =
      issues.length > 0
        ? issues.map(issue => issue.consequence).join('; ')
        : `${count(total, 'record')} that the recorder made ${total === 1 ? 'is' : 'are'} not in these files`
    return {
      observed: [],
      predicted: [],
      import: [
        draft(context, 'import-loss', issues, capital(title), marks, {
          rule: 'what was recorded is in the files, whole and once',
          explainer:
            'Part of what happened is not in these files. Findings that say "never" are withheld where records are missing, and counts are lower bounds.',
          primitive: 'record again without loss',
          why: 'A larger queue of the exporter, or a trace cut at its end only, makes absence meaningful.',
        }),
      ],
      cleared: [],
    }
  },
}

export const clockSuspect: Detector = {
  id: 'clock-suspect',
  needs: [],
  run(context: Context): Detected {
    const issues = context.report.issues.filter(issue => clocks.has(issue.code))
    const coarse = context.store.processes.filter(process => process.uncertaintyNs > 0)
    if (issues.length === 0) {
      const worst = largest(
        coarse.map(process => process.uncertaintyNs),
        0,
      )
      const reason =
        worst > 0
          ? `instants are known to ±${worst / 1e6} ms; verdicts within that say "possible"`
          : 'no clock runs backwards, and no time is rounded'
      return {
        observed: [],
        predicted: [],
        cleared: [{ detector: 'clock-suspect', subject: 'clocks', reason }],
      }
    }
    return {
      observed: [],
      predicted: [],
      import: [
        draft(
          context,
          'clock-suspect',
          issues,
          capital(issues.map(issue => issue.consequence).join('; ')),
          [],
          {
            rule: 'times are exact and agree between processes',
            explainer:
              'Some times in these files are rounded, run backwards, or come from clocks that do not agree. Orders and overlaps within that uncertainty are called possible, not certain.',
            primitive: 'record with explicit high-resolution times and one clock per host',
            why: 'Then order is known to the microsecond within a process and to the clock offset between processes.',
          },
        ),
      ],
      cleared: [],
    }
  },
}

interface Words {
  readonly rule: string
  readonly explainer: string
  readonly primitive: string
  readonly why: string
}

function draft(
  context: Context,
  detector: DetectorId,
  issues: readonly ImportIssue[],
  title: string,
  marks: readonly FindingMark[],
  words: Words,
): Draft {
  const evidence: Evidence[] = issues.map(issue => fact(issue.code, issue.count, '1'))
  for (const issue of issues) evidence.push(fact(`example of ${issue.code}`, issue.example))
  return {
    detector,
    severity:
      detector === 'import-loss' &&
      issues.some(issue => issue.code === 'recorder-loss' || issue.code === 'truncated-tail')
        ? 'low'
        : 'info',
    confidence: 0.95,
    startNs: 0,
    endNs: context.store.durationNs,
    subject: { kind: 'service', name: context.report.inputs.map(input => input.file).join(', ') },
    resource: -1,
    key: -1,
    loop: -1,
    culprit: culpritOf({ role: '', site: '' }, [], []),
    victims: noVictims,
    steps: [],
    evidence,
    against: [],
    missing: [],
    marks,
    text: {
      title,
      rule: words.rule,
      explainer: words.explainer,
      remedy: { primitive: words.primitive, why: words.why, whatIf: {} },
    },
    explains: 'no',
    defect: false,
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
