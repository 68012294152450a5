/** The ten questions of an async review, each answered found, clean, or not observable in this trace. */
import type { Gap } from '../convention/presets/preset.ts'
import type { Need } from '../detect/detector.ts'
import type { ChecklistItem, DetectorId, Finding } from '../detect/finding.ts'

interface Item {
  readonly item: string
  readonly detectors: readonly DetectorId[]
  readonly needs: readonly Need[]
  readonly clean: string
}

const items: readonly Item[] = [
  {
    item: 'missing-await',
    detectors: ['missing-await'],
    // What records no awaits would not tell of one that is missing.
    needs: ['awaits'],
    clean: 'no coroutine or promise was left unawaited',
  },
  {
    item: 'blocking-call',
    detectors: ['loop-stall'],
    needs: ['slices or stalls'],
    clean: 'no slice kept a loop while others were ready',
  },
  {
    item: 'untracked-task',
    detectors: ['fire-and-forget'],
    needs: ['tasks', 'awaits'],
    clean: 'every child was awaited, tracked or ended in order',
  },
  {
    item: 'shared-state-race',
    detectors: [
      'lost-update',
      'check-then-act',
      'duplicate-operation',
      'overlapping-critical-section',
      'thundering-herd',
    ],
    needs: ['accesses'],
    clean: 'no foreign write fell between a read and the write based on it',
  },
  {
    item: 'unreleased-resource',
    detectors: ['leaked-hold', 'pool-exhausted', 'cancelled-holder'],
    needs: ['holds'],
    clean: 'everything taken was given back in time',
  },
  {
    item: 'exception-handling',
    detectors: ['stuck-flag', 'failed-join'],
    needs: ['tasks', 'awaits'],
    clean: 'no failure left state or siblings behind',
  },
  {
    item: 'deadlock',
    detectors: ['deadlock', 'lock-order-inversion'],
    needs: ['holds', 'waits'],
    clean: 'no cycle of waiting, no two locks taken in both orders',
  },
  {
    item: 'missing-timeout',
    detectors: ['missing-timeout'],
    needs: ['awaits'],
    clean: 'no wait went far beyond its usual time',
  },
  {
    item: 'gather-failure',
    detectors: ['failed-join'],
    needs: ['tasks', 'awaits'],
    clean: 'no join failed while its siblings ran on',
  },
  {
    item: 'shutdown',
    detectors: ['shutdown-audit'],
    needs: ['tasks'],
    clean: 'nothing was open at shutdown',
  },
]

export interface Looked {
  readonly findings: readonly Finding[]
  /** Which needs of a detector the trace does not meet. */
  readonly missing: (needs: readonly Need[]) => readonly Need[]
  /** Detectors that were not switched off. */
  readonly ran: ReadonlySet<DetectorId>
  /** Detectors that found only what the config allows, or that besides. */
  readonly allowed: ReadonlySet<DetectorId>
  readonly shutdownSeen: boolean
  /** What the instrumentation in this trace never tells. */
  readonly gaps: readonly Gap[]
}

export function fillChecklist({
  findings,
  missing,
  ran,
  allowed,
  shutdownSeen,
  gaps,
}: Looked): ChecklistItem[] {
  return items.map(({ item, detectors, needs, clean }): ChecklistItem => {
    const found = findings.filter(finding => detectors.includes(finding.detector))
    if (found.length > 0)
      return {
        item,
        state: 'found',
        why: `${found.map(finding => finding.id).join(', ')}: ${found[0]!.text.title}`,
      }
    const unseen = (why: string): ChecklistItem => ({ item, state: 'not-observable', why })
    const off = detectors.filter(id => !ran.has(id))
    if (off.length > 0) return unseen(`${off.join(', ')} ${off.length === 1 ? 'was' : 'were'} switched off`)
    const lacks = missing(needs)
    if (lacks.length > 0)
      return unseen([`this trace has no ${lacks.join(' and no ')}`, ...gapsOf(lacks, gaps)].join('; '))
    if (item === 'shutdown' && !shutdownSeen) return unseen('the trace has no shutdown mark')
    if (detectors.some(id => allowed.has(id)))
      return { item, state: 'clean', why: 'only what the config allows; see what was ruled out' }
    return { item, state: 'clean', why: clean }
  })
}

/** More of them fill the page and say the same. */
const maxGaps = 3

/** What the instrumentation of this trace leaves out, and what to add. */
const gapsOf = (lacks: readonly Need[], gaps: readonly Gap[]): string[] =>
  gaps
    .filter(gap => lacks.some(need => need.includes(gap.of)))
    .slice(0, maxGaps)
    .map(gap => `${gap.unseen} (to be sure, ${gap.add})`)
