import { describe, expect, it } from 'vitest'
import { readModel } from '../../../src/core/convention/read-model.ts'
import { kindOf } from '../../../src/core/lanes/items.ts'
import { ItemFlag, type Lane } from '../../../src/core/lanes/lane.ts'
import { layOutLanes } from '../../../src/core/lanes/lay-out-lanes.ts'
import { storeOf } from '../../support/otlp.ts'
import { laneOf, sessionOf } from '../../support/scene.ts'

const nothing = { findings: [], cleared: [], causes: [], checklist: [], blame: [] }
const rowsOf = ({ items }: Lane): string[] =>
  Array.from({ length: items.count }, (_, at) => `${kindOf(items, at)} ${items.row[at]}`)

describe('lanes', () => {
  const pool = `
    T1         ──────────────────
    T2         ──────────────────
    T3         ──────────────────
    T1@db      ##########
    T2@db       #########
    T3@db         ~~~~~~~~####
  `

  it('packs holds by slot and waiters below them, and marks what is contended', () => {
    const session = sessionOf(pool, { resources: { db: { type: 'pool', capacity: 2 } } })
    const lane = laneOf(session, 'resource:db')
    expect(rowsOf(lane)).toEqual(['hold 0', 'hold 1', 'wait 2', 'hold 0'])
    const contended = [...lane.items.flags].map(flags => (flags & ItemFlag.contended) !== 0)
    expect(contended).toEqual([true, true, false, false])
  })

  it('stand in the order loops, resources, state, tasks, marks', () => {
    const session = sessionOf(`${pool}\n    T1=k       R     W`, {
      resources: { db: { capacity: 2 } },
      marks: [{ atMs: 3, kind: 'error', text: 'boom' }],
    })
    const kinds = session.lanes.map(lane => lane.kind).filter((kind, at, all) => kind !== all[at - 1])
    expect(kinds).toEqual(['loop', 'resource', 'state', 'task', 'marks'])
  })

  it('puts the key with a finding first, a conflicting key next, quiet ones last', () => {
    const session = sessionOf(
      `
      T1        ─────────·······────
      T2        ─────────·······────
      T1=quiet  R
      T1=lost   R─────────────W
      T2=lost     R─────────W
      `,
      { values: { 'T1=lost': ['0', '5'], 'T2=lost': ['0', '3'], 'T1=quiet': ['1'] } },
    )
    expect(session.analysis.findings.map(finding => finding.detector)).toContain('lost-update')
    expect(session.lanes.filter(lane => lane.kind === 'state').map(lane => lane.label)).toEqual([
      'lost',
      'quiet',
    ])
    expect(laneOf(session, 'state:lost').rows).toBe(2)
  })

  it('have ids made of names, the same after another reading', () => {
    const ids = () => sessionOf(pool).lanes.map(lane => lane.id)
    expect(ids()).toEqual(ids())
    expect(new Set(ids()).size).toBe(ids().length)
  })

  it('pack the many tasks of one operation by concurrency', () => {
    const labels = Array.from({ length: 40 }, (_, at) => `T${at + 10}`)
    const session = sessionOf(labels.map(label => `${label}  ──`).join('\n'), {
      tasks: Object.fromEntries(labels.map(label => [label, { name: 'GET /a' }])),
    })
    const lanes = session.lanes.filter(lane => lane.kind === 'task')
    expect(lanes).toHaveLength(1)
    expect(lanes[0]!.rows).toBe(40)
    expect(lanes[0]!.label).toBe('GET /a × 40')
  })

  it('of an operation that ran once have its name alone, also where too many have lanes', () => {
    const labels = Array.from({ length: 402 }, (_, at) => `T${at + 100}`)
    const letters = (at: number) => String.fromCharCode(97 + Math.floor(at / 26), 97 + (at % 26))
    const session = sessionOf(labels.map(label => `${label}  ──`).join('\n'), {
      tasks: Object.fromEntries(labels.map((label, at) => [label, { name: letters(at) }])),
    })
    const names = session.lanes.filter(lane => lane.kind === 'task').map(({ label }) => label)
    expect(names.toSorted()).toEqual(labels.map((_, at) => letters(at)))
  })

  it('of ordinary traces are one per process, children below parents, every span once', async () => {
    const id = (n: number) => n.toString(16).padStart(16, '0')
    const store = await storeOf({
      resource: { 'service.name': 'cart' },
      spans: [
        { id: id(1), name: 'work', start: 0, end: 100, kind: 1 },
        { id: id(2), name: 'a', parent: id(1), start: 0, end: 50, kind: 1 },
        { id: id(3), name: 'b', parent: id(1), start: 25, end: 75, kind: 1 },
        { id: id(4), name: 'work', start: 50, end: 150, kind: 1 },
      ],
    })
    const model = readModel(store)
    const lanes = layOutLanes(store, model, nothing)
    const drawn = lanes.flatMap(({ items }) => [...items.span])
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3]))
    expect(lanes.every(lane => lane.kind === 'task')).toBe(true)
  })

  it('stay shallow for a chain of 50,000 spans', async () => {
    const id = (n: number) => (n + 1).toString(16).padStart(16, '0')
    const spans = Array.from({ length: 50_000 }, (_, at) => ({
      id: id(at),
      start: at,
      end: 200_000 - at,
      ...(at > 0 && { parent: id(at - 1) }),
    }))
    const store = await storeOf({ resource: { 'service.name': 'deep' }, spans })
    const lanes = layOutLanes(store, readModel(store), nothing)
    expect(Math.max(...lanes.map(lane => lane.rows))).toBeLessThan(60)
    expect(lanes.reduce((sum, lane) => sum + lane.items.count, 0)).toBe(50_000)
  })
})
