/**
 * A clock made of ticks that takes longer than it says.
 *
 *     S = D / D₀ = (N / N₀) · (Δ̄ / Δ₀)         stretch = tick-count factor · tick-gap factor
 *
 * Too many ticks is a matter of logic, too long gaps one of contention; the product says which, for a single session.
 */
import type { Tick } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, rowOfTask } from '../drafting.ts'
import type { Cleared } from '../finding.ts'
import { pausedWithin } from '../pauses.ts'
import { blocksOfLoops, findBlocks } from '../stalls.ts'
import { duration, fact, limit } from '../words.ts'

export const timerDrift: Detector = {
  id: 'timer-drift',
  needs: ['timers'],
  run(context: Context): Detected {
    const cleared: Cleared[] = []
    const drifts: Drift[] = []
    for (const ticks of groupBy(context.model.ticks, tick => `${tick.process} ${tick.series}`)) {
      const drift = measure(context, ticks)
      if (!drift) continue
      const { first, last, nominalNs } = drift
      const pausedNs = pausedWithin(context, first.process, firedAt(first) - drift.stepNs, firedAt(last))
      if (
        drift.stretch - pausedNs / nominalNs >= context.thresholds.driftRatio &&
        drift.overrunNs - pausedNs >= context.thresholds.driftStepsCount * drift.stepNs
      )
        drifts.push(drift)
      else
        cleared.push({
          detector: 'timer-drift',
          subject: first.name,
          reason: `took ${drift.stretch.toFixed(2)} times the ${duration(nominalNs)} it was meant to${pausedNs > 0 ? `; for ${duration(pausedNs)} of it the process did not run` : ''}`,
        })
    }
    const observed = groupBy(drifts, drift => `${drift.first.name}\n${drift.first.site}`).map(group =>
      draft(context, group),
    )
    return { observed, predicted: [], cleared: cleared.slice(0, 20) }
  },
}

interface Drift {
  readonly first: Tick
  readonly last: Tick
  readonly ticks: number
  readonly stretch: number
  /** N / N₀ */
  readonly countFactor: number
  /** Δ̄ / Δ₀ */
  readonly gapFactor: number
  readonly stepNs: number
  readonly nominalNs: number
  readonly overrunNs: number
  readonly finished: boolean
}

const firedAt = (tick: Tick) =>
  tick.expectedNs >= 0 ? tick.expectedNs + Math.max(0, tick.latenessNs) : tick.startNs

function measure(context: Context, all: readonly Tick[]): Drift | null {
  const ticks = all.filter(tick => tick.outcome !== 'cancelled').sort((a, b) => firedAt(a) - firedAt(b))
  const first = ticks[0]
  const last = ticks.at(-1)
  // Without a promised duration there is nothing to be late against: a polling loop may take its time.
  if (!first || !last || ticks.length < 3) return null
  const nominalNs = first.nominalNs
  const stepNs = first.delayNs
  if (nominalNs <= 0 || stepNs <= 0 || nominalNs < 2 * stepNs || first.style === 'heartbeat') return null
  const startNs = first.expectedNs >= 0 ? first.expectedNs - stepNs : firedAt(first) - stepNs
  const lengthNs = firedAt(last) - startNs
  const count = nominalNs / stepNs
  const made = ticks.length + missingAmong(ticks)
  const gapFactor = lengthNs / made / stepNs
  const finished = made >= Math.floor(count)
  // Ended at its time with fewer ticks than steps: it read the clock, and ticks that came late changed nothing.
  const byClock = first.style !== 'sleep_loop' || (context.model.tasks[first.task]?.open ?? true) === false
  if (!finished && byClock && Math.abs(lengthNs - nominalNs) <= context.thresholds.driftStepsCount * stepNs) {
    const stretch = lengthNs / nominalNs
    const overrunNs = lengthNs - nominalNs
    return {
      first,
      last,
      ticks: made,
      stretch: Math.min(stretch, 1),
      countFactor: made / count,
      gapFactor,
      stepNs,
      nominalNs,
      overrunNs,
      finished: true,
    }
  }
  // A session that the trace cuts short is measured by what its ticks promised so far.
  const stretch = finished ? lengthNs / nominalNs : gapFactor
  if (!finished && lengthNs <= nominalNs && first.style === 'deadline') return null
  return {
    first,
    last,
    ticks: made,
    stretch,
    countFactor: finished ? made / count : 1,
    gapFactor,
    stepNs,
    nominalNs,
    overrunNs: finished ? lengthNs - nominalNs : lengthNs - made * stepNs,
    finished,
  }
}

/**
 * Ticks whose spans were lost. An interval is armed again as it fires, so from there to when it should fire next is one step,
 * however late it came; two or three steps are ticks that are not in the trace.
 */
function missingAmong(ticks: readonly Tick[]): number {
  const gaps = ticks.slice(1).map((tick, at) => (tick.expectedNs - firedAt(ticks[at]!)) / tick.delayNs)
  return ticks[0]!.style !== 'interval' || ticks.some(tick => tick.expectedNs < 0)
    ? 0
    : gaps.reduce((sum, steps) => sum + Math.max(0, Math.round(steps) - 1), 0)
}

/** Loop blocking and await-chain blocking make the same stretch, and need different cures. */
function keptBy(context: Context, drift: Drift): string {
  if (drift.gapFactor < context.thresholds.driftRatio) return 'they were not: the ticks came in time'
  const { first, last } = drift
  const loop = loopOf(context, first)
  const blocks = findBlocks(context)
  const busyNs = blocksOfLoops(context)
    .overlapping(loop, firedAt(first), firedAt(last))
    .reduce((sum, index) => sum + blocks[index]!.endNs - blocks[index]!.startNs, 0)
  return busyNs >= drift.overrunNs / 2
    ? 'the loop was blocked'
    : 'the loop was free: each tick awaited something before the next one'
}

const loopOf = ({ model }: Context, tick: Tick): number =>
  model.tasks[tick.task]?.loop ??
  model.loops.findIndex(entry => entry.process === tick.process && entry.kind !== 'worker')

function draft(context: Context, group: readonly Drift[]): Draft {
  const { model, thresholds } = context
  const main = [...group].sort((a, b) => b.stretch - a.stretch)[0]!
  const { first, last } = main
  const total = Math.log(main.stretch)
  const byGaps = total > 0 ? Math.log(Math.max(1, main.gapFactor)) / total : 1
  const kind = byGaps >= 0.8 ? 'contention' : byGaps <= 0.2 ? 'logic' : 'mixed'
  const loop = loopOf(context, first)
  const site = first.site || model.tasks[first.task]?.site || first.name
  return makeDraft({
    detector: 'timer-drift',
    severity: main.stretch >= 1.5 ? 'high' : 'medium',
    confidence: confidenceOf({ tier: 'observed', proven: main.finished, repeats: group.length }),
    startNs: firedAt(first) - main.stepNs,
    endNs: firedAt(last),
    subject: { kind: 'timer', name: first.name },
    loop,
    culprit: culpritOf({ role: 'counts the ticks', site }, [], [first.row, rowOfTask(model, first.task)]),
    victims: {
      count: group.length,
      totalWaitNs: group.reduce((sum, drift) => sum + drift.overrunNs, 0),
      rows: group
        .map(drift => (drift.first.row >= 0 ? drift.first.row : rowOfTask(model, drift.first.task)))
        .filter(row => row >= 0),
    },
    steps: [
      { atNs: firedAt(first), task: first.task, event: 'ticked first', value: '', row: first.row },
      {
        atNs: firedAt(last),
        task: last.task,
        event: `ticked for the last time (${main.ticks})`,
        value: `${duration(main.overrunNs)} late`,
        row: last.row,
      },
    ],
    evidence: [
      fact('meant to take', main.nominalNs, 'ns'),
      fact('took longer by', main.overrunNs, 'ns'),
      fact('stretch: took as many times as long', Math.round(main.stretch * 1000) / 1000, '1'),
      fact('tick-count factor: by too many ticks', Math.round(main.countFactor * 1000) / 1000, '1'),
      fact('tick-gap factor: by late ticks', Math.round(main.gapFactor * 1000) / 1000, '1'),
      fact('ticks', main.ticks, '{tick}'),
      fact('kind', kind),
      fact('why its ticks were late', keptBy(context, main)),
      fact('times this happened', group.length, '1'),
      limit(thresholds, 'driftRatio'),
      limit(thresholds, 'driftStepsCount'),
    ],
    missing: main.finished ? [] : ['The end of the session: the trace stops before its last tick.'],
    marks: [{ kind: 'band', startNs: firedAt(first) - main.stepNs, endNs: firedAt(last), loop: -1 }],
    text: {
      title: `${first.name} took ${main.stretch.toFixed(2)} times as long as meant (${duration(main.overrunNs)} more than ${duration(main.nominalNs)}): ${kind === 'contention' ? 'its ticks came late, their number is right' : kind === 'logic' ? 'it ticked too often, the ticks themselves were on time' : 'too many ticks, and late ones'}`,
      rule: 'a duration is measured by the clock, not by counting ticks',
      explainer:
        kind === 'logic'
          ? 'The timer counts its ticks and counted too many: it was reset, armed twice, or does not stop at its end.'
          : 'The timer counts its ticks. Every tick that comes late, because the event loop was busy or something had to be awaited first, pushes all later ones back, and the delays add up.',
      remedy: {
        primitive: 'absolute deadline on the monotonic clock',
        why: 'ceil(deadline − now) is right however late a tick comes; a late tick then shows late but the end stays where it was.',
      },
    },
    explains: 'partly',
  })
}
