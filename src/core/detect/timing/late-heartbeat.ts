import type { Mark, Tick } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, rowOfTask } from '../drafting.ts'
import { pausedWithin } from '../pauses.ts'
import { findBlocks } from '../stalls.ts'
import { count, duration, fact, limit, taskName } from '../words.ts'

/** A heartbeat that missed its time while its sender was alive: to the peer it looks dead. An effect, never a cause. */
export const lateHeartbeat: Detector = {
  id: 'late-heartbeat',
  needs: ['timers'],
  run(context: Context): Detected {
    const beats = context.model.ticks.filter(
      tick =>
        tick.style === 'heartbeat' && tick.repeating && tick.outcome !== 'cancelled' && tick.delayNs > 0,
    )
    const observed: Draft[] = []
    for (const series of groupBy(beats, tick => `${tick.process} ${tick.name} ${tick.site}`)) {
      const gaps = groupBy(series, tick => tick.series).flatMap(ticks => gapsOf(context, ticks))
      if (gaps.length === 0) continue
      observed.push(draft(context, gaps))
      const left = departures(context, gaps)
      if (left.length > 0) observed.push(draftOfDepartures(context, left))
    }
    return { observed, predicted: [], cleared: [] }
  },
}

interface Gap {
  readonly before: Tick
  readonly after: Tick
  readonly startNs: number
  readonly endNs: number
}

const firedAt = (tick: Tick) =>
  tick.expectedNs >= 0 ? tick.expectedNs + Math.max(0, tick.latenessNs) : tick.startNs

function gapsOf(context: Context, ticks: readonly Tick[]): Gap[] {
  const ordered = [...ticks].sort((a, b) => firedAt(a) - firedAt(b))
  const out: Gap[] = []
  for (let i = 1; i < ordered.length; i++) {
    const before = ordered[i - 1]!
    const after = ordered[i]!
    const pausedNs = pausedWithin(context, after.process, firedAt(before), firedAt(after))
    const gapNs = firedAt(after) - firedAt(before) - pausedNs
    // A peer allows for one that is lost; and a gap counts only where the tick itself says that it was late.
    if (
      gapNs <= context.thresholds.heartbeatRatio * after.delayNs ||
      after.latenessNs - pausedNs < context.thresholds.stallNs
    )
      continue
    out.push({ before, after, startNs: firedAt(before), endNs: firedAt(after) })
  }
  return out
}

interface Departure {
  readonly mark: Mark
  readonly gap: Gap
}

/** Somebody said goodbye, or was thrown out, for want of a heartbeat. */
const silence =
  /\b(no|missed|lost|late|without)\b.{0,20}\b(heartbeats?|pings?|pongs?|keep-?alives?)\b|\b(heartbeat|ping|pong|keep-?alive)s?\b.{0,20}\b(time-?d? ?out|timeout|missed|lost|expired)\b/i

function departures({ model }: Context, gaps: readonly Gap[]): Departure[] {
  return model.marks.flatMap(mark => {
    if ((mark.kind !== 'complaint' && mark.kind !== 'error') || !silence.test(mark.text)) return []
    const gap = gaps.findLast(
      entry =>
        entry.after.process === mark.process &&
        entry.startNs < mark.atNs &&
        mark.atNs <= entry.endNs + (entry.endNs - entry.startNs),
    )
    return gap ? [{ mark, gap }] : []
  })
}

function draftOfDepartures(context: Context, left: readonly Departure[]): Draft {
  const { model } = context
  const { mark, gap } = left[0]!
  const { after } = gap
  return makeDraft({
    detector: 'late-heartbeat',
    severity: 'high',
    confidence: confidenceOf({ tier: 'observed', proven: true, repeats: left.length }),
    startNs: gap.startNs,
    endNs: Math.max(gap.endNs, mark.atNs),
    subject: { kind: 'peer', name: mark.task >= 0 ? taskName(model, mark.task) : 'peer' },
    loop: model.tasks[after.task]?.loop ?? -1,
    culprit: culpritOf(
      { role: 'sends the heartbeat', site: after.site || model.tasks[after.task]?.site || after.name },
      [],
      [after.row],
    ),
    victims: {
      count: left.length,
      totalWaitNs: 0,
      rows: left.map(entry => rowOfTask(model, entry.mark.task)).filter(row => row >= 0),
    },
    steps: [
      { atNs: gap.startNs, task: gap.before.task, event: 'sent a heartbeat', value: '', row: gap.before.row },
      {
        atNs: after.expectedNs,
        task: after.task,
        event: 'was due to send the next',
        value: '',
        row: after.row,
      },
      { atNs: mark.atNs, task: mark.task, event: 'gave up', value: mark.text.slice(0, 80), row: -1 },
    ],
    evidence: [
      fact('as recorded', mark.text),
      fact('time between two heartbeats', gap.endNs - gap.startNs, 'ns', after.row),
      fact('usual time between them', after.delayNs, 'ns'),
      fact('peers lost this way', left.length, '{peer}'),
    ],
    marks: [{ kind: 'band', startNs: gap.startNs, endNs: Math.max(gap.endNs, mark.atNs), loop: -1 }],
    text: {
      title: `${left.length === 1 ? 'A peer' : `${left.length} peers`} gave up a process that was alive (“${mark.text.slice(0, 120)}”): the heartbeats came ${duration(gap.endNs - gap.startNs)} apart instead of ${duration(after.delayNs)}`,
      rule: 'only a process that is dead is given up',
      explainer:
        'Who waits for a heartbeat can’t tell a dead sender from one that is held up. The connection was given up although both ends were well.',
      remedy: {
        primitive: 'cure what held up the heartbeat; let the peer allow for one that is lost',
        why: 'A timeout of several intervals outlasts a short delay, and a heartbeat that waits for nobody is not delayed.',
      },
    },
    explains: 'no',
    defect: false,
  })
}

function draft(context: Context, gaps: readonly Gap[]): Draft {
  const { model, thresholds } = context
  const worst = [...gaps].sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs))[0]!
  const { after } = worst
  const gapNs = worst.endNs - worst.startNs
  const loop =
    model.tasks[after.task]?.loop ??
    model.loops.findIndex(entry => entry.process === after.process && entry.kind !== 'worker')
  const blocked = findBlocks(context).some(
    block => block.loop === loop && block.startNs < worst.endNs && block.endNs > worst.startNs,
  )
  return makeDraft({
    detector: 'late-heartbeat',
    severity: 'medium',
    confidence: confidenceOf({ tier: 'observed', proven: blocked, repeats: gaps.length }),
    startNs: worst.startNs,
    endNs: worst.endNs,
    subject: { kind: 'timer', name: after.name },
    loop,
    culprit: culpritOf(
      { role: 'sends the heartbeat', site: after.site || model.tasks[after.task]?.site || after.name },
      [],
      [after.row],
    ),
    victims: {
      count: gaps.length,
      totalWaitNs: gaps.reduce((sum, gap) => sum + gap.after.latenessNs, 0),
      rows: gaps
        .map(gap => (gap.after.row >= 0 ? gap.after.row : rowOfTask(model, gap.after.task)))
        .filter(row => row >= 0),
    },
    steps: [
      {
        atNs: worst.startNs,
        task: worst.before.task,
        event: 'sent a heartbeat',
        value: '',
        row: worst.before.row,
      },
      {
        atNs: after.expectedNs,
        task: after.task,
        event: 'was due to send the next',
        value: '',
        row: after.row,
      },
      {
        atNs: worst.endNs,
        task: after.task,
        event: 'sent it',
        value: `${duration(after.latenessNs)} late`,
        row: after.row,
      },
    ],
    evidence: [
      fact('longest time between two heartbeats', gapNs, 'ns', after.row),
      fact('usual time between them', after.delayNs, 'ns'),
      fact('times this happened', gaps.length, '1'),
      fact(
        'why it was late',
        blocked ? 'the loop was blocked' : 'the loop was free: something awaited before it held it up',
      ),
      limit(thresholds, 'heartbeatRatio'),
    ],
    missing: ['The peer’s own timeout: it says whether the gap was long enough to be taken for dead.'],
    marks: [{ kind: 'band', startNs: worst.startNs, endNs: worst.endNs, loop }],
    text: {
      title: `${after.name} was silent for ${duration(gapNs)} instead of ${duration(after.delayNs)}${gaps.length > 1 ? ` (the longest of ${count(gaps.length, 'time')})` : ''}, although its process was alive`,
      rule: 'a process that is alive sends its heartbeat in time',
      explainer:
        'A peer that hears nothing takes the sender for dead and drops it. Here the sender was alive, but did not get to send.',
      remedy: {
        primitive: 'cure what held it up, and send heartbeats from an event loop of their own',
        why: 'A worker thread that does nothing else is never held up; and the timeout of the peer should outlast the longest stall.',
      },
    },
    explains: 'no',
    defect: false,
  })
}
