/**
 * One piece of work keeps the loop to itself while others are ready.
 *
 *     hash       ████████████████          offender: one slice of 800 ms
 *     heartbeat     ¦────────────T         victim: due here ¦, ran there T
 */

import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, stepsInOrder, victimsOf } from '../drafting.ts'
import type { Cleared, FindingText, Severity, Step } from '../finding.ts'
import { findBlocks, type LoopBlock } from '../stalls.ts'
import { count, duration, fact, largest, limit, taskName } from '../words.ts'
import { saturatedLoops } from './saturation.ts'
import { isStartUp, nameOfVictim, type Victim, victimsOfBlocks } from './stall-victims.ts'

export const loopStall: Detector = {
  id: 'loop-stall',
  needs: ['slices or stalls'],
  run(context: Context): Detected {
    const { model } = context
    const harmful: Stall[] = []
    const cleared: Cleared[] = []
    const pauses = hostPauses(context)
    const victimsOfBlock = victimsOfBlocks(context)
    for (const block of findBlocks(context)) {
      context.checkpoint()
      const loop = model.loops[block.loop]
      const label = loop?.label ?? 'loop'
      if (pauses(block)) {
        cleared.push({
          detector: 'loop-stall',
          subject: label,
          reason: `stopped for ${duration(block.endNs - block.startNs)} with the whole host: no code of these processes ran`,
        })
        continue
      }
      // Without its pause it is no stall: nothing of the process ran, so no code of it is to blame. Where no code is known to
      // have had the loop, and the host was busy, it was the host as well.
      const lengthNs = block.endNs - block.startNs
      const nobodys = block.task < 0 && block.site === '' && block.pausedNs >= busyHostShare * lengthNs
      const ranNs = lengthNs - (1 + pauseError) * block.pausedNs
      if (nobodys || ranNs < context.thresholds.stallNs) {
        cleared.push({
          detector: 'loop-stall',
          subject: label,
          reason: `stopped for ${duration(block.pausedNs)}: the process did not run, so the host was paused or busy`,
        })
        continue
      }
      const victims = victimsOfBlock(block)
      const starting = victims.length > 0 && isStartUp(context, block, victims)
      if (victims.length > 0 && !starting) harmful.push({ block, victims })
      else
        cleared.push({
          detector: 'loop-stall',
          subject: label,
          reason: `kept for ${duration(block.endNs - block.startNs)} by ${nameOfBlock(context, block)}, but ${starting ? 'the process was still starting' : 'nobody was waiting'}`,
        })
    }
    const observed = groupBy(harmful, stall => `${stall.block.loop}\n${stall.block.site}`).map(group =>
      draft(context, group),
    )
    observed.push(
      ...saturatedLoops(
        context,
        harmful.map(stall => stall.block),
      ),
    )
    return { observed, predicted: [], cleared: cleared.slice(0, 20) }
  },
}

/** Pauses are measured from outside of what paused, on a busy machine: some of them is missed. */
const pauseError = 0.2
/** So much of a stall without the processor: the host had other things to do. */
const busyHostShare = 0.2

interface Stall {
  readonly block: LoopBlock
  readonly victims: readonly Victim[]
}

/** A pause of the machine stops all loops at once: told by a mark, or by loops of several processes stopping together. */
function hostPauses(context: Context): (block: LoopBlock) => boolean {
  const { model } = context
  const marks = model.marks.filter(mark => mark.kind === 'host_pause')
  const blocks = findBlocks(context)
  const together = (a: LoopBlock, b: LoopBlock) => {
    const shared = Math.min(a.endNs, b.endNs) - Math.max(a.startNs, b.startNs)
    return shared >= 0.9 * Math.max(a.endNs - a.startNs, b.endNs - b.startNs)
  }
  // Three loops of several processes are needed to tell; without them no block is compared with any other.
  const enough = model.loops.length >= 3 && new Set(model.loops.map(loop => loop.process)).size >= 2
  const processOf = (block: LoopBlock) => model.loops[block.loop]?.process ?? -1
  return block => {
    if (
      marks.some(
        mark => mark.atNs >= block.startNs - 1e6 && mark.atNs <= block.endNs + context.thresholds.coverageNs,
      )
    )
      return true
    if (!enough) return false
    const others = new Set<number>()
    for (const other of blocks) {
      if (other.startNs > block.endNs) break
      if (processOf(other) !== processOf(block) && together(block, other)) others.add(other.loop)
    }
    // With two loops a coincidence is likely enough; three that stop and go on together are the host.
    return others.size >= 2
  }
}

function draft(context: Context, group: readonly Stall[]): Draft {
  const { model, thresholds } = context
  const main = [...group].sort((a, b) => delayOf(b) - delayOf(a) || a.block.startNs - b.block.startNs)[0]!
  const { block } = main
  const loop = model.loops[block.loop]!
  const victims = group.flatMap(stall => stall.victims)
  const totalNs = victims.reduce((sum, victim) => sum + victim.delayNs, 0)
  const worst = [...main.victims].sort((a, b) => b.delayNs - a.delayNs)[0]!
  const heartbeats = victims.filter(victim => victim.lag.kind === 'heartbeat').length
  const longestNs = largest(group.map(stall => stall.block.endNs - stall.block.startNs))
  const severity: Severity =
    longestNs >= 10e9
      ? 'critical'
      : heartbeats > 0 || worst.delayNs >= 1e9
        ? 'high'
        : worst.delayNs >= thresholds.stallNs
          ? 'medium'
          : 'low'
  const steps: Step[] = [
    { atNs: block.startNs, task: block.task, event: 'took the loop', value: block.site, row: block.row },
    ...main.victims.slice(0, 3).flatMap(({ lag, delayNs }) => [
      {
        atNs: lag.readyNs,
        task: lag.task,
        event: lag.kind === 'await' ? 'was ready to run' : 'was due',
        value: lag.kind === 'await' && lag.name ? `after ${lag.name}` : lag.name,
        row: lag.row,
      },
      {
        atNs: lag.ranNs,
        task: lag.task,
        event: lag.kind === 'await' ? 'ran' : 'fired',
        value: `${duration(delayNs)} late`,
        row: lag.row,
      },
    ]),
    {
      atNs: block.endNs,
      task: block.task,
      event: 'gave the loop back',
      value: `after ${duration(block.endNs - block.startNs)}`,
      row: block.row,
    },
  ]
  const counted = new Set(victims.map(nameOfVictim)).size
  return {
    detector: 'loop-stall',
    severity,
    confidence: confidenceOf({
      tier: block.inferred ? 'inferred' : 'observed',
      proven: block.task >= 0 && victims.length > 1,
      repeats: group.length,
    }),
    startNs: block.startNs,
    endNs: largest(
      main.victims.map(victim => victim.lag.ranNs),
      block.endNs,
    ),
    subject: { kind: 'loop', name: loop.label },
    resource: -1,
    key: -1,
    loop: block.loop,
    culprit: culpritOf(
      { role: 'runs without a pause', site: block.site },
      [],
      group.map(stall =>
        stall.block.row >= 0 ? stall.block.row : (model.tasks[stall.block.task]?.row ?? -1),
      ),
    ),
    victims: {
      ...victimsOf(
        model,
        victims.map(victim => victim.lag),
        totalNs,
      ),
      count: counted,
    },
    steps: stepsInOrder(steps),
    evidence: [
      fact('the loop was kept, at longest', longestNs, 'ns', block.row),
      fact('times this happened', group.length, '1'),
      fact('tasks held up', counted, '{task}'),
      fact('their delays together', totalNs, 'ns'),
      fact('the longest of them', worst.delayNs, 'ns', worst.lag.row),
      ...(heartbeats > 0 ? [fact('late heartbeats among them', heartbeats, '{heartbeat}')] : []),
      limit(thresholds, 'stallNs'),
      limit(thresholds, 'stallVictimNs'),
    ],
    against: [],
    missing: [
      ...(block.task < 0
        ? [
            'What ran on the loop, piece by piece (slices, which the recorder writes): it would name the task that kept it.',
          ]
        : []),
      ...(block.delayed.length > 0
        ? [
            'Since when each of them was ready: the delays told are the most they can have been. The recorder writes slices and awaits without a change of code.',
          ]
        : []),
    ],
    marks: group.slice(0, 20).map(stall => ({
      kind: 'band' as const,
      startNs: stall.block.startNs,
      endNs: stall.block.endNs,
      loop: stall.block.loop,
    })),
    text: describe(context, group, { longestNs, counted, totalNs, worstNs: worst.delayNs, heartbeats }),
    explains: 'yes',
    defect: true,
  }
}

const nameOfBlock = ({ model }: Context, { site, task }: LoopBlock): string =>
  site || (task >= 0 ? taskName(model, task) : 'code that no recorded task names')

const delayOf = (stall: Stall) => stall.victims.reduce((sum, victim) => sum + victim.delayNs, 0)

interface Facts {
  readonly longestNs: number
  readonly counted: number
  readonly totalNs: number
  readonly worstNs: number
  readonly heartbeats: number
}

function describe(context: Context, group: readonly Stall[], facts: Facts): FindingText {
  const { block } = group[0]!
  const loop = context.model.loops[block.loop]!.label
  const who = nameOfBlock(context, block)
  const times = group.length > 1 ? ` (the longest of ${group.length} times)` : ''
  const beats = facts.heartbeats > 0 ? `, ${count(facts.heartbeats, 'heartbeat')} among them` : ''
  return {
    title: `${who} blocked the event loop ${loop} for ${duration(facts.longestNs)}${times}: ${count(facts.counted, 'task')} waited up to ${duration(facts.worstNs)}${beats}`,
    rule: `no piece of code runs on ${loop} longer than ${duration(context.thresholds.stallNs)} without giving way while others are ready`,
    explainer:
      'One event loop runs one piece of code at a time; the next gets in when that one ends or awaits something that is not ready. ' +
      'While this code ran, answers, timers and heartbeats that were due had to wait, however little they had to do.',
    remedy: {
      primitive: 'move it to a worker thread, or cut it into short pieces that let the loop turn in between',
      why: `In a worker the computation has a loop of its own, and nobody on ${loop} waits for it. Cut into pieces, others get in between and wait for one piece at most; setImmediate or asyncio.sleep(0) lets the loop turn, an await of something that is ready does not.`,
      whatIf: {
        waitsNow: facts.counted,
        waitsInAWorker: 0,
        worstDelayNowNs: facts.worstNs,
        worstDelayInAWorkerNs: 0,
      },
    },
  }
}
