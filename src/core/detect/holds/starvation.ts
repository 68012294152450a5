/**
 * One that is passed over: it waits, and whoever comes later goes first, again and again.
 *
 *     readers   ███ ████
 *                 ███  ████  ███         each asked later than the writer, each got in before it
 *     writer      ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒█
 */
import { countUntil } from '../../convention/count-until.ts'
import { type Hold, isGuess } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import { isLossy } from '../coverage.ts'
import type { Draft } from '../detector.ts'
import { culpritOf, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { count, duration, fact, largest, limit, taskName } from '../words.ts'

const self = (ns: number): number => ns

interface Starved {
  readonly wait: number
  readonly overtaken: number
}

/** Of one resource: the waits that were passed over, as one finding. Two binary searches a wait. */
export function starvation(context: Context, group: number): Draft | null {
  const { model, thresholds } = context
  const { holds, waits, resource } = context.groups()[group]!
  const long = waits.filter(wait => {
    const { startNs, endNs, inferred } = model.waits[wait]!
    return !inferred && endNs - startNs >= thresholds.starvedNs
  })
  // With a hold missing, who asked first is not known.
  if (long.length === 0 || isLossy(model, model.resources[resource]!.process)) return null
  const told = holds.map(index => model.holds[index]!).filter(({ inferred }) => !isGuess(inferred))
  const granted = told.map(({ startNs }) => startNs).sort((a, b) => a - b)
  const asked = told.map(({ wait, startNs }) => model.waits[wait]?.startNs ?? startNs).sort((a, b) => a - b)
  const starved = long.flatMap((wait): Starved[] => {
    const { startNs, endNs } = model.waits[wait]!
    // Granted by then, less all that had asked before: at least so many came later and went first.
    const overtaken = countUntil(granted, endNs - 1, self) - countUntil(asked, startNs, self)
    return overtaken >= thresholds.overtakenCount ? [{ wait, overtaken }] : []
  })
  return starved.length === 0 ? null : draft(context, resource, told, starved)
}

function draft(
  context: Context,
  resource: number,
  holds: readonly Hold[],
  starved: readonly Starved[],
): Draft {
  const { model, thresholds } = context
  const name = model.resources[resource]!.label
  const worst = starved.reduce((a, b) => (b.overtaken > a.overtaken ? b : a))
  const wait = model.waits[worst.wait]!
  const lengthNs = wait.endNs - wait.startNs
  const before = holds.filter(
    ({ startNs, wait: own }) => startNs < wait.endNs && (model.waits[own]?.startNs ?? startNs) > wait.startNs,
  )
  const [first] = before
  const waits = starved.map(one => model.waits[one.wait]!)
  return makeDraft({
    detector: 'lock-convoy',
    severity: 'high',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: worst.overtaken }),
    startNs: wait.startNs,
    endNs: wait.endNs,
    subject: { kind: 'resource', name },
    resource,
    culprit: culpritOf(
      { role: 'goes first', site: first?.site ?? '' },
      before.slice(0, 20).map(({ site }) => ({ role: 'goes first', site })),
      before.slice(0, 20).map(({ row }) => row),
    ),
    victims: victimsOf(
      model,
      waits,
      waits.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0),
    ),
    steps: [
      { atNs: wait.startNs, task: wait.task, event: 'asked for', value: name, row: wait.row },
      ...before.slice(0, 3).map(({ startNs, task, row }) => ({
        atNs: startNs,
        task,
        event: 'came later and got',
        value: name,
        row,
      })),
      ...(wait.open
        ? []
        : [{ atNs: wait.endNs, task: wait.task, event: wait.outcome || 'got it', value: '', row: wait.row }]),
    ],
    evidence: [
      fact('came later and went first', worst.overtaken, '{task}', first?.row ?? -1),
      fact('it waited', lengthNs, 'ns', wait.row),
      fact('their longest hold', largest(before.map(({ startNs, endNs }) => endNs - startNs)), 'ns'),
      ...(starved.length > 1 ? [fact('waits that were passed over', starved.length, '1')] : []),
      limit(thresholds, 'starvedNs'),
      limit(thresholds, 'overtakenCount'),
    ],
    marks: [{ kind: 'section', a: sectionOf(model, wait.task, wait.startNs, wait.endNs) }],
    text: {
      title: `${taskName(model, wait.task)} was passed over: it waited ${duration(lengthNs)} for ${name}${wait.open ? ' and never got it' : ''}, while ${count(worst.overtaken, 'task')} that asked later got in before it`,
      rule: `whoever asks for ${name} first is not overtaken without end`,
      explainer:
        'The lock lets newcomers in whenever they fit, whoever else is waiting. As long as enough of them come, one that does not fit with them, a writer among readers say, never has its turn.',
      remedy: {
        primitive: 'a fair lock: first come, first served',
        why: 'Once somebody waits, newcomers queue behind: it gets in as soon as those who are in are done.',
      },
    },
    explains: 'partly',
  })
}
