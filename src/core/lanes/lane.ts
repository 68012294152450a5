/**
 * A lane is one row of the timeline: a loop, a resource, a queue, a state key, a task (or several tasks packed), or logs and marks.
 * Lanes are laid out once per trace; drawing takes their items through `scene/`.
 */
export type LaneKind = 'loop' | 'gauge' | 'resource' | 'queue' | 'state' | 'task' | 'marks'

export interface Lane {
  /** Stable over re-imports (names, not rows): `resource:db-pool`, `task:api:12`. Notes are anchored to it. */
  readonly id: string
  readonly kind: LaneKind
  readonly label: string
  /** Heading it stands under: the service and, for tasks, the operation. */
  readonly group: string
  readonly process: number
  /** Index of the loop, resource, key or first task in the model, of the queue in `queuesOf`, of the gauge in the store, -1. */
  readonly subject: number
  /** Sub-rows: slots of a pool, stacked spans of a task. */
  readonly rows: number
  /** Id of the lane that nests this one when it is opened: of the task that started this one's. */
  readonly parent?: string
  /** Lane's items, by start time. */
  readonly items: LaneItems
}

/** What an item is, and how it is drawn. */
export const itemKinds = [
  'task',
  'slice',
  'await',
  'wait',
  'hold',
  'access',
  'stall',
  'span',
  'timer',
  'mark',
  'queued',
] as const
export type ItemKind = (typeof itemKinds)[number]

/** Columns; `ref` is an index into the model table of the item's kind (span row for `span`, the put for `queued`). */
export interface LaneItems {
  readonly count: number
  readonly startNs: Float64Array
  readonly endNs: Float64Array
  /** Index into `itemKinds`. */
  readonly kind: Uint8Array
  /** Sub-row, 0 = top. */
  readonly row: Uint16Array
  readonly ref: Int32Array
  /** Span row behind it, -1. */
  readonly span: Int32Array
  readonly flags: Uint8Array
}

/** Bits of `LaneItems.flags`. */
export const ItemFlag = { open: 1, error: 2, contended: 4, inferred: 8, finding: 16 } as const
