/**
 * A queue in front of a lock that outlives what started it: every holder is short, everybody waits long.
 *
 *     trigger  ████████████
 *     others               ▌▌▌▌▌▌▌▌▌▌▌▌   back to back, and newcomers keep the queue alive
 */
import { type Hold, type Inferred, isGuess } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import { isLossy } from '../coverage.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, makeDraft, sectionOf, victimsOf } from '../drafting.ts'
import { exclusiveTypes } from '../resource-groups.ts'
import { duration, fact, limit, median } from '../words.ts'
import { starvation } from './starvation.ts'

export const lockConvoy: Detector = {
  id: 'lock-convoy',
  // Recorded locks, and those in Redis: both their ends are told.
  needs: ['waits'],
  run(context: Context): Detected {
    const observed: Draft[] = []
    context.groups().forEach((group, index) => {
      context.checkpoint()
      const starved = starvation(context, index)
      if (starved) observed.push(starved)
      if (starved || !exclusiveTypes.has(context.model.resources[group.resource]!.type)) return
      const convoys = findConvoys(context, index)
      const longest = convoys.sort((a, b) => b.length - a.length)[0]
      if (longest) observed.push(draft(context, index, longest, convoys.length))
    })
    return { observed, predicted: [], cleared: [] }
  },
}

function findConvoys(context: Context, index: number): number[][] {
  const { model, thresholds } = context
  const holds = context.groups()[index]!.holds.filter(hold => {
    const { mode, inferred } = model.holds[hold]!
    return mode === 'exclusive' && (!isGuess(inferred) || isTold(inferred))
  })
  const lossy = isLossy(model, model.resources[context.groups()[index]!.resource]!.process)
  // Who asks again and again comes a moment late; where records are missing, so may be one in between.
  const handoffNs =
    lossy || holds.some(hold => isTold(model.holds[hold]!.inferred))
      ? Math.max(
          thresholds.handoffNs,
          lossHandoffRatio * median(holds.map(hold => lengthOf(model.holds[hold]!))),
        )
      : thresholds.handoffNs
  const out: number[][] = []
  let run: number[] = []
  const flush = () => {
    if (isConvoy(context, run)) out.push(run)
    run = []
  }
  for (const index of holds) {
    const hold = model.holds[index]!
    const before = model.holds[run.at(-1) ?? -1]
    const wait = model.waits[hold.wait]
    const waited = wait ? hold.startNs > wait.startNs : lossy
    if (before && waited && hold.startNs - before.endNs <= handoffNs) run.push(index)
    else {
      flush()
      run = [index]
    }
  }
  flush()
  return out
}

/** Of a hold, from one that is there to the next one that is. */
const lossHandoffRatio = 1.5

/** A lock in Redis is taken and given back by commands: both its ends are told. */
const isTold = (inferred: Inferred | null): boolean => inferred?.rule === 'L2'
const lengthOf = ({ startNs, endNs }: Hold): number => endNs - startNs

function isConvoy(context: Context, run: readonly number[]): boolean {
  const { model, thresholds } = context
  if (run.length - 1 < thresholds.convoyGrantsCount) return false
  const [first, ...others] = run.map(index => model.holds[index]!)
  const rest = others.filter(hold => hold.wait >= 0)
  const waits = rest.map(hold => hold.startNs - model.waits[hold.wait]!.startNs)
  const lengths = rest.map(lengthOf)
  if (median(waits) < thresholds.convoyWaitRatio * median(lengths)) return false
  if (median(waits) < 5e6) return false
  // A batch that queued up at once and drains is no convoy: most of the waiters must have come after the first was gone; those
  // whose waits were lost as well.
  const late = rest.filter(hold => model.waits[hold.wait]!.startNs >= first!.endNs).length
  return (late * others.length) / rest.length >= thresholds.convoyGrantsCount && late >= rest.length / 2
}

function draft(context: Context, group: number, run: readonly number[], convoys: number): Draft {
  const { model, thresholds } = context
  const holds = run.map(index => model.holds[index]!)
  const first = holds[0]!
  const waits = holds.slice(1).flatMap(hold => model.waits[hold.wait] ?? [])
  const name = model.resources[context.groups()[group]!.resource]!.label
  const totalNs = waits.reduce((sum, wait) => sum + wait.endNs - wait.startNs, 0)
  const waitNs = median(waits.map(wait => wait.endNs - wait.startNs))
  const holdNs = median(holds.slice(1).map(lengthOf))
  const coarse = isCoarse(context, holds)
  return makeDraft({
    detector: 'lock-convoy',
    severity: waitNs >= 1e9 ? 'high' : 'medium',
    confidence: confidenceOf({
      tier: holds.some(({ inferred }) => isGuess(inferred)) ? 'inferred' : 'observed',
      repeats: run.length,
    }),
    startNs: first.startNs,
    endNs: holds.at(-1)!.endNs,
    subject: { kind: 'resource', name },
    resource: context.groups()[group]!.resource,
    culprit: culpritOf(
      { role: 'holds it first', site: first.site },
      holds.slice(1, 20).map(({ site }) => ({ role: 'queues for it', site })),
      [first.row],
    ),
    victims: victimsOf(model, waits, totalNs),
    steps: [
      { atNs: first.startNs, task: first.task, event: 'acquired', value: name, row: first.row },
      {
        atNs: first.endNs,
        task: first.task,
        event: 'released it',
        value: `after ${duration(first.endNs - first.startNs)}`,
        row: first.row,
      },
      ...waits.slice(0, 2).map(wait => ({
        atNs: wait.endNs,
        task: wait.task,
        event: 'got it',
        value: `after a wait of ${duration(wait.endNs - wait.startNs)}`,
        row: wait.row,
      })),
    ],
    evidence: [
      fact('served one after the other', run.length - 1, '{task}'),
      fact('usual wait (median)', waitNs, 'ns'),
      fact('usual hold (median)', holdNs, 'ns'),
      fact('the hold that started the queue', first.endNs - first.startNs, 'ns', first.row),
      fact('times this happened', convoys, '1'),
      ...(coarse ? [fact('keys that holder and waiters work on', 'different ones')] : []),
      limit(thresholds, 'convoyGrantsCount'),
      limit(thresholds, 'convoyWaitRatio'),
    ],
    marks: [{ kind: 'section', a: sectionOf(model, first.task, first.startNs, first.endNs, run[0]!) }],
    text: {
      title: `A queue stood in front of ${name} for ${duration(holds.at(-1)!.endNs - first.startNs)}: ${run.length - 1} tasks waited ${duration(waitNs)} each to hold it for ${duration(holdNs)}`,
      rule: `${name} is free most of the time, so that nobody queues for it`,
      explainer:
        'Once a queue has formed, every newcomer joins it, and it stays although each one is served quickly. All of them pay the length of the queue.',
      remedy: coarse
        ? {
            primitive: 'one lock per key',
            why: 'Those who wait work on other keys than the holder: with a lock each, they do not meet at all.',
          }
        : {
            primitive: 'less work under the lock',
            why: 'A queue shrinks only when holds are shorter than the time between arrivals.',
          },
    },
    explains: 'partly',
  })
}

/** Neighbours in the queue work on different keys, or for requests about different things. */
function isCoarse(context: Context, holds: readonly Hold[]): boolean {
  const { model } = context
  const keys = holds.slice(0, 32).map(hold => {
    const entity = model.requests[context.requestOf(hold.task)]?.entity
    const found = new Set<number | string>(entity ? [entity] : [])
    for (const access of model.accesses) {
      if (access.atNs < hold.startNs) continue
      if (access.atNs > hold.endNs) break
      if (access.task === hold.task) found.add(access.key)
    }
    return found
  })
  let known = 0
  let different = 0
  for (let i = 1; i < keys.length; i++) {
    if (keys[i]!.size === 0 || keys[i - 1]!.size === 0) continue
    known++
    if (![...keys[i]!].some(key => keys[i - 1]!.has(key))) different++
  }
  return known >= 4 && different >= 0.8 * known
}
