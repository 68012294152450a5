/** Where a note is pinned. Names spans and lanes, never rows, so that it survives a re-import. */
export interface Anchor {
  /** 32 hex digits, `''` when the note is on a stretch of time only. */
  readonly traceId: string
  /** 16 hex digits or `''`. */
  readonly spanId: string
  /** `Lane.id`, or `''` for all lanes. */
  readonly lane: string
  /** Unix nanoseconds as decimal strings: a note keeps its instant when the trace is merged with others. */
  readonly fromNs: string
  readonly toNs: string
  /** Other end of a link; last lane of a box. */
  readonly to?: Anchor
}

/** What every entry of a notebook has, so that two notebooks can be merged entry by entry. */
export interface Entry {
  readonly id: string
  /** RFC 3339, the last change; `''` unknown. */
  readonly editedAt: string
}

export const noteKinds = ['label', 'link', 'range', 'box', 'pin'] as const
export type NoteKind = (typeof noteKinds)[number]

/** Names, not values: what they look like is the theme's business. The first is the default. */
export const noteColors = ['violet', 'blue', 'green', 'amber', 'red'] as const
export type NoteColor = (typeof noteColors)[number]

export interface Note extends Entry {
  readonly kind: NoteKind
  readonly anchor: Anchor
  /** Markdown. */
  readonly text: string
  readonly author: string
  /** RFC 3339. */
  readonly createdAt: string
  readonly color: NoteColor
  /** Kept and listed, but not drawn and not shared. */
  readonly hidden: boolean
}

export const atomKinds = ['hypothesis', 'test', 'outcome', 'fix', 'lesson'] as const
export type AtomKind = (typeof atomKinds)[number]

/** What an atom is judged to be; which verdicts a kind knows is in `investigation.ts`. `''` is open. */
export const verdicts = [
  '',
  'supported',
  'refuted',
  'done',
  'supports',
  'refutes',
  'applied',
  'verified',
  'failed',
] as const
export type Verdict = (typeof verdicts)[number]

/** One entry of the investigation. */
export interface Atom extends Entry {
  readonly kind: AtomKind
  /** Markdown. */
  readonly text: string
  /** RFC 3339, when it was written. */
  readonly at: string
  readonly by: string
  /** Places in the trace, and findings by `findingKey` (version 1: by their id in the list). */
  readonly evidence: readonly (Anchor | string)[]
  readonly verdict: Verdict
  /** Id of the atom that this one replaces, `''` none. */
  readonly supersedes: string
  /** Id of the atom that a test, an outcome or a fix is about, `''` none. */
  readonly about: string
  /** Ids of hypotheses that cannot be true together with this one. */
  readonly excludes: readonly string[]
}

/** What the investigator says of a finding, over what was computed. `id` is its `findingKey`; `''` leaves it as computed. */
export interface Judgement extends Entry {
  readonly explains: '' | 'yes' | 'no' | 'partly'
  readonly defect: '' | 'yes' | 'no'
  readonly by: string
}

/** An item of the checklist looked after by hand. `id` is the item's name. */
export interface Check extends Entry {
  readonly done: boolean
  readonly by: string
}

/** What part of the trace is looked at, and how. Times are Unix nanoseconds as decimal strings. */
export interface View {
  readonly fromNs: string
  readonly toNs: string
  /** Id of the selected finding or `''`. */
  readonly finding: string
  readonly playheadNs: string
  /** Lane ids collapsed by hand. */
  readonly collapsed: readonly string[]
  /** Lane ids opened into what is nested in them. */
  readonly opened: readonly string[]
  /** First visible lane id. */
  readonly topLane: string
  /** Lanes of a picture from top to bottom; none where they go by what the picture is about. */
  readonly lanes: readonly string[]
  /** The selected item. */
  readonly selected: Anchor | null
}

/** The user's own work, in lists of entries. */
export interface NotebookContent {
  readonly notes: readonly Note[]
  readonly atoms: readonly Atom[]
  readonly judgements: readonly Judgement[]
  readonly checks: readonly Check[]
}

export const emptyContent: NotebookContent = { notes: [], atoms: [], judgements: [], checks: [] }

/** Everything the user made: what the sidecar, the bundle and the picture carry. */
export interface Notebook extends NotebookContent {
  readonly version: 2
  readonly source: { readonly fingerprint: string; readonly files: readonly string[] }
  readonly view: View
}
