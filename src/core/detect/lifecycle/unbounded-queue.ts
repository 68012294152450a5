/**
 * A queue that only grows: more goes in than comes out, and nothing pushes back.
 *
 *     depth   ▁▂▂▃▄▄▅▆▇█      Mann–Kendall: rising, p < 0.01; Theil–Sen: by so much a second
 */
import type { QueueItem } from '../../convention/model.ts'
import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import type { Detected, Detector, Draft } from '../detector.ts'
import { culpritOf, groupBy, makeDraft, rowOfTask } from '../drafting.ts'
import type { Cleared } from '../finding.ts'
import { count, duration, fact, largest, limit, median, taskName } from '../words.ts'
import { channelsInUse, isTold, itemsOf } from './message-queues.ts'
import { stoppedConsumer } from './stopped-consumer.ts'

export const unboundedQueue: Detector = {
  id: 'unbounded-queue',
  // Queues in memory as recorded, queues of messages by the spans that send and handle them.
  needs: [],
  run(context: Context): Detected {
    const observed: Draft[] = []
    const cleared: Cleared[] = []
    const recorded = groupBy(context.model.queueItems, item => `${item.process} ${item.queue}`)
    const ofMessages = channelsInUse(context).map(channel => itemsOf(context, channel))
    for (const items of [...recorded, ...ofMessages]) {
      const stopped = stoppedConsumer(context, items)
      if (stopped) observed.push(stopped)
      if (stopped || !(isTold(items) || isTakenFrom(items))) continue
      const growth = measure(context, items)
      if (growth.verdict === 'grows') observed.push(draft(context, items, growth))
      else
        cleared.push({
          detector: 'unbounded-queue',
          subject: items[0]!.queue,
          reason:
            growth.verdict === 'bounded'
              ? `bounded at ${growth.capacity}, never longer than ${growth.peak}`
              : `never longer than ${count(growth.peak, 'item')}, ${growth.last} at the end`,
        })
    }
    return { observed, predicted: [], cleared: cleared.slice(0, 20) }
  },
}

/** To the end: one that takes a batch now and then lets them wait on purpose. */
function isTakenFrom(items: readonly QueueItem[]): boolean {
  const lastGet = items.findLast(({ op }) => op === 'get')
  if (!lastGet) return false
  const startNs = items[0]!.atNs
  return lastGet.atNs - startNs >= takenShare * (items.at(-1)!.atNs - startNs)
}

const takenShare = 0.8

interface Growth {
  readonly verdict: 'grows' | 'bounded' | 'steady'
  readonly peak: number
  readonly last: number
  readonly capacity: number
  readonly puts: number
  readonly gets: number
  /** Items per second. */
  readonly slope: number
}

/** It must have been fed for so much of the time: a batch drains for longer than it came. */
const fedShare = 1 / 3
/** Of its peak so much must be left in the end. */
const leftShare = 0.25
/** Windows that the time is cut into for the test of trend. */
const windows = 20

function measure(context: Context, items: readonly QueueItem[]): Growth {
  const { thresholds } = context
  let depth = 0
  const depths = items.map(item => {
    depth = item.depth >= 0 ? item.depth : Math.max(0, depth + (item.op === 'put' ? 1 : -1))
    return depth
  })
  const capacity = largest(items.map(item => item.capacity))
  const puts = items.filter(item => item.op === 'put').length
  const gets = items.length - puts
  const peak = largest(depths)
  const last = depths.at(-1)!
  const base = { peak, last, capacity, puts, gets, slope: 0 }
  if (capacity > 0) return { ...base, verdict: 'bounded' }
  const startNs = items[0]!.atNs
  // Fed no more, it drains: that says nothing of how it was, unless it does to the end.
  const lastPut = items.findLastIndex(({ op }) => op === 'put')
  const lengthNs = items[Math.max(0, lastPut)]!.atNs - startNs
  if (
    puts < thresholds.queueSamplesCount ||
    last < Math.max(thresholds.queueGrowthCount, leftShare * peak) ||
    depths[lastPut]! < 0.8 * peak ||
    lengthNs < Math.max(thresholds.coverageNs / 2, fedShare * (items.at(-1)!.atNs - startNs))
  )
    return { ...base, verdict: 'steady' }
  // Median depth and number of puts per window.
  const series: number[][] = Array.from({ length: windows }, () => [])
  const arrivals = new Array<number>(windows).fill(0)
  items.slice(0, lastPut + 1).forEach((item, i) => {
    const at = Math.min(windows - 1, Math.floor(((item.atNs - startNs) / lengthNs) * windows))
    series[at]!.push(depths[i]!)
    if (item.op === 'put') arrivals[at]!++
  })
  const points = series.flatMap((values, at) => (values.length > 0 ? [{ at, value: median(values) }] : []))
  if (points.length < 10 || gets === 0) return { ...base, verdict: 'steady' }
  // A batch put in at once is a burst, however long it takes to drain: the second half must still be fed.
  const late = arrivals.slice(windows / 2).reduce((sum, n) => sum + n, 0)
  if (late < puts / 4) return { ...base, verdict: 'steady' }
  const slope = (theilSen(points) * windows) / (lengthNs / 1e9)
  return { ...base, slope, verdict: slope > 0 && kendall(points) > 2.58 ? 'grows' : 'steady' }
}

interface Point {
  readonly at: number
  readonly value: number
}

/** Median of the slopes between all pairs. */
function theilSen(points: readonly Point[]): number {
  const slopes: number[] = []
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++)
      slopes.push((points[j]!.value - points[i]!.value) / (points[j]!.at - points[i]!.at))
  }
  return median(slopes)
}

/** Mann–Kendall statistic in standard deviations: above 2.58 the trend is up with p < 0.01. */
function kendall(points: readonly Point[]): number {
  const n = points.length
  let sum = 0
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) sum += Math.sign(points[j]!.value - points[i]!.value)
  return (sum - Math.sign(sum)) / Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
}

function draft(context: Context, items: readonly QueueItem[], growth: Growth): Draft {
  const { model, thresholds } = context
  const queue = items[0]!.queue
  const putters = new Map<number, number>()
  for (const item of items) if (item.op === 'put') putters.set(item.task, (putters.get(item.task) ?? 0) + 1)
  const producer = [...putters].sort((a, b) => b[1] - a[1])[0]?.[0] ?? -1
  const startNs = items[0]!.atNs
  const endNs = items.at(-1)!.atNs
  return makeDraft({
    detector: 'unbounded-queue',
    severity: 'medium',
    confidence: confidenceOf({ tier: isTold(items) ? 'observed' : 'inferred', repeats: items.length }),
    startNs,
    endNs,
    subject: { kind: 'queue', name: queue },
    culprit: culpritOf(
      {
        role: 'puts',
        site:
          items.find(item => item.op === 'put' && item.task === producer)?.site ||
          model.tasks[producer]?.site ||
          (isTold(items) ? '' : taskName(model, producer)),
      },
      [],
      [rowOfTask(model, producer)],
    ),
    victims: { count: growth.last, totalWaitNs: 0, rows: [] },
    steps: [
      {
        atNs: startNs,
        task: items[0]!.task,
        event: items[0]!.op === 'put' ? 'put one in:' : 'took one out:',
        value: `${count(Math.max(0, items[0]!.depth), 'item')} then`,
        row: -1,
      },
      {
        atNs: endNs,
        task: items.at(-1)!.task,
        event: items.at(-1)!.op === 'put' ? 'put one in:' : 'took one out:',
        value: `${count(growth.last, 'item')} then`,
        row: -1,
      },
    ],
    evidence: [
      fact('in the queue at the end', growth.last, '{item}'),
      fact('put in', growth.puts, '{item}'),
      fact('taken out', growth.gets, '{item}'),
      fact('more of them each second', Math.round(growth.slope * 10) / 10, '1'),
      limit(thresholds, 'queueGrowthCount'),
    ],
    missing: isTold(items)
      ? []
      : ['The bound of the queue, if it has one: the spans of messages do not say.'],
    marks: [{ kind: 'band', startNs, endNs, loop: -1 }],
    text: {
      title: `${queue} grew to ${growth.peak} items in ${duration(endNs - startNs)}: ${growth.puts} put in, ${growth.gets} taken out, and nothing pushed back`,
      rule: `${queue} has a bound, and whoever finds it full waits`,
      explainer:
        'More is put in than is taken out. Until memory runs out everything seems to work, but each item waits longer than the one before.',
      remedy: {
        primitive: 'bounded queue with back-pressure',
        why: 'A full queue makes its producers wait or refuse, so the delay stays where it can be seen and handled.',
      },
    },
  })
}
