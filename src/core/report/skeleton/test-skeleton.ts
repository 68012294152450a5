/**
 * A finding as a test that forces what was recorded: runs are held at a barrier in the moment that decides, so that the
 * fault comes every time, not one time in a thousand. Everything but the names of the code under test is there.
 */
import type { DetectorId, Finding } from '../../detect/finding.ts'
import { duration } from '../../detect/words.ts'
import { nodeSkeleton } from './node.ts'
import { pythonSkeleton } from './python.ts'

export const skeletonLanguages = ['node', 'python'] as const
export type SkeletonLanguage = (typeof skeletonLanguages)[number]

/** What a test of this class does: hold readers, hold those who entered, use up what is kept, hold lockers, measure the loop. */
export type SkeletonKind = 'race' | 'entry' | 'keeper' | 'cycle' | 'stall'

const kinds: Partial<Record<DetectorId, SkeletonKind>> = {
  'duplicate-operation': 'race',
  'lost-update': 'race',
  'check-then-act': 'race',
  'overlapping-critical-section': 'entry',
  'thundering-herd': 'entry',
  'leaked-hold': 'keeper',
  'pool-exhausted': 'keeper',
  'cancelled-holder': 'keeper',
  deadlock: 'cycle',
  'lock-order-inversion': 'cycle',
  'loop-stall': 'stall',
}

export interface SkeletonFacts {
  readonly kind: SkeletonKind
  readonly detector: DetectorId
  /** One line each, safe in a comment. */
  readonly subject: string
  readonly title: string
  readonly site: string
  readonly steps: readonly string[]
  /** Code under test: name of the function and its file, as far as the sites tell. */
  readonly functions: readonly { readonly name: string; readonly file: string }[]
  readonly capacity: number
  readonly limitMs: number
}

/** Source of a test; null for classes that a test can't force. */
export function testSkeleton(finding: Finding, language: SkeletonLanguage): string | null {
  const kind = kinds[finding.detector]
  if (!kind) return null
  const facts = factsOf(finding, kind)
  return language === 'node' ? nodeSkeleton(facts) : pythonSkeleton(facts)
}

/** The language of the code that was recorded. */
export const languageOf = (finding: Finding): SkeletonLanguage =>
  /\.pyw?\b/.test(finding.culprit.site) ? 'python' : 'node'

function factsOf(finding: Finding, kind: SkeletonKind): SkeletonFacts {
  const { detector, culprit, steps, evidence, subject, text } = finding
  const runs = [...new Set(steps.map(step => step.task))]
  const first = steps[0]?.atNs ?? 0
  const number = (label: string, otherwise: number): number => {
    const value = Number(evidence.find(entry => entry.label === label)?.value)
    return Number.isFinite(value) && value > 0 ? value : otherwise
  }
  const sites = culprit.sites.length > 0 ? culprit.sites : [culprit.site]
  return {
    kind,
    detector,
    subject: oneLine(subject.name),
    title: oneLine(text.title),
    site: oneLine(culprit.site) || 'an unknown place',
    steps: steps.map(
      ({ task, atNs, event, value }) =>
        `run ${runs.indexOf(task) + 1}  +${duration(atNs - first).padEnd(8)}  ${oneLine(`${event} ${value}`)}`,
    ),
    functions: sites.map(functionAt),
    capacity: Math.min(1000, Math.round(number('capacity', 1))),
    limitMs: Math.round(number('threshold stallNs', 100e6) / 1e6),
  }
}

/** `auth.check (auth.ts:41)` → `check` of `auth.ts` */
function functionAt(site: string): { name: string; file: string } {
  const [, called = '', file = ''] = /^(?:(.*?) \()?([\w.-]+?\.\w+)?(?::\d+)?\)?$/.exec(site) ?? []
  const name = called.split('.').at(-1) ?? ''
  return { name: /^[A-Za-z_]\w*$/.test(name) ? name : 'operation', file }
}

const oneLine = (text: string): string =>
  text
    .replace(/[\s\u0085\u2028\u2029]+/g, ' ')
    .trim()
    .slice(0, 300)
