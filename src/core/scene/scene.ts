/**
 * A scene is what one view of the trace looks like: marks in logical pixels, in painting order, knowing nothing of the
 * surface. `buildScene` makes it, a `Painter` draws it: Canvas2D on screen and in the terminal's `shot`, SVG text, or a
 * log in tests. One scene, so the shared picture is the picture on screen.
 *
 *      0          gutterPx                                             widthPx
 *      ├──────────┼──────────────────────────────────────────────────────┤ 0
 *      │ (blank)  │ ruler                                                │
 *      ├──────────┼──────────────────────────────────────────────────────┤ rulerPx
 *      │ label    │ lane 0                                               │
 *      │ label    │ lane 1                                               │
 */

import type { Model } from '../convention/model.ts'
import type { Analysis } from '../detect/finding.ts'
import type { Lane } from '../lanes/lane.ts'
import type { Matches } from '../lanes/matches.ts'
import type { Note } from '../notebook/note.ts'
import type { PathPiece } from '../replay/critical-path.ts'
import type { Store } from '../store/store.ts'
import type { Folds } from './geometry.ts'

/** All that was derived from the files: what every shell holds while a trace is open. */
export interface Session {
  readonly store: Store
  readonly model: Model
  readonly lanes: readonly Lane[]
  readonly analysis: Analysis
}

export type ThemeName = 'light' | 'dark'

/** What is looked at. Times in ns of the store; pixels are logical (CSS) pixels. */
export interface Viewport {
  readonly startNs: number
  readonly endNs: number
  readonly widthPx: number
  readonly heightPx: number
  readonly gutterPx: number
  /** Vertical scroll in px, 0 = top. */
  readonly scrollPx: number
}

/** What is selected or pointed at; indexes, -1 or null for none. */
export interface Highlights {
  /** `Finding.id` or `''`. */
  readonly finding: string
  /** Selected item: lane id and index in its items. */
  readonly selected: ItemRef | null
  readonly hovered: ItemRef | null
  /** Instant, -1 none. */
  readonly playheadNs: number
  /** Selected stretch of time, over the named lanes (all when there are none named); null for none. */
  readonly range: {
    readonly startNs: number
    readonly endNs: number
    readonly lanes: readonly string[]
  } | null
}

export interface ItemRef {
  readonly lane: string
  readonly item: number
}

export interface SceneInput extends Folds {
  readonly session: Session
  /** Lanes in drawing order, filtered; those of opened ones below them. */
  readonly lanes: readonly Lane[]
  readonly viewport: Viewport
  readonly highlights: Highlights
  readonly notes: readonly Note[]
  /** What a query found; the rest is dimmed. Left out when nothing is searched. */
  readonly matches?: Matches | null
  /** Drawn as one line through the lanes. Left out when none is shown. */
  readonly criticalPath?: readonly PathPiece[] | null
  readonly theme: ThemeName
  /** How times on the ruler read. */
  readonly timeDisplay: 'relative' | 'utc' | 'local'
  /** Width of a text in px in the given font size; painters that know better replace the estimate. */
  readonly measure: (text: string, sizePx: number, bold: boolean) => number
}

/**
 * Fill patterns: state is told by pattern besides hue. `fade` runs from clear (left) to the fill (right),
 * `none` leaves the outline only.
 */
export type Pattern = 'solid' | 'hatch' | 'cross' | 'light' | 'fade' | 'none'

/** Marks, in painting order. Colours are resolved CSS colours of the theme. */
export type Mark =
  | {
      readonly kind: 'rect'
      readonly x: number
      readonly y: number
      readonly w: number
      readonly h: number
      readonly fill: string
      readonly pattern: Pattern
      readonly stroke?: string
      readonly strokeWidth?: number
      readonly dashed?: boolean
      readonly radius?: number
      readonly alpha?: number
    }
  | {
      readonly kind: 'line'
      readonly x1: number
      readonly y1: number
      readonly x2: number
      readonly y2: number
      readonly stroke: string
      readonly width: number
      readonly dashed?: boolean
      /** Arrow head at the end. */
      readonly arrow?: boolean
      /** Control-point offset in px for a curve, 0 = straight. */
      readonly bend?: number
      readonly alpha?: number
    }
  | {
      readonly kind: 'text'
      readonly x: number
      /** Baseline. */
      readonly y: number
      readonly text: string
      readonly size: number
      readonly fill: string
      readonly bold?: boolean
      readonly mono?: boolean
      readonly align?: 'start' | 'middle' | 'end'
      /** Drawn behind the glyphs so that they stay readable over bars. */
      readonly halo?: string
    }
  | {
      /** Stepped area (capacity in use) or polyline, from x,y pairs. */
      readonly kind: 'path'
      readonly points: readonly number[]
      readonly fill?: string
      readonly stroke?: string
      readonly width?: number
      readonly alpha?: number
      readonly dashed?: boolean
    }
  | { readonly kind: 'clip'; readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  | { readonly kind: 'unclip' }
  | {
      readonly kind: 'symbol'
      readonly symbol: 'read' | 'write' | 'error' | 'note' | 'flag' | 'pin'
      readonly x: number
      readonly y: number
      readonly size: number
      readonly fill: string
      readonly stroke?: string
    }

/** What is painted of a scene. Plain data: it may travel to where pictures are made. */
export interface Picture {
  readonly widthPx: number
  readonly heightPx: number
  readonly background: string
  readonly marks: readonly Mark[]
}

export interface Scene extends Picture {
  /** For pointing: what was drawn where, topmost last. */
  readonly hits: readonly Hit[]
  /** Where each drawn lane lies. */
  readonly laneBoxes: readonly LaneBox[]
  /** Height of all lanes together: the scroll range. */
  readonly contentPx: number
}

export interface Hit {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  readonly target:
    | {
        readonly kind: 'item'
        readonly ref: ItemRef /** How many items this block stands for. */
        readonly count: number
        /** The stretch of time of a block of several items. */
        readonly block?: { readonly startNs: number; readonly endNs: number }
      }
    | { readonly kind: 'lane'; readonly lane: string }
    /** The triangle that opens a lane into what is nested in it. */
    | { readonly kind: 'opener'; readonly lane: string }
    | { readonly kind: 'finding'; readonly finding: string }
    | { readonly kind: 'note'; readonly note: string }
}

export interface LaneBox {
  readonly lane: string
  readonly y: number
  readonly h: number
}

/** Draws a scene, or what is painted of it, on some surface. */
export interface Painter {
  paint(picture: Picture): void
}
