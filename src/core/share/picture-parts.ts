import type { Finding } from '../detect/finding.ts'
import type { Note } from '../notebook/note.ts'
import type { PathPiece } from '../replay/critical-path.ts'
import type { Folds } from '../scene/geometry.ts'
import type { Highlights, Mark, SceneInput, ThemeName } from '../scene/scene.ts'

export interface PictureOptions extends Folds {
  readonly session: SceneInput['session']
  readonly lanes: SceneInput['lanes']
  readonly startNs: number
  readonly endNs: number
  readonly highlights: Highlights
  readonly criticalPath: readonly PathPiece[] | null
  readonly notes: readonly Note[]
  readonly theme: ThemeName
  readonly timeDisplay: SceneInput['timeDisplay']
  readonly widthPx: number
  /** Height of everything, 0 = as high as the lanes need. */
  readonly heightPx: number
  readonly gutterPx: number
  /** Scroll of the lanes, px. */
  readonly scrollPx: number
  /** `''` = the finding's title, or the services. */
  readonly title: string
  /** Version of the app, for the caption. */
  readonly version: string
  readonly caption: boolean
  readonly legend: boolean
  readonly measure: SceneInput['measure']
}

/** Around what stands above and below the lanes. */
export const MARGIN = 16

/** A part of a picture, from its own y = 0. */
export interface Block {
  readonly marks: Mark[]
  readonly heightPx: number
}

export function sceneInput(options: PictureOptions, heightPx: number): SceneInput {
  const { session, lanes, collapsed, opened, highlights, criticalPath, notes, timeDisplay, measure } = options
  const { startNs, endNs, widthPx, gutterPx, scrollPx } = options
  return {
    session,
    lanes,
    collapsed,
    opened,
    highlights,
    criticalPath,
    notes,
    timeDisplay,
    measure,
    theme: options.theme,
    viewport: { startNs, endNs, widthPx, heightPx, gutterPx, scrollPx },
  }
}

export const findingOf = ({ session, highlights }: PictureOptions): Finding | undefined =>
  session.analysis.findings.find(({ id }) => id === highlights.finding)
