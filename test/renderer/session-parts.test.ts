import { describe, expect, it } from 'vitest'
import { partsOf, restOf, SessionJoiner, type SessionPart } from '../../renderer/session-parts.ts'
import { buffersOf } from '../../renderer/transfer.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { sessionOf } from '../support/scene.ts'
import { plainRow } from './plain-row.ts'

const allParts = (session: Session): SessionPart[] => [
  ...partsOf(session.model, 'model'),
  ...partsOf(session, 'session'),
  ...partsOf(session.store, 'store'),
]

describe('session in parts', () => {
  it('arrives as it left, long tables in small parts', () => {
    const small = sessionOf('T1  R──W')
    const task = small.model.tasks[0]!
    const tasks = Array.from({ length: 40_000 }, (_, at) => ({ ...task, id: String(at) }))
    const strings = Array.from({ length: 5_000 }, (_, at) => `name ${at}`)
    const session = { ...small, model: { ...small.model, tasks }, store: { ...small.store, strings } }
    const rest = restOf(session)
    const parts = allParts(session)
    expect(rest.model.tasks).toEqual([])
    expect(rest.model.accesses).toEqual(session.model.accesses)
    expect(parts).toHaveLength(3 + 3)
    const joiner = new SessionJoiner()
    for (const part of parts) joiner.add(part)
    const joined = joiner.join(rest)
    expect({ ...joined, model: { ...joined.model, tasks: joined.model.tasks.map(plainRow) } }).toEqual(
      session,
    )
  })

  it('takes many small lanes along in one buffer', () => {
    const small = sessionOf('T1  R──W\nT2   ──')
    const lanes = Array.from({ length: 3000 }, (_, at) => ({
      ...small.lanes[at % small.lanes.length]!,
      id: `${at}`,
    }))
    const session = { ...small, lanes }
    const parts = allParts(session)
    expect(parts.map(part => buffersOf(part).length)).toEqual([1, 1])
    const joiner = new SessionJoiner()
    for (const part of parts) joiner.add(part)
    expect(joiner.join(restOf(session))).toEqual(session)
  })

  it('leaves a small session whole', () => {
    const session = sessionOf('T1  R──W')
    expect(allParts(session)).toEqual([])
    expect(restOf(session)).toEqual(session)
  })
})
