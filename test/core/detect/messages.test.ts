/** What the spans of messages tell, in traces without any recorder: lines that stand still, grow, or go round. */
import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { analyze } from '../../../src/core/detect/analyze.ts'
import { importOf, type SpanInput } from '../../support/otlp.ts'

const ms = 1e6
const producer = 4
const consumer = 5
const attributes = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }

interface Handled {
  readonly sent: number
  /** From and to, each time. */
  readonly times: readonly (readonly [number, number])[]
  readonly failed?: boolean
  /** The handling names its message by a link, or by the message's id. */
  readonly by?: 'parent' | 'link' | 'id'
}

/** Times in ms. */
const message = (at: number, { sent, times, failed = false, by = 'parent' }: Handled): SpanInput[] => {
  const id = (at + 1).toString(16)
  const mine = { ...attributes, 'messaging.message.id': `m${at}` }
  return [
    {
      id,
      trace: id,
      name: 'send orders',
      kind: producer,
      start: (sent - 1) * ms,
      end: sent * ms,
      attributes: mine,
    },
    ...times.map(([from, to], time): SpanInput => {
      const span = { id: `${id}f${time}`, name: 'process orders', kind: consumer, status: failed ? 2 : 0 }
      const named = { ...span, start: Math.round(from * ms), end: Math.round(to * ms), attributes: mine }
      if (by === 'parent') return { ...named, trace: id, parent: id }
      return { ...named, trace: `${id}f${time}`, ...(by === 'link' && { links: [{ id, trace: id }] }) }
    }),
  ]
}

/** `of` says how each of `count` messages fares, one every 100 ms. */
async function found(
  count: number,
  of: (at: number, sent: number) => Omit<Handled, 'sent'>,
): Promise<string[]> {
  const spans = Array.from({ length: count }, (_, at) => {
    const sent = 10 + at * 100
    return message(at, { sent, ...of(at, sent) })
  }).flat()
  const { store, report } = await importOf({ spans })
  return analyze(store, readModel(store), report)
    .findings.filter(({ product }) => product === 'observed')
    .map(({ detector, subject, victims }) => `${detector} ${subject.name} ${victims.count}`)
}

const soon = (sent: number, by?: Handled['by']) => ({
  times: [[sent + 2, sent + 52]] as const,
  ...(by && { by }),
})
const never = { times: [] }

describe('a consumer', () => {
  it.each(['parent', 'link', 'id'] as const)(
    'that takes no message any more has stopped (named by %s)',
    async by => {
      expect(await found(60, (at, sent) => (at < 30 ? soon(sent, by) : never))).toEqual([
        'unbounded-queue orders 30',
      ])
    },
  )
  it('that takes all of them has not', async () => {
    expect(await found(60, (_, sent) => soon(sent))).toEqual([])
  })
  it('of whose spans some were lost has not', async () => {
    expect(await found(60, (at, sent) => (at % 7 === 3 ? never : soon(sent)))).toEqual([])
  })
  it('that takes a batch now and then has not', async () => {
    expect(await found(60, at => (at < 20 ? { times: [[2000 + at, 2001 + at]] } : never))).toEqual([])
  })

  it('that is slower than what comes lets the queue grow', async () => {
    const slow = (at: number) => {
      const from = 12 + at * 140
      return from < 8000 ? { times: [[from, from + 139]] as const } : never
    }
    expect(await found(80, slow)).toEqual(['unbounded-queue orders 22'])
  })
  it('that is late by the same time always does not', async () => {
    expect(await found(80, (_, sent) => ({ times: [[sent + 3000, sent + 3090]] }))).toEqual([])
  })

  const one = (at: number, sent: number, slowAt: number, slowMs: number) => {
    const slowEnd = 10 + slowAt * 100 + 2 + slowMs
    if (at === slowAt) return { times: [[sent + 2, slowEnd]] as const }
    const from = at > slowAt ? Math.max(sent + 2, slowEnd + (at - slowAt) * 21) : sent + 2
    return { times: [[from, from + 20]] as const }
  }
  it('that stands still behind one slow message lets all others wait', async () => {
    expect(await found(60, (at, sent) => one(at, sent, 20, 2000))).toEqual(['sequential-awaits orders 20'])
  })
  it('with others that go past the slow one does not', async () => {
    expect(
      await found(60, (at, sent) => (at === 20 ? { times: [[sent + 2, sent + 2002]] } : soon(sent))),
    ).toEqual([])
  })
})

describe('a message', () => {
  const tries = (sent: number, count: number, growth: number) =>
    Array.from({ length: count }, (_, time) => {
      const from = sent + 2 + 20 * (growth === 1 ? time : (growth ** time - 1) / (growth - 1))
      return [from, from + 5] as const
    })
  it.each([
    ['that fails each time and comes back at once is poison', 12, 1, ['retry-storm orders 12']],
    ['that is tried a few times is not', 4, 1, []],
    ['that comes later each time is not', 12, 2, []],
  ])('%s', async (_, count, growth, expected) => {
    expect(
      await found(40, (at, sent) =>
        at === 5 ? { times: tries(sent, count, growth), failed: true } : soon(sent),
      ),
    ).toEqual(expected)
  })

  const again = (count: (at: number) => number) =>
    found(40, (at, sent) => ({
      times: Array.from(
        { length: count(at) },
        (_, time) => [sent + time * 700, sent + time * 700 + 40] as const,
      ),
    }))
  it('that was done and is done again, as most others are, goes round', async () => {
    expect(await again(at => 2 + (at % 3))).toEqual(['retry-storm orders 119'])
  })
  it('that two handlers do different things with does not', async () => {
    expect(await again(() => 2)).toEqual([])
  })
  it('that comes twice now and then does not', async () => {
    expect(await again(at => (at % 8 === 0 ? 2 : 1))).toEqual([])
  })
})
