/**
 * What replay and drawing derive from a session in one long step each. The worker takes these steps and sends the
 * columns with the session, so that the page never stops for them.
 */
import { keepLaneIndex, type LaneIndex, laneIndex } from '../src/core/lanes/mipmap.ts'
import { eventTimes } from '../src/core/replay/event-times.ts'
import { indexState, type StateIndex } from '../src/core/replay/state-at.ts'
import { type Density, densityOf, keepDensity } from '../src/core/scene/overview.ts'
import type { Session } from '../src/core/scene/scene.ts'
import { keepUsage, type Usage, usageOf } from '../src/core/scene/usage.ts'
import { sharesName } from './state/lookup.ts'
import { memoOn } from './state/memo.ts'
import { placesOf, type SessionPlaces } from './state/places.ts'

export interface Prepared {
  readonly eventTimesNs: Float64Array
  readonly state: Omit<StateIndex, 'model'>
  readonly density: Density
  readonly places: SessionPlaces
  readonly sharesName: Uint8Array
  /** Of the resources whose use takes long to add up. */
  readonly usages: readonly (readonly [resource: number, usage: Usage])[]
  /** Levels of detail of the lanes that take long. */
  readonly indexes: readonly (readonly [lane: number, index: LaneIndex])[]
}

/** Holds and waits of a resource, items of a lane; below that the page derives what it draws from them. */
const MANY = 4096

export const eventsOf = memoOn((session: Session) => eventTimes(session.model))
export const stateIndexOf = memoOn((session: Session) => indexState(session.model))

export function prepare(session: Session): Prepared {
  const { model } = session
  const { model: _, ...state } = stateIndexOf(session)
  const steps = new Float64Array(model.resources.length)
  for (const { resource } of model.holds) steps[resource]!++
  for (const { resource } of model.waits) steps[resource]!++
  const busy = model.resources.flatMap((_resource, at) => (steps[at]! > MANY ? [at] : []))
  return {
    eventTimesNs: eventsOf(session),
    state,
    density: densityOf(session),
    places: placesOf(session),
    sharesName: sharesName(session),
    usages: busy.map(resource => [resource, usageOf(model, resource)] as const),
    indexes: session.lanes.flatMap((lane, at) =>
      lane.items.count > MANY ? [[at, laneIndex(lane)] as const] : [],
    ),
  }
}

/** On the page: what the worker prepared is this session's. */
export function keepPrepared(session: Session, prepared: Prepared): void {
  const { eventTimesNs, state, density, places, usages, indexes } = prepared
  const { model } = session
  eventsOf.keep(session, eventTimesNs)
  stateIndexOf.keep(session, { ...state, model })
  keepDensity(session, density)
  placesOf.keep(session, places)
  sharesName.keep(session, prepared.sharesName)
  for (const [resource, usage] of usages) keepUsage(model, resource, usage)
  for (const [lane, index] of indexes) keepLaneIndex(session.lanes[lane]!, index)
}
