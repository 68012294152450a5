/** What a card says of a hold that was kept too long, and what giving it back in time would have changed. */
import type { Hold, Wait } from '../../convention/model.ts'
import type { Context } from '../context.ts'
import type { FindingText } from '../finding.ts'
import { timedOut } from '../waiting.ts'
import { count, duration, largest, other, percent, taskName } from '../words.ts'
import { lastUseOf } from './hold-usage.ts'
import type { LeakKind } from './leaks.ts'

export interface Facts {
  readonly name: string
  /** `a connection of db-pool` */
  readonly what: string
  readonly unit: string
  readonly kind: LeakKind
  readonly holds: readonly Hold[]
  readonly held: number
  readonly capacity: number
  readonly waits: readonly Wait[]
  readonly failures: readonly Wait[]
  readonly ratio: number
  readonly known: boolean
  readonly shorter: { readonly waits: number; readonly peak: number }
  readonly larger: { readonly waits: number; readonly peak: number }
}

export function describe(context: Context, facts: Facts): FindingText {
  const { model } = context
  const { name, what, unit, kind, holds, held, capacity, waits, failures, ratio, known, shorter, larger } =
    facts
  const site = holds[0]!.site || taskName(model, holds[0]!.task)
  const victim = failures[0] ?? waits[0]
  const harm = victim
    ? `; ${other(taskName(model, victim.task), site)} ${timedOut(victim) ? 'timed out' : 'waited'}${timedOut(victim) ? ' after' : ''} ${duration(victim.endNs - victim.startNs)}`
    : ''
  const slots = capacity > 1 ? `: ${held} of ${capacity} held` : ''
  const longest = largest(holds.map(hold => hold.endNs - lastUseOf(hold)))
  const deed = {
    kept: `keeps ${what} ${duration(longest)} after its last use`,
    'never-released': `never gave back ${what}`,
    'foreign-wait': `keeps ${what} while it waits for something else`,
  }[kind]
  const kept =
    holds.length > 1
      ? `All ${holds.length} that were kept so were in use for ${percent(ratio)} of their time together`
      : `It was in use for ${percent(ratio)} of the time it was kept`
  const usefulText = known ? ` ${kept}.` : ''
  return {
    title: `${site} ${deed}${slots}${harm}`,
    rule:
      kind === 'foreign-wait'
        ? `nothing else is waited for while ${name} is held and others want it`
        : `${what} is given back right after its last use`,
    explainer:
      kind === 'never-released'
        ? `The task is over, but what it took of ${name} was never given back: most often a path that skips the release, such as an error. Every such run takes one away for good.`
        : kind === 'foreign-wait'
          ? `While the task waited for something that has nothing to do with ${name}, it kept it. Whoever wanted it next had to wait for that as well.`
          : `The task took ${what} for a short piece of work and kept it long after.${usefulText} Whoever asked next waited for somebody who no longer needed it.`,
    remedy: {
      primitive:
        kind === 'never-released' ? 'release in finally (or `using`)' : 'release right after the last use',
      why:
        waits.length > 0
          ? `${shorter.waits > 0 ? `Given back after its last use, ${name} makes ${count(shorter.waits, 'task')} wait` : `Given back after its last use, nobody waits for ${name}`}, and ${count(shorter.peak, unit)} of ${capacity} ${shorter.peak === 1 ? 'is' : 'are'} enough. ${largerPool(facts)}`
          : 'With the release on every path the resource is whole again after each run.',
      whatIf: {
        waits: shorter.waits,
        peak: shorter.peak,
        largerPoolWaits: larger.waits,
        largerPoolPeak: larger.peak,
      },
    },
  }
}

/** Why more of them is no cure; of a lock there are never more. */
const largerPool = ({ capacity, larger, unit }: Facts): string =>
  capacity < 2
    ? ''
    : `${capacity * 10} of them would only hide it: this recording alone would keep ${count(larger.peak, unit)} taken, and every further caller one more.`
