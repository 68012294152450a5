import type { Finding } from '../detect/finding.ts'
import type { Lane } from '../lanes/lane.ts'
import type { Note } from '../notebook/note.ts'
import type { PathPiece } from '../replay/critical-path.ts'
import { findingRange } from '../scene/finding-range.ts'
import { type Folds, noFolds } from '../scene/geometry.ts'
import type { ItemRef, Scene, SceneInput, Session, ThemeName } from '../scene/scene.ts'
import { composePicture } from './picture.ts'
import { pictureLanes } from './picture-lanes.ts'

/** What part of a trace a picture shows. */
export interface PictureView extends Folds {
  readonly finding: Finding | undefined
  readonly startNs: number
  readonly endNs: number
  readonly playheadNs: number
  /** Ids of the lanes from top to bottom; none: those that matter in it. */
  readonly lanes: readonly string[]
  readonly selected: ItemRef | null
  readonly criticalPath: readonly PathPiece[] | null
}

/** A view of which nothing is chosen by hand. */
export const viewOf = (startNs: number, endNs: number): PictureView => ({
  finding: undefined,
  startNs,
  endNs,
  playheadNs: -1,
  lanes: [],
  ...noFolds,
  selected: null,
  criticalPath: null,
})

export interface PictureLook {
  readonly theme: ThemeName
  readonly timeDisplay: SceneInput['timeDisplay']
  readonly widthPx: number
  /** 0 = as high as the lanes need. */
  readonly heightPx: number
  /** `''` = the finding's title, or the services. */
  readonly title: string
  readonly version: string
  readonly caption: boolean
  readonly legend: boolean
  readonly notes: readonly Note[]
  readonly measure: SceneInput['measure']
}

/** Lanes a picture of free height may take, px. */
const MAX_LANES_PX = 1100
const MIN_LANES_PX = 80

/** A finding with some air around it. */
export function viewOfFinding({ store }: Session, finding: Finding): PictureView {
  const { startNs, endNs } = findingRange(finding, store.durationNs)
  return { ...viewOf(startNs, endNs), finding }
}

/**
 * A stretch of time with the lanes that matter in it, chosen by what it is about rather than by what was on a screen:
 * the terminal and the app make the same picture of the same finding.
 */
export function composeView(session: Session, view: PictureView, look: PictureLook): Scene {
  const free = composeLanes(session, view, { ...look, heightPx: 0 }, MAX_LANES_PX)
  if (look.heightPx === 0 || free.heightPx === look.heightPx) return free
  // Of a fixed height, what caption and foot leave is for whole lanes.
  const aroundPx = free.heightPx - free.contentPx
  return composeLanes(session, view, look, Math.max(MIN_LANES_PX, look.heightPx - aroundPx))
}

function composeLanes(session: Session, view: PictureView, look: PictureLook, lanesPx: number): Scene {
  const { startNs, endNs, finding, playheadNs, collapsed, opened, selected, criticalPath } = view
  const id = finding?.id ?? ''
  return composePicture({
    ...look,
    session,
    lanes: view.lanes.length > 0 ? named(session, view.lanes) : pictureLanes(session, view, lanesPx),
    collapsed,
    opened,
    criticalPath,
    startNs,
    endNs,
    highlights: { finding: id, selected, hovered: null, playheadNs, range: null },
    gutterPx: Math.min(220, Math.round(look.widthPx * 0.2)),
    scrollPx: 0,
  })
}

function named({ lanes }: Session, ids: readonly string[]): readonly Lane[] {
  const byId = new Map(lanes.map(lane => [lane.id, lane]))
  return ids.flatMap(id => byId.get(id) ?? [])
}
