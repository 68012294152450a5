/**
 * Which rule a span of a process without recorder follows: the user's own first, then the most specific preset. What a rule
 * asks of name and scope is decided once for each pair of them, what it asks of attributes for each span.
 */
import { hasFlag, SpanFlag, type Store } from '../store/store.ts'
import type { AttributeReader } from './attributes/attribute-reader.ts'
import type { Inferred } from './model.ts'
import { languageGaps } from './presets/languages.ts'
import type { Gap, Preset, SpanRule } from './presets/preset.ts'
import { presets } from './presets/registry.ts'
import { fitsGlob, templateKeys, templateOf, type UserRule } from './user-rule.ts'

/** A rule as a span follows it. */
export interface RuleMatch {
  readonly rule: Omit<SpanRule, 'name'> & { readonly permits?: number }
  readonly inferred: Inferred
  /** Template of the resource's name, of user rules. */
  readonly template: string
}

interface Candidate {
  readonly match: RuleMatch
  /** null of a user rule. */
  readonly preset: Preset | null
  readonly specificity: number
  readonly service: string
  readonly system: RegExp | null
  readonly attributes: readonly (readonly [key: string, glob: string])[]
}

export class RuleBook {
  readonly #store: Store
  readonly #attributes: AttributeReader
  readonly #recorded: Uint8Array
  readonly #ownSpans: Uint8Array
  readonly #userRules: readonly UserRule[]
  /** Name → scope → what may apply, most specific first. */
  readonly #known = new Map<number, Map<number, readonly Candidate[]>>()
  /** A preset's rules as far as a scope leaves them, with one test for all their names. */
  readonly #byScope = new Map<number, { readonly any: RegExp; readonly rules: readonly Scoped[] }>()
  readonly #seen = new Set<Preset>()

  constructor(
    store: Store,
    attributes: AttributeReader,
    recorded: Uint8Array,
    ownSpans: Uint8Array,
    userRules: readonly UserRule[] = [],
  ) {
    this.#store = store
    this.#attributes = attributes
    this.#recorded = recorded
    this.#ownSpans = ownSpans
    this.#userRules = userRules
  }

  /** null for most spans, and for all that a recorder wrote. */
  of(row: number): RuleMatch | null {
    const { spans } = this.#store
    const process = spans.process[row]!
    const recorded = this.#recorded[process] === 1
    if ((recorded && this.#userRules.length === 0) || hasFlag(this.#store, row, SpanFlag.ghost)) return null
    const candidates = this.#candidates(spans.name[row]!, spans.scope[row]!)
    if (candidates.length === 0) return null
    if (this.#ownSpans[row] === 1) return null
    let best: Candidate | null = null
    for (const candidate of candidates) {
      if (recorded && candidate.preset) continue
      if (!this.#holds(candidate, row)) continue
      if (best === null) {
        best = candidate
        if (best.preset) this.#seen.add(best.preset)
      } else if (best.match.rule.role !== candidate.match.rule.role || best.preset !== candidate.preset) {
        const { match } = best
        const reason = `${match.inferred.reason}; more specific than ${candidate.match.inferred.rule} of ${candidate.preset?.library ?? 'yours'}`
        return { ...match, inferred: { ...match.inferred, reason } }
      }
    }
    return best?.match ?? null
  }

  /** What the spans of the libraries in this trace never tell, of processes without recorder. */
  gaps(): Gap[] {
    const { spans, processes } = this.#store
    const scopes = new Set<number>()
    for (let row = 0; row < spans.count; row++)
      if (!this.#recorded[spans.process[row]!]) scopes.add(spans.scope[row]!)
    const names = [...scopes].map(scope => this.#store.strings[scope]!)
    const languages = processes
      .filter((_, process) => !this.#recorded[process])
      .map(process => String(process.attributes['telemetry.sdk.language'] ?? ''))
    return [
      ...presets
        .filter(preset => this.#seen.has(preset) || names.some(name => preset.scope.test(name)))
        .flatMap(preset => preset.gap ?? []),
      ...languageGaps
        .filter(({ language }) => languages.some(name => language.test(name)))
        .flatMap(({ gaps }) => gaps),
    ]
  }

  #holds({ service, system, attributes }: Candidate, row: number): boolean {
    const { spans, processes } = this.#store
    if (service !== '' && !fitsGlob(service, processes[spans.process[row]!]!.service)) return false
    if (system && !system.test(this.#attributes.text(spans, row, 'db.system.name'))) return false
    return attributes.every(([key, glob]) => {
      const value = this.#attributes.text(spans, row, key)
      return value !== '' && fitsGlob(glob, value)
    })
  }

  #candidates(name: number, scope: number): readonly Candidate[] {
    let scopes = this.#known.get(name)
    if (!scopes) {
      scopes = new Map()
      this.#known.set(name, scopes)
    }
    let found = scopes.get(scope)
    if (!found) {
      found = this.#find(this.#store.strings[name]!, scope)
      scopes.set(scope, found)
    }
    return found
  }

  #find(name: string, scope: number): readonly Candidate[] {
    const out: Candidate[] = []
    const scopeName = this.#store.strings[scope]!
    for (const [index, rule] of this.#userRules.entries())
      if (fitsGlob(rule.match.name ?? '*', name) && fitsGlob(rule.match.scope ?? '*', scopeName))
        out.push(ofUser(rule, index, name))
    const { any, rules } = this.#ofScope(scope)
    if (any.test(name)) {
      for (const { preset, rule, scoped } of rules) {
        if (!rule.name.test(name)) continue
        out.push(ofPreset(preset, rule, scoped, name))
      }
    }
    return out.length === 0 ? none : out.sort((a, b) => b.specificity - a.specificity)
  }

  #ofScope(scope: number): { readonly any: RegExp; readonly rules: readonly Scoped[] } {
    let found = this.#byScope.get(scope)
    if (!found) {
      const name = this.#store.strings[scope]!
      const rules = presets.flatMap(preset => {
        const scoped = preset.scope.test(name)
        return (preset.rules ?? [])
          .filter(rule => scoped || !rule.scoped)
          .map(rule => ({ preset, rule, scoped }))
      })
      const any = new RegExp(rules.map(({ rule }) => `(?:${rule.name.source})`).join('|') || '(?!)')
      found = { any, rules }
      this.#byScope.set(scope, found)
    }
    return found
  }
}

interface Scoped {
  readonly preset: Preset
  readonly rule: SpanRule
  readonly scoped: boolean
}

const none: readonly Candidate[] = []

/** The scope says most, then conditions on attributes, then a longer name. */
const byScope = 10_000
const byCondition = 1_000

function ofPreset(preset: Preset, rule: SpanRule, scoped: boolean, name: string): Candidate {
  const reason = `inferred from ${name}${name.includes(preset.library) ? '' : ` (${preset.library})`}`
  return {
    match: { rule, inferred: { rule: rule.rule, reason, confidence: rule.confidence }, template: '' },
    preset,
    specificity: (scoped ? byScope : 0) + (rule.system ? byCondition : 0) + rule.name.source.length,
    service: '',
    system: rule.system ?? null,
    attributes: [],
  }
}

/** Of several user rules the first one wins. */
function ofUser(rule: UserRule, index: number, name: string): Candidate {
  const template = rule.resource === undefined ? '' : templateOf(rule.resource)
  const id = `user:${index + 1}`
  return {
    match: {
      rule: {
        rule: id,
        role: rule.role,
        confidence: 0.9,
        type: rule.type ?? (rule.role === 'task' ? 'background' : rule.role === 'await' ? 'io' : 'mutex'),
        ...(rule.capacity !== undefined && { permits: rule.capacity }),
        ...(rule.role === 'stall' && { delays: true }),
      },
      inferred: {
        rule: id,
        reason: `your rule ${index + 1} says so of ${name}`,
        confidence: 0.9,
        stated: true,
      },
      template,
    },
    preset: null,
    specificity: Number.MAX_SAFE_INTEGER - index,
    service: rule.match.service ?? '',
    system: null,
    attributes: [
      ...Object.entries(rule.match.attributes ?? {}),
      ...templateKeys(template).map((key): [string, string] => [key, '*']),
    ],
  }
}
