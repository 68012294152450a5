/** Who was harmed by a finding, and how: `5 tasks waited, 15 s together`. One sentence for card, report and terminal. */
import { count as number } from '../report/quantity.ts'
import type { DetectorId, Finding } from './finding.ts'
import { duration } from './words.ts'

type Harmed = Pick<Finding, 'detector' | 'subject'> & {
  readonly victims: Pick<Finding['victims'], 'count' | 'totalWaitNs'>
}

/** `''` where nobody was. */
export function harmText({ detector, subject, victims: { count, totalWaitNs } }: Harmed): string {
  if (count === 0) return ''
  const [one, many, what] = special[`${detector} ${subject.kind}`] ?? words[detector]
  const whom = `${number(count)} ${count === 1 ? one : many} ${what}`
  if (totalWaitNs <= 0) return whom
  return `${whom}, ${duration(totalWaitNs)}${count > 1 ? ' together' : ''}`
}

/** One of them, several of them, and what became of them. */
type Words = readonly [one: string, many: string, what: string]

/** By detector and kind of subject, where one detector tells two things. */
const special: { readonly [about: string]: Words } = {
  'late-heartbeat peer': ['peer', 'peers', 'gave it up'],
  'out-of-order key': ['write', 'writes', 'undone by an older one'],
}
const waited: Words = ['task', 'tasks', 'waited']

const words: Readonly<Record<DetectorId, Words>> = {
  'lost-update': ['task', 'tasks', 'lost an update'],
  'check-then-act': ['task', 'tasks', 'acted on what was no longer true'],
  'duplicate-operation': ['run', 'runs', 'too many'],
  'overlapping-critical-section': ['task', 'tasks', 'had no critical section of its own'],
  'loop-stall': ['task', 'tasks', 'held up'],
  'pool-exhausted': waited,
  'leaked-hold': waited,
  deadlock: ['task', 'tasks', 'stuck'],
  'lock-order-inversion': ['task', 'tasks', 'at risk'],
  'lock-convoy': waited,
  'thundering-herd': ['task', 'tasks', 'did the same work again'],
  'retry-storm': ['attempt', 'attempts', 'failed'],
  'sequential-awaits': ['task', 'tasks', 'waited in turn'],
  'fire-and-forget': ['task', 'tasks', 'nobody awaited'],
  'cancelled-holder': waited,
  'unbounded-queue': ['item', 'items', 'left in the queue'],
  'timer-drift': ['session', 'sessions', 'ran too long'],
  'late-heartbeat': ['heartbeat', 'heartbeats', 'late'],
  'out-of-order': ['receiver', 'receivers', 'got old news after new'],
  'missing-timeout': waited,
  'failed-join': ['task', 'tasks', 'ran on unwatched'],
  'stuck-flag': ['task', 'tasks', 'turned away'],
  'missing-await': ['task', 'tasks', 'went on without the result'],
  'shutdown-audit': ['request or item', 'requests and items', 'cut off'],
  'clock-suspect': ['span', 'spans', 'in doubt'],
  'import-loss': ['span', 'spans', 'missing'],
}
