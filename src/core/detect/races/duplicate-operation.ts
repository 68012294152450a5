import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, placeOf, sectionOf, stepOfAccess, stepsInOrder } from '../drafting.ts'
import type { Evidence, FindingText, Step } from '../finding.ts'
import { count, duration, fact, limit, taskName } from '../words.ts'
import { type DuplicatePair, duplicatePairs } from './duplicate-pairs.ts'
import { explainGuard } from './guards.ts'
import { remedyForState } from './primitives.ts'

/** The same operation on the same entity, twice at nearly the same time, with harm done or just prevented. */
export const duplicateOperation: Detector = {
  id: 'duplicate-operation',
  needs: ['requests or accesses'],
  run(context: Context): Detected {
    const { pairs, handled } = duplicatePairs(context)
    const groups = groupBy(pairs, pair => `${subjectOf(context, pair)}\n${siteOf(context, pair)}`)
    const cleared =
      handled > 0
        ? [
            {
              detector: 'duplicate-operation' as const,
              subject: 'overlapping requests',
              reason: `${count(handled, 'pair')} handled well: the second one waited for a lock, was answered 4xx, or tried again`,
            },
          ]
        : []
    return { observed: groups.map(group => draft(context, group)), predicted: [], cleared }
  },
}

const subjectOf = (context: Context, pair: DuplicatePair) =>
  context.model.keys[(pair.race ?? pair.again)?.key ?? -1] ?? pair.entity

function siteOf(context: Context, pair: DuplicatePair): string {
  const own = context.model.tasks[pair.second.task]?.site
  return pair.again?.site || pair.race?.write.site || pair.race?.read.site || own || pair.operation
}

function draft(context: Context, group: readonly DuplicatePair[]): Draft {
  const { model, thresholds } = context
  // The pair that shows it best: with a race behind it, the closest.
  const pair = [...group].sort(
    (a, b) =>
      Number(b.race !== null) - Number(a.race !== null) ||
      a.gapNs - b.gapNs ||
      a.first.startNs - b.first.startNs,
  )[0]!
  const { race, first, second } = pair
  const steps: Step[] = []
  if (race) {
    const accesses = [race.read, race.foreign, race.write, ...(race.foreignRead ? [race.foreignRead] : [])]
    steps.push(...accesses.map(access => stepOfAccess(model, access)))
  } else {
    steps.push({
      atNs: first.startNs,
      task: first.task,
      event: 'started',
      value: pair.operation,
      row: first.row,
    })
    steps.push({
      atNs: second.startNs,
      task: second.task,
      event: 'started',
      value: pair.operation,
      row: second.row,
    })
  }
  for (const run of [first, second]) {
    if (run.status === 0) continue
    const failed = run.status >= 500
    steps.push({
      atNs: run.endNs,
      task: run.task,
      event: failed ? 'failed' : 'answered',
      value: `${run.status}`,
      row: run.row,
    })
  }
  const evidence: Evidence[] = [fact('time between the two starts', pair.gapNs, 'ns', second.row)]
  if (race?.foreignRead) {
    evidence.push(
      fact('both of them read', same(race.read.value, race.foreignRead.value), '', race.read.span),
    )
  }
  if (pair.error) evidence.push(fact('the second failed with', pair.error, '', second.row))
  if (group.length > 1) evidence.push(fact('times this happened', group.length, '1'))
  evidence.push(limit(thresholds, 'duplicateGapNs'))
  const sections = race
    ? sectionsOf(context, pair)
    : [
        sectionOf(model, first.task, first.startNs, first.endNs),
        sectionOf(model, second.task, second.startNs, second.endNs),
      ]
  const site = siteOf(context, pair)
  return {
    detector: 'duplicate-operation',
    // Without values it may have been meant so, however unlikely.
    severity: pair.refused || !race ? 'high' : 'critical',
    confidence: confidenceOf({
      tier: (race && !race.write.inferred) || pair.error || pair.again ? 'observed' : 'inferred',
      proven: pair.error !== '' || (race !== null && race.write.value !== ''),
      repeats: group.length,
      orderPossible: race?.order === 'possible',
    }),
    startNs: Math.min(first.startNs, race?.read.atNs ?? first.startNs),
    endNs: Math.max(second.startNs, race?.write.atNs ?? second.endNs),
    subject: { kind: 'key', name: subjectOf(context, pair) },
    resource: -1,
    key: (race ?? pair.again)?.key ?? -1,
    loop: -1,
    culprit: culpritOf(
      {
        role: race?.write.site
          ? placeOf(race.write).role
          : race?.read.site
            ? placeOf(race.read).role
            : 'runs',
        site,
      },
      race ? [placeOf(race.read), placeOf(race.foreign)] : [],
      [first.row, second.row],
    ),
    victims: {
      count: group.length,
      totalWaitNs: 0,
      rows: group
        .map(entry => (entry.refused ? entry.second.row : entry.first.row))
        .filter(row => row >= 0)
        .slice(0, 200),
    },
    steps: stepsInOrder(steps),
    evidence,
    against: [],
    missing:
      (race && !race.write.inferred) || pair.again
        ? []
        : [
            'Reads and writes of the entity (`interleave.state.*`): they would show the interleaving with values.',
          ],
    marks: [{ kind: 'overlap', a: sections[0]!, b: sections[1]!, gapNs: pair.gapNs }],
    text: describe(context, pair),
    explains: 'yes',
    defect: true,
  }
}

/** The constraint that refused it says what was about to be there twice. */
function constraintOf(error: string): string {
  const name = /constraint "?([\w.-]+)"?/i.exec(error)?.[1]
  return name ? `, refused by ${name}` : ''
}

const same = (a: string, b: string) => (a === b ? a : `${a} and ${b}`)

function sectionsOf(context: Context, pair: DuplicatePair) {
  const race = pair.race!
  const own = sectionOf(context.model, race.write.task, race.read.atNs, race.write.atNs)
  const other = sectionOf(
    context.model,
    race.foreign.task,
    (race.foreignRead ?? race.foreign).atNs,
    race.foreign.atNs,
  )
  return own.startNs <= other.startNs ? [own, other] : [other, own]
}

function describe(context: Context, pair: DuplicatePair): FindingText {
  const { model } = context
  const key = subjectOf(context, pair)
  const name = pair.operation || taskName(model, pair.first.task)
  const end = pair.refused
    ? `the second failed${pair.second.status >= 500 ? ` with ${pair.second.status}` : ''}${constraintOf(pair.error)}`
    : 'both went through'
  if (pair.again)
    return {
      title: `${name} was asked again for ${key} ${duration(pair.second.startNs - pair.first.endNs)} after its caller had given up on it: the first went on, and both did the work`,
      rule: `${name} for ${key} is done once, however often it is asked`,
      explainer:
        'Whoever gives up waiting does not stop the work: it goes on and has its effect. Asked again, the service cannot know that it is the same wish, and does it a second time.',
      remedy: {
        primitive: 'idempotency key',
        why: 'The caller sends the same key with each attempt, and the service answers the second with what the first did.',
        whatIf: {},
      },
    }
  const guard = pair.race ? explainGuard(context, pair.race) : null
  return {
    title: `Two runs of ${name} ${duration(pair.gapNs)} apart: overlapping critical sections on ${key}; ${end}`,
    rule: guard?.rule ?? `one run of ${name} for ${pair.entity} at a time`,
    explainer:
      `Both runs looked at ${key} before either had changed it, so both found that the work was still to be done. ` +
      (pair.refused
        ? 'Both set out to do it; that it was not done twice is due to the store alone, which refused the second.'
        : 'Both did it, and nothing stopped the second.'),
    remedy: guard
      ? remedyForState(key, guard, pair.race!.read.process !== pair.race!.foreign.process)
      : {
          primitive: 'row lock + 409 Conflict',
          why: 'The second run waits for the first, then sees that the work is done and answers 409.',
          whatIf: {},
        },
  }
}
