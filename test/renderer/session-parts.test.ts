import { describe, expect, it } from 'vitest'
import { cutSession, SessionJoiner } from '../../renderer/session-parts.ts'
import { buffersOf } from '../../renderer/transfer.ts'
import { sessionOf } from '../support/scene.ts'

describe('session in parts', () => {
  it('arrives as it left, long tables in small parts', () => {
    const small = sessionOf('T1  R──W')
    const task = small.model.tasks[0]!
    const tasks = Array.from({ length: 10_000 }, (_, at) => ({ ...task, id: String(at) }))
    const strings = Array.from({ length: 5_000 }, (_, at) => `name ${at}`)
    const session = { ...small, model: { ...small.model, tasks }, store: { ...small.store, strings } }
    const { rest, ...cut } = cutSession(session)
    const parts = [...cut.parts]
    expect(rest.model.tasks).toEqual([])
    expect(rest.model.accesses).toEqual(session.model.accesses)
    expect(parts).toHaveLength(5 + 3)
    const joiner = new SessionJoiner()
    for (const part of parts) joiner.add(part)
    expect(joiner.join(rest)).toEqual(session)
  })

  it('takes many small lanes along in one buffer', () => {
    const small = sessionOf('T1  R──W\nT2   ──')
    const lanes = Array.from({ length: 3000 }, (_, at) => ({
      ...small.lanes[at % small.lanes.length]!,
      id: `${at}`,
    }))
    const session = { ...small, lanes }
    const { rest, ...cut } = cutSession(session)
    const parts = [...cut.parts]
    expect(parts.map(part => buffersOf(part).length)).toEqual([1, 1])
    const joiner = new SessionJoiner()
    for (const part of parts) joiner.add(part)
    expect(joiner.join(rest)).toEqual(session)
  })

  it('leaves a small session whole', () => {
    const session = sessionOf('T1  R──W')
    const { rest, parts } = cutSession(session)
    expect([...parts]).toEqual([])
    expect(rest).toEqual(session)
  })
})
