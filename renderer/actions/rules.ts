/** Roles by the user's rule: tried on the trace that is open, then kept in the config beside it. */
import { configName } from '../../src/core/config/config-name.ts'
import { changedRules, type RuleChange } from '../../src/core/config/rule-change.ts'
import type { Model } from '../../src/core/convention/model.ts'
import { attributesOf, spanName } from '../../src/core/store/store.ts'
import { concludeInEngine } from '../engine.ts'
import type { App } from '../state/app.ts'
import { itemOfRow } from '../state/lookup.ts'
import { draftOf, noRuleDraft, type RuleDraft, ruleOf } from '../state/rule-draft.ts'
import type { OpenTrace } from '../state/trace.ts'
import { announce, toast } from './announce.ts'
import { keepConfig } from './keep-config.ts'

const previews = new WeakMap<App, AbortController>()

/** Begins a rule from a span: all of its name, as holds of what an attribute names. */
export function startRule(app: App, row: number): void {
  const { trace } = app.trace.getState()
  if (!trace) return
  const { store } = trace.session
  const named = attributesOf(store, store.spans, row).find(([key]) => /(lock|mutex|resource|pool)/i.test(key))
  const draft: RuleDraft = {
    row,
    at: -1,
    was: null,
    name: spanName(store, row),
    service: '',
    role: 'hold',
    resource: named ? `{${named[0]}}` : '',
    capacity: '',
  }
  begin(app, trace, draft)
}

/** Opens the rule that a span follows. */
export function editRule(app: App, row: number, at: number): void {
  const { trace } = app.trace.getState()
  const rule = trace?.config.rules[at]
  if (trace && rule) begin(app, trace, draftOf(row, at, rule))
}

function begin(app: App, base: OpenTrace, draft: RuleDraft): void {
  app.rules.setState({ draft, base, matched: null })
  void preview(app)
}

const changeOf = (draft: RuleDraft): RuleChange =>
  draft.at < 0 ? { kind: 'add', rule: ruleOf(draft) } : { kind: 'replace', at: draft.at, rule: ruleOf(draft) }

export function changeRule(app: App, change: Partial<RuleDraft>): void {
  const { draft } = app.rules.getState()
  if (!draft) return
  app.rules.setState({ draft: { ...draft, ...change }, matched: null })
  void preview(app)
}

/** The lanes as they were. */
export function cancelRule(app: App): void {
  const { base } = app.rules.getState()
  previews.get(app)?.abort()
  app.rules.setState(noRuleDraft)
  if (base) show(app, base, -1)
}

async function preview(app: App): Promise<void> {
  const { draft, base } = app.rules.getState()
  if (!draft || !base) return
  try {
    const tried = await conclude(app, base, changeOf(draft))
    if (!tried) return
    const matched = followers(tried.session.model, `user:${Math.max(draft.at, 0) + 1}`)
    app.rules.setState({ matched })
    show(app, tried, draft.row)
    announce(app, `${matched} spans follow the rule`)
  } catch (error) {
    toast(app, `The rule could not be tried: ${error instanceof Error ? error.message : error}`, 'problem')
  }
}

/** The trace with its rules changed; null when another change was made meanwhile. */
async function conclude(app: App, base: OpenTrace, change: RuleChange): Promise<OpenTrace | null> {
  previews.get(app)?.abort()
  const control = new AbortController()
  previews.set(app, control)
  const config = { ...base.config, rules: changedRules(base.config.rules, change) }
  try {
    const { store } = base.session
    const asked = concludeInEngine({ store, report: base.report, config }, control.signal)
    const session = await app.pending.track(asked)
    return control.signal.aborted ? null : { ...base, session, config }
  } catch (error) {
    if (control.signal.aborted) return null
    throw error
  }
}

function show(app: App, trace: OpenTrace, row: number): void {
  app.trace.setState({ trace })
  const selected = row >= 0 ? itemOfRow(trace.session, row) : null
  app.selection.setState(state => ({ ...state, selected, inspect: 'selection' }))
}

/** Rows that a rule gave a role. */
function followers(model: Model, rule: string): number {
  const tables = [model.tasks, model.awaits, model.waits, model.holds, model.stalls]
  return tables.reduce((sum, table) => sum + table.filter(row => row.inferred?.rule === rule).length, 0)
}

/** Puts the rule into the config beside the trace; where that can't be, hands the file over. */
export async function saveRule(app: App): Promise<void> {
  const { draft, base } = app.rules.getState()
  if (draft && base) await keep(app, base, changeOf(draft))
}

/** Takes the rule that is edited out of the config. */
export async function removeRule(app: App): Promise<void> {
  const { draft, base } = app.rules.getState()
  if (!draft || !base) return
  const change: RuleChange = { kind: 'remove', at: draft.at }
  if (!(await keep(app, base, change))) return
  const trace = await conclude(app, base, change).catch(() => null)
  if (trace) show(app, trace, draft.row)
}

/** Whether it was written. */
async function keep(app: App, base: OpenTrace, change: RuleChange): Promise<boolean> {
  try {
    const { parseConfig } = await import('../../src/core/config/parse-config.ts')
    const { withRule } = await import('../../src/core/config/edit-config.ts')
    const known = parseConfig('', JSON.stringify({ rules: base.config.rules })).rules
    const where = await keepConfig(app, base, before => {
      const there = change.kind === 'add' ? known : parseConfig(configName, before).rules
      if (JSON.stringify(there) !== JSON.stringify(known))
        throw new Error(`${configName} beside the trace has other rules; open the trace again`)
      return withRule(before, change)
    })
    app.rules.setState(noRuleDraft)
    toast(app, `Rule ${change.kind === 'remove' ? 'removed from' : 'kept in'} ${where}`)
    return true
  } catch (error) {
    toast(app, `Nothing is changed: ${error instanceof Error ? error.message : error}`, 'problem')
    return false
  }
}
