/**
 * A deadlock that the database found and broke up: rows are locked in two orders.
 *
 *     transfer 1→2   UPDATE 1 ├┤     UPDATE 2 ├─────────✕  rolled back by the database
 *     transfer 2→1   UPDATE 2 ├┤     UPDATE 1 ├──────────┤ went on then
 */
import { type Statement, type ToldDeadlock, toldDeadlocks } from '../../convention/queries/told-deadlocks.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { duration, fact, largest, other, quoted, smallest, taskName } from '../words.ts'

export function toldDeadlockDrafts(context: Context): Draft[] {
  const { store, model } = context
  return groupBy(
    toldDeadlocks(store, model.taskOfSpan),
    ({ subject, victim }) => `${subject}\n${victim.site}`,
  ).map(group => draft(context, group))
}

function draft(context: Context, group: readonly ToldDeadlock[]): Draft {
  const { model, store } = context
  const { spans } = store
  const taskOf = ({ row }: Statement): number => model.taskOfSpan[row]!
  const { victim, partner, subject, text } = group.find(one => one.partner) ?? group[0]!
  const members = partner ? [victim, partner] : [victim]
  const startNs = smallest(members.map(({ row }) => spans.startNs[row]!))
  const endNs = largest(members.map(({ row }) => spans.endNs[row]!))
  const waitedNs = spans.endNs[victim.row]! - spans.startNs[victim.row]!
  const failed = group.some(one => hasFailed(context, taskOf(one.victim)))
  const name = (member: Statement): string => taskName(model, taskOf(member))
  return makeDraft({
    detector: 'deadlock',
    severity: failed ? 'high' : 'medium',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: group.length }),
    startNs,
    endNs,
    subject: { kind: 'resource', name: subject },
    culprit: culpritOf(
      { role: 'waits, and is rolled back', site: victim.site },
      partner ? [{ role: 'waits', site: partner.site }] : [],
      members.flatMap(({ row, lockedRow }) => [row, lockedRow]),
    ),
    victims: victimsOf(
      model,
      group
        .flatMap(one => [one.victim, ...(one.partner ? [one.partner] : [])])
        .map(member => ({ task: taskOf(member), row: member.row })),
      group.reduce((sum, one) => sum + spans.endNs[one.victim.row]! - spans.startNs[one.victim.row]!, 0),
    ),
    steps: members.flatMap(member => [
      ...(member.lockedRow < 0
        ? []
        : [
            {
              atNs: spans.endNs[member.lockedRow]!,
              task: taskOf(member),
              event: 'locked by',
              value: quoted(member.lockedText),
              row: member.lockedRow,
            },
          ]),
      {
        atNs: spans.startNs[member.row]!,
        task: taskOf(member),
        event: 'waits with',
        value: quoted(member.text),
        row: member.row,
      },
      {
        atNs: spans.endNs[member.row]!,
        task: taskOf(member),
        event: member === victim ? 'rolled back by the database' : 'went on',
        value: '',
        row: member.row,
      },
    ]),
    evidence: [
      fact('error', text, '', victim.row),
      fact('waited before it was sacrificed', waitedNs, 'ns', victim.row),
      fact('times this happened', group.length, '1'),
      fact('in the end', failed ? 'its caller failed with it' : 'its caller tried again, or went on'),
    ],
    missing: partner
      ? []
      : ['The other transaction: it may have been in a service whose spans are not in these files.'],
    marks: [
      {
        kind: 'ring',
        members: members.map(({ row }) =>
          sectionOf(model, model.taskOfSpan[row]!, spans.startNs[row]!, spans.endNs[row]!),
        ),
      },
    ],
    text: {
      title: `Deadlock in the database: ${name(victim)}${partner ? ` and ${other(name(partner), name(victim))}` : ''} each waited for ${subject} that ${partner ? 'the other' : 'another transaction'} had locked; after ${duration(waitedNs)} the database rolled ${name(victim)} back${group.length > 1 ? `, ${group.length} times in all` : ''}`,
      rule: `everybody locks ${subject} in one order`,
      explainer:
        'Each transaction had changed a row that the other one wanted next, and gives it back only when it is over. Nobody could move until the database noticed and threw one of them out, with all that it had done.',
      remedy: {
        primitive: 'one order for all, by key; and a retry for whoever is thrown out',
        why: 'Sorted by key, whoever comes second waits at the first row, before it has anything that the other one needs. A transaction that was rolled back left nothing behind and can be tried again.',
      },
    },
  })
}

function hasFailed({ model, requestOf }: Context, task: number): boolean {
  const request = model.requests[requestOf(task)]
  return request ? request.error || request.status >= 500 : model.tasks[task]?.outcome === 'failed'
}
