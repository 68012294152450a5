import manifest from '../../package.json' with { type: 'json' }
import { itemOfAnchor } from '../core/notebook/anchors.ts'
import type { Notebook, View } from '../core/notebook/note.ts'
import { findingRange } from '../core/scene/finding-range.ts'
import type { Session } from '../core/scene/scene.ts'
import { paintSvg } from '../core/scene/svg-painter.ts'
import { composeView, type PictureView, viewOf as plainView } from '../core/share/compose-view.ts'
import { fontCss } from '../core/share/font-css.ts'
import { writePayload } from '../core/share/payload.ts'
import { embedPayload } from '../core/share/png-payload.ts'
import { sharedNotebook } from '../core/share/shared-notebook.ts'
import { sliceOtlp } from '../core/share/slice.ts'
import { relativeNs } from '../core/store/store.ts'
import { embeddedFonts, registerFonts } from '../raster/fonts.ts'
import { nodeMeasure, paintPng } from '../raster/node-canvas.ts'
import { load } from './load.ts'
import { readNotes } from './notes.ts'
import { kindOf, write } from './output.ts'
import { redacted } from './redacted.ts'
import { parseInstant } from './time.ts'
import { UsageError } from './usage-error.ts'

export interface ShotOptions {
  readonly clocks?: string
  readonly output: string
  readonly finding?: string
  readonly from?: string
  readonly to?: string
  /** A notebook sidecar. */
  readonly notes?: string
  readonly width?: string
  readonly height?: string
  readonly theme?: string
  /** How times read. */
  readonly time?: string
  /** Device pixels of a PNG per px. */
  readonly scale?: string
  readonly title?: string
  readonly redact?: boolean
  readonly embed?: string
}

const DEFAULT_WIDTH_PX = 1600

/** `interleave shot`: a picture of a view, by the code that draws the screen. */
export async function shot(paths: readonly string[], options: ShotOptions): Promise<void> {
  const kind = kindOf(options.output, ['png', 'svg'], 'picture')
  const embed = oneOf('--embed', options.embed ?? 'view', ['none', 'view', 'slice'] as const)
  const theme = oneOf('--theme', options.theme ?? 'light', ['light', 'dark'] as const)
  const scale = Number(oneOf('--scale', options.scale ?? '2', ['1', '2', '3'] as const))
  const widthPx = pixels('--width', options.width, DEFAULT_WIDTH_PX)
  const heightPx = pixels('--height', options.height, 0)
  const opened = await load(paths, { clocks: options.clocks })
  const notes = options.notes === undefined ? opened.notebook : await readNotes(options.notes)
  const {
    session,
    notebook: given,
    files,
  } = options.redact ? redacted(opened, notes) : { ...opened, notebook: notes, files: paths }
  const view = viewOf(session, options, given)
  await registerFonts()
  const scene = composeView(session, view, {
    theme,
    timeDisplay: oneOf('--time', options.time ?? 'relative', ['relative', 'utc', 'local'] as const),
    widthPx,
    heightPx,
    title: options.title ?? '',
    version: manifest.version,
    caption: true,
    legend: true,
    notes: given?.notes ?? [],
    measure: nodeMeasure(),
  })
  const slice = embed === 'slice' ? sliceOtlp(session.store, view.startNs, view.endNs) : ''
  const notebook = sharedNotebook(session, view, given, files)
  const payload =
    embed === 'none'
      ? ''
      : writePayload({ version: 1, notebook, slice, startUnixNano: session.store.epochUnixNano })
  if (kind === 'svg') {
    const svg = paintSvg(scene, {
      title: options.title || view.finding?.text.title || 'Interleave',
      css: fontCss(await embeddedFonts()),
      ...(payload !== '' && { metadata: payload }),
    })
    await write(options.output, svg)
    return
  }
  const png = await paintPng(scene, scale)
  await write(options.output, payload === '' ? png : embedPayload(png, payload))
}

/** The finding with some air around it, else the times asked for, else the view that came along, else everything. */
function viewOf(session: Session, options: ShotOptions, given: Notebook | null): PictureView {
  const { store, analysis } = session
  const asked = options.finding !== undefined || options.from !== undefined || options.to !== undefined
  if (!asked) return (given && savedView(session, given.view)) ?? plainView(0, store.durationNs)
  const finding = analysis.findings.find(({ id }) => id.toLowerCase() === options.finding?.toLowerCase())
  if (options.finding !== undefined && !finding) {
    const known = analysis.findings.map(each => each.id).join(', ') || 'none'
    throw new UsageError(`there is no finding ${options.finding}; this trace has ${known}`)
  }
  const around = finding ? findingRange(finding, store.durationNs) : { startNs: 0, endNs: store.durationNs }
  const startNs = options.from ? parseInstant(options.from, store) : around.startNs
  const endNs = options.to ? parseInstant(options.to, store) : around.endNs
  if (startNs > endNs) throw new UsageError('--from lies after --to')
  return { ...plainView(startNs, Math.max(endNs, startNs + 1)), finding }
}

/** The view of a sidecar, a picture or a bundle; null when it shows nothing of this trace. */
function savedView(session: Session, view: View): PictureView | null {
  const { store, analysis } = session
  const startNs = relativeNs(store, view.fromNs)
  const endNs = relativeNs(store, view.toNs)
  if (!(endNs > startNs) || endNs < 0 || startNs > store.durationNs) return null
  return {
    finding: analysis.findings.find(({ id }) => id === view.finding),
    startNs,
    endNs,
    playheadNs: view.playheadNs === '' ? -1 : relativeNs(store, view.playheadNs),
    lanes: view.lanes,
    collapsed: new Set(view.collapsed),
    opened: new Set(view.opened),
    selected: view.selected && itemOfAnchor(session, view.selected),
    criticalPath: null,
  }
}

function oneOf<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find(choice => choice === value)
  if (found === undefined) throw new UsageError(`${name} is one of ${choices.join(', ')}`)
  return found
}

function pixels(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 320 || value > 8000)
    throw new UsageError(`${name} is 320 to 8000 px`)
  return value
}
