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
  /** Other end of a link. */
  readonly to?: Anchor
}

export type NoteKind = 'label' | 'link' | 'range' | 'box' | 'pin'

export interface Note {
  readonly id: string
  readonly kind: NoteKind
  readonly anchor: Anchor
  /** Markdown. */
  readonly text: string
  readonly author: string
  /** RFC 3339. */
  readonly createdAt: string
}

export type AtomKind = 'hypothesis' | 'test' | 'outcome' | 'fix' | 'lesson'

/** One entry of the investigation. */
export interface Atom {
  readonly id: string
  readonly kind: AtomKind
  readonly text: string
  readonly at: string
  readonly by: string
  readonly evidence: readonly (Anchor | string)[]
  readonly verdict: string
  readonly supersedes: string
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
  /** First visible lane id. */
  readonly topLane: string
}

/** Everything the user made: what the sidecar, the bundle and the picture carry. */
export interface Notebook {
  readonly version: 1
  readonly source: { readonly fingerprint: string; readonly files: readonly string[] }
  readonly notes: readonly Note[]
  readonly atoms: readonly Atom[]
  readonly view: View
}
