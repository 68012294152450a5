import { buildScene } from '../scene/build-scene.ts'
import { RULER_PX, stackLanes } from '../scene/geometry.ts'
import type { Scene } from '../scene/scene.ts'
import { theme } from '../scene/theme.ts'
import { drawCaption } from './picture-caption.ts'
import { drawFoot } from './picture-foot.ts'
import { type PictureOptions, sceneInput } from './picture-parts.ts'
import { shiftHit, shiftMark } from './shift-marks.ts'

/**
 * A view as a picture that explains itself:
 *
 *     ┌ title · rule · services, UTC range, fingerprint ┐  caption
 *     │ ruler and lanes as on screen                     │
 *     ├ legend                                           ┤
 *     │ steps of the finding        │ notes              │
 *     └──────────────────────────────────────────────────┘
 */
export function composePicture(options: PictureOptions): Scene {
  const tokens = theme(options.theme)
  const caption = options.caption ? drawCaption(options, tokens) : { marks: [], heightPx: 0 }
  const foot = drawFoot(
    options,
    tokens,
    (options.heightPx > 0 ? options.heightPx : Number.POSITIVE_INFINITY) * 0.4,
  )
  const contentPx = RULER_PX + stackLanes(options.lanes, options).heightPx
  const scenePx =
    options.heightPx > 0
      ? Math.max(RULER_PX + 40, options.heightPx - caption.heightPx - foot.heightPx)
      : contentPx
  const scene = buildScene(sceneInput(options, scenePx))
  const dy = caption.heightPx
  const footY = dy + scenePx
  const heightPx = footY + foot.heightPx
  return {
    widthPx: options.widthPx,
    heightPx,
    background: tokens.background,
    marks: [
      ...caption.marks,
      ...scene.marks.map(mark => shiftMark(mark, 0, dy)),
      ...foot.marks.map(mark => shiftMark(mark, 0, footY)),
    ],
    hits: scene.hits.map(hit => shiftHit(hit, 0, dy)),
    laneBoxes: scene.laneBoxes.map(box => ({ ...box, y: box.y + dy })),
    contentPx: scene.contentPx,
  }
}
