import { codeOf } from '../lanes/items.ts'
import type { ItemKind, Lane, LaneItems } from '../lanes/lane.ts'
import { itemKinds } from '../lanes/lane.ts'
import { type LaneStack, lanesBetween, type PlacedLane, RULER_PX, stackLanes } from './geometry.ts'
import { LabelPlacer } from './labels.ts'
import type { Hit, LaneBox, Mark, SceneInput } from './scene.ts'
import { type Theme, theme } from './theme.ts'

/** Bars one frame may draw: a few ms of canvas time. */
const BARS = 8000

/** A scene in the making: what all layers share. Layers push marks, wish for labels and register hits. */
export class Frame {
  readonly input: SceneInput
  readonly theme: Theme
  readonly marks: Mark[] = []
  /** Drawn over all lanes: outlines of what is selected, findings, arrows. */
  readonly over: Mark[] = []
  readonly hits: Hit[] = []
  readonly labels: LabelPlacer
  /** Lanes that are at least partly in view, `y` in px of the scene. */
  readonly visible: readonly PlacedLane[]
  readonly laneBoxes: readonly LaneBox[]
  readonly contentPx: number
  readonly nsPerPx: number
  readonly leftPx: number
  readonly rightPx: number
  readonly topPx = RULER_PX
  readonly bottomPx: number
  /** A row's share of the bars that one frame draws. */
  readonly barsPerRow: number
  /** Bottom of the last lane. */
  readonly lanesBottomPx: number
  /** Layers draw only what the query found: set once the rest lies under the veil. */
  matchingOnly = false
  readonly #stack: LaneStack
  /** From a lane's place in the stack to the scene. */
  readonly #shiftPx: number

  constructor(input: SceneInput) {
    this.input = input
    this.theme = theme(input.theme)
    this.labels = new LabelPlacer(input.measure)
    const { viewport } = input
    this.leftPx = viewport.gutterPx
    this.rightPx = Math.max(viewport.gutterPx + 1, viewport.widthPx)
    this.bottomPx = viewport.heightPx
    this.nsPerPx = Math.max(1e-3, (viewport.endNs - viewport.startNs) / (this.rightPx - this.leftPx))
    this.#stack = stackLanes(input.lanes, input)
    this.#shiftPx = RULER_PX - viewport.scrollPx
    const { heightPx } = this.#stack
    this.contentPx = heightPx
    this.visible = lanesBetween(
      this.#stack,
      viewport.scrollPx,
      viewport.scrollPx + viewport.heightPx - RULER_PX,
    ).map(lane => this.#onScene(lane))
    this.barsPerRow = Math.max(160, BARS / Math.max(1, this.#rowsInView()))
    this.lanesBottomPx = this.#shiftPx + heightPx
    this.laneBoxes = this.visible.map(({ lane, y, geometry }) => ({
      lane: lane.id,
      y,
      h: geometry.heightPx,
    }))
  }

  #rowsInView(): number {
    let rows = 0
    for (const { lane, geometry, y } of this.visible) {
      const inView = Math.min(this.bottomPx, y + geometry.heightPx) - Math.max(this.topPx, y)
      rows += Math.ceil(lane.rows * Math.min(1, Math.max(0, inView / geometry.heightPx)))
    }
    return rows
  }

  x(ns: number): number {
    return this.leftPx + (ns - this.input.viewport.startNs) / this.nsPerPx
  }

  /** x kept within a little more than the view: canvases dislike coordinates far outside. */
  clampedX(ns: number): number {
    return Math.min(this.rightPx + 40, Math.max(this.leftPx - 40, this.x(ns)))
  }

  inView(startNs: number, endNs: number): boolean {
    const { viewport } = this.input
    return endNs >= viewport.startNs && startNs <= viewport.endNs
  }

  lane(id: string): PlacedLane | undefined {
    const placed = this.#stack.byId.get(id)
    return placed && this.#onScene(placed)
  }

  #onScene(placed: PlacedLane): PlacedLane {
    return { ...placed, y: placed.y + this.#shiftPx }
  }

  push(mark: Mark): void {
    this.marks.push(mark)
  }

  text(text: string, sizePx: number, bold = false): number {
    return this.input.measure(text, sizePx, bold)
  }
}

/** By kind: item by row of its table, −1 none. */
const lookups = new WeakMap<Lane, readonly Int32Array[]>()

/** Item of a lane that stands for row `ref` of the model's table of `kind`; −1 when the lane has none. */
export function itemOf(lane: Lane, kind: ItemKind, ref: number): number {
  let lookup = lookups.get(lane)
  if (!lookup) {
    lookup = lookupOf(lane.items)
    lookups.set(lane, lookup)
  }
  return lookup[codeOf(kind)]![ref] ?? -1
}

function lookupOf({ count, kind, ref }: LaneItems): readonly Int32Array[] {
  const rows = itemKinds.map(() => 0)
  for (let at = 0; at < count; at++) rows[kind[at]!] = Math.max(rows[kind[at]!]!, ref[at]! + 1)
  const lookup = rows.map(length => new Int32Array(length).fill(-1))
  for (let at = 0; at < count; at++) if (ref[at]! >= 0) lookup[kind[at]!]![ref[at]!] = at
  return lookup
}
