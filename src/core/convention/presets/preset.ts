/**
 * What a preset is made of. A preset is data about one library's instrumentation: which of its spans play which role, and what
 * it never tells. `../rule-book.ts` finds the rule of a span.
 */
export type RuleRole =
  | 'task'
  | 'await'
  | 'wait'
  | 'hold'
  /** Gives back what was held. */
  | 'release'
  /** Makes a new connection: such a wait says nothing about the pool being full. */
  | 'connect'
  /** Begins or ends a transaction. */
  | 'begin'
  | 'end'
  | 'stall'
  /** None: only user rules say so. */
  | 'plain'

export interface SpanRule {
  /** `W1`: what the inspector shows. */
  readonly rule: string
  readonly role: RuleRole
  /** Of the span. */
  readonly name: RegExp
  /** What `db.system.name` has to be. */
  readonly system?: RegExp
  /** The name alone is too common: only spans of the preset's scope are meant. */
  readonly scoped?: true
  readonly confidence: number
  /** Of the task or the resource. */
  readonly type?: string
  /** What to call the resource when no attribute names it. */
  readonly resource?: string
  /** Attributes that tell how many can be had at a time. */
  readonly capacity?: readonly string[]
  /** Numbers in the message of a failed one that add up to it. */
  readonly capacityText?: RegExp
  /** Of a stall: those that ended right after it are taken to have waited for it. */
  readonly delays?: true
}

export interface Preset {
  readonly library: string
  /** Name of its instrumentation scope. */
  readonly scope: RegExp
  readonly rules?: readonly SpanRule[]
  /** Texts of records and zero-length spans written at the end of a stall: what, then its length in seconds. */
  readonly stallTexts?: readonly { readonly text: RegExp; readonly confidence: number }[]
  /** An attribute that names the connection a query went over. */
  readonly connection?: string
  /** What its spans never tell, and the line that would. */
  readonly gap?: Gap
}

export interface Gap {
  /** The needs of detectors that stay unmet because of it. */
  readonly of: 'holds' | 'stalls' | 'accesses' | 'awaits'
  /** `pg tells when a connection was asked for, not when it was given back` */
  readonly unseen: string
  /** `wrap the pool with the recorder: pool('db', new pg.Pool())` */
  readonly add: string
}

/** An acquire span: from asking to getting (W1). */
export const acquire = (name: RegExp, resource: string, more: Partial<SpanRule> = {}): SpanRule => ({
  rule: 'W1',
  role: 'wait',
  name,
  type: 'pool',
  resource,
  confidence: 0.85,
  ...more,
})

/** A span that stands for a task of its own. */
export const task = (rule: string, name: RegExp, type: string, confidence: number): SpanRule => ({
  rule,
  role: 'task',
  name,
  type,
  confidence,
})

/** A span that begins or ends a transaction, or gives back: its name says so (H1). */
export const edge = (role: 'begin' | 'end' | 'release', name: RegExp): SpanRule => ({
  rule: 'H1',
  role,
  name,
  confidence: 0.9,
})

/** A span that makes a connection (H4 asks for it). */
export const connects = (name: RegExp, more: Partial<SpanRule> = {}): SpanRule => ({
  rule: 'H4',
  role: 'connect',
  name,
  confidence: 0.9,
  ...more,
})

/** The gap of a client whose pool shows nothing, and of one that shows acquires only. */
export const silentPool = (library: string, add: string): Gap => ({
  of: 'holds',
  unseen: `${library} shows queries, neither the wait for a connection nor how long it was kept`,
  add,
})
export const acquiresOnly = (library: string, add: string): Gap => ({
  of: 'holds',
  unseen: `${library} shows when a connection was asked for, not when it was given back`,
  add,
})
