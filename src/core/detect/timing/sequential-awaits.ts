/**
 * Independent things done one after the other; above all a broadcast in which one slow receiver holds up all the others.
 *
 *     tick  send a ─ send b ──────────────────── send c ─
 *                           the slow one         ↑ c, and the tick itself, wait for b
 */
import type { Message } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, rowOfTask } from '../drafting.ts'
import { count, duration, fact, limit, median, taskName, times } from '../words.ts'
import { headsOfLine } from './head-of-line.ts'
import { blockedDuring, sequentialChildren } from './sequential-children.ts'
import { serialCalls } from './serial-calls.ts'

export const sequentialAwaits: Detector = {
  id: 'sequential-awaits',
  // What each awaited tells more, but calls of clients show their order themselves.
  needs: ['tasks'],
  run(context: Context): Detected {
    if (!context.model.coverage.hasAwaits)
      return {
        observed: [...serialCalls(context), ...headsOfLine(context)],
        predicted: [],
        cleared: [],
      }
    const consumers = new Set(
      context.model.queueItems.filter(item => item.op === 'get').map(item => item.task),
    )
    const broadcasts: Broadcast[] = []
    const sends = context.model.messages.filter(
      message =>
        message.direction === 'send' &&
        message.receiver !== '' &&
        message.task >= 0 &&
        !consumers.has(message.task),
    )
    for (const run of groupBy(sends, message => `${message.task} ${message.channel}`))
      broadcasts.push(...split(context, run))
    const groups = groupBy(broadcasts, item => `${item.sends[0]!.message.channel}\n${item.site}`)
    return {
      observed: [
        ...groups.map(group => draft(context, group)),
        ...sequentialChildren(context),
        ...serialCalls(context),
        ...headsOfLine(context),
      ],
      predicted: [],
      cleared: [],
    }
  },
}

interface Send {
  readonly message: Message
  readonly lengthNs: number
}

interface Broadcast {
  readonly task: number
  readonly site: string
  readonly sends: readonly Send[]
  readonly slow: Send
  readonly totalNs: number
  readonly savingNs: number
}

/** Rounds of one task: a receiver that comes again begins the next one. A send lasts until its task's await after it ends. */
function split(context: Context, messages: readonly Message[]): Broadcast[] {
  const { model, thresholds } = context
  const out: Broadcast[] = []
  let round: Send[] = []
  let site = ''
  const seen = new Set<string>()
  const flush = () => {
    const lengths = round.map(send => send.lengthNs)
    const totalNs = lengths.reduce((sum, ns) => sum + ns, 0)
    const slow = [...round].sort((a, b) => b.lengthNs - a.lengthNs)[0]
    const savingNs = slow ? totalNs - slow.lengthNs : 0
    const after = slow ? round.length - 1 - round.indexOf(slow) : 0
    if (slow && round.length >= thresholds.sequentialCount) {
      const headOfLine =
        slow.lengthNs >= thresholds.sequentialSavingNs &&
        slow.lengthNs >=
          thresholds.broadcastSlowRatio * Math.max(1e5, median(lengths.filter(ns => ns !== slow.lengthNs))) &&
        after > 0
      const sum =
        savingNs >= thresholds.sequentialSavingNs && savingNs >= thresholds.sequentialSavingRatio * totalNs
      if (headOfLine || sum)
        out.push({ task: slow.message.task, site, sends: round, slow, totalNs, savingNs })
    }
    round = []
    seen.clear()
  }
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i]!
    if (seen.has(message.receiver)) flush()
    const next = messages[i + 1]
    const limitNs = next ? next.atNs : Number.POSITIVE_INFINITY
    // The await that this send stands before; without one it did not wait.
    const index = context
      .awaitsOf()
      .overlapping(message.task, message.atNs, limitNs)
      .find(entry => model.awaits[entry]!.startNs >= message.atNs - 1e6)
    const entry = index === undefined ? undefined : model.awaits[index]!
    if (
      !entry ||
      entry.startNs > limitNs ||
      blockedDuring(context, message.task, entry.startNs, entry.endNs)
    ) {
      flush()
      continue
    }
    site = entry.site || site
    seen.add(message.receiver)
    round.push({ message, lengthNs: Math.min(entry.endNs, limitNs) - message.atNs })
  }
  flush()
  return out
}

function draft(context: Context, group: readonly Broadcast[]): Draft {
  const { model, thresholds } = context
  const main = [...group].sort((a, b) => b.totalNs - a.totalNs)[0]!
  const { sends, slow, task } = main
  const channel = slow.message.channel
  const waiting = sends.slice(sends.indexOf(slow) + 1)
  const startNs = sends[0]!.message.atNs
  const othersNs = median(sends.filter(send => send !== slow).map(send => send.lengthNs))
  return makeDraft({
    detector: 'sequential-awaits',
    severity: slow.lengthNs >= 1e9 ? 'high' : 'medium',
    confidence: confidenceOf({ tier: 'observed', repeats: group.length, counterfactual: main.savingNs > 0 }),
    startNs,
    endNs: startNs + main.totalNs,
    subject: { kind: 'channel', name: channel },
    culprit: culpritOf(
      { role: 'sends', site: main.site || slow.message.site || model.tasks[task]!.site },
      [{ role: 'loops', site: model.tasks[task]!.site }],
      group.map(item => rowOfTask(model, item.task)),
    ),
    victims: {
      count: waiting.length,
      totalWaitNs: group.reduce(
        (sum, item) => sum + item.slow.lengthNs * (item.sends.length - 1 - item.sends.indexOf(item.slow)),
        0,
      ),
      rows: [rowOfTask(model, task)].filter(row => row >= 0),
    },
    steps: sends.slice(0, 8).map(send => ({
      atNs: send.message.atNs,
      task,
      event: `sent to ${send.message.receiver}`,
      value: `and waited ${duration(send.lengthNs)}`,
      row: rowOfTask(model, task),
    })),
    evidence: [
      fact('slow receiver', slow.message.receiver),
      fact('its send took', slow.lengthNs, 'ns'),
      fact('a send to the others (median)', othersNs, 'ns'),
      fact('the slow one took', `${times(slow.lengthNs, othersNs)} as long`),
      fact('the whole round, one after the other', main.totalNs, 'ns'),
      fact('the whole round, side by side', slow.lengthNs, 'ns'),
      fact('times this happened', group.length, '1'),
      fact('event loop meanwhile', 'free: only this chain of awaits stood still'),
      limit(thresholds, 'broadcastSlowRatio'),
      limit(thresholds, 'sequentialSavingNs'),
    ],
    marks: [
      {
        kind: 'section',
        a: {
          startNs: slow.message.atNs,
          endNs: slow.message.atNs + slow.lengthNs,
          task,
          hold: -1,
          row: rowOfTask(model, task),
        },
      },
    ],
    text: {
      title: `${taskName(model, task)} sends ${channel} to ${sends.length} receivers one after the other: ${slow.message.receiver} took ${duration(slow.lengthNs)}, and ${count(waiting.length, 'other')} waited for it`,
      rule: 'one slow receiver does not hold up the others',
      explainer:
        'Asynchronous is not concurrent: an await inside a loop waits for each receiver before it turns to the next. One that reads slowly, or is gone without saying so, makes all behind it late, and whoever awaits the broadcast too.',
      remedy: {
        primitive: 'send to all at once, each with a timeout',
        why: `Side by side the round takes as long as its slowest send (${duration(slow.lengthNs)}) or the timeout, instead of the sum (${duration(main.totalNs)}).`,
        whatIf: { oneAfterTheOtherNs: main.totalNs, sideBySideNs: slow.lengthNs },
      },
    },
  })
}
