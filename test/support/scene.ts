import type { Lane } from '../../src/core/lanes/lane.ts'
import { layOutLanes } from '../../src/core/lanes/lay-out-lanes.ts'
import { buildScene } from '../../src/core/scene/build-scene.ts'
import { estimateWidth } from '../../src/core/scene/measure.ts'
import type { Highlights, Mark, Scene, SceneInput, Session } from '../../src/core/scene/scene.ts'
import { findingsOf } from './analysed.ts'
import type { DrawOptions } from './trace-dsl.ts'

/** A drawn trace with its findings and lanes. */
export function sessionOf(picture: string, options: DrawOptions = {}): Session {
  const { store, model, analysis } = findingsOf(picture, options)
  return { store, model, analysis, lanes: layOutLanes(store, model, analysis) }
}

interface SceneOptions
  extends Partial<Pick<SceneInput, 'collapsed' | 'opened' | 'notes' | 'theme' | 'timeDisplay' | 'matches'>> {
  readonly highlights?: Partial<Highlights>
  readonly startNs?: number
  readonly endNs?: number
  readonly widthPx?: number
  readonly heightPx?: number
}

export const GUTTER_PX = 200

/** The scene of the whole trace, or of a part. */
export const sceneOf = (session: Session, options: SceneOptions = {}): Scene =>
  buildScene(sceneInput(session, options))

export function sceneInput(session: Session, options: SceneOptions = {}): SceneInput {
  return {
    session,
    lanes: session.lanes,
    collapsed: options.collapsed ?? new Set(),
    opened: options.opened ?? new Set(),
    viewport: {
      startNs: options.startNs ?? 0,
      endNs: options.endNs ?? session.store.durationNs,
      widthPx: options.widthPx ?? 1200,
      heightPx: options.heightPx ?? 1000,
      gutterPx: GUTTER_PX,
      scrollPx: 0,
    },
    highlights: {
      finding: '',
      selected: null,
      hovered: null,
      playheadNs: -1,
      range: null,
      ...options.highlights,
    },
    notes: options.notes ?? [],
    matches: options.matches ?? null,
    theme: options.theme ?? 'light',
    timeDisplay: options.timeDisplay ?? 'relative',
    measure: estimateWidth,
  }
}

type MarkOf<Kind extends Mark['kind']> = Extract<Mark, { kind: Kind }>

export const marksOf = <Kind extends Mark['kind']>(scene: Scene, kind: Kind): MarkOf<Kind>[] =>
  scene.marks.filter((mark): mark is MarkOf<Kind> => mark.kind === kind)

export function laneOf(session: Session, id: string): Lane {
  const lane = session.lanes.find(each => each.id === id)
  if (!lane) throw new Error(`no lane ${id}; there are ${session.lanes.map(each => each.id).join(', ')}`)
  return lane
}

/** A pool of two, both held; the third task gives up. */
export const starved = (): Session =>
  sessionOf(
    `
    T1         ─────────────────────────────
    T2         ─────────────────────────────
    T3         ─────────────────────────────
    T1@db      ##--------------------
    T2@db       ##------------------------>
    T3@db         ~~~~~~~~~~~~~~!
    `,
    { unitMs: 100, resources: { db: { type: 'pool', capacity: 2 } } },
  )
