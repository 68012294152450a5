/** Roles by the user's rule: tried on the trace that is open, then kept in the config beside it. */
import { configName } from '../../src/core/config/config-name.ts'
import type { Model } from '../../src/core/convention/model.ts'
import { attributesOf, spanName } from '../../src/core/store/store.ts'
import { configBeside } from '../config-beside.ts'
import { concludeInEngine } from '../engine.ts'
import type { App } from '../state/app.ts'
import { itemOfRow } from '../state/lookup.ts'
import { noRuleDraft, type RuleDraft, ruleOf } from '../state/rule-draft.ts'
import type { OpenTrace } from '../state/trace.ts'
import { announce, toast } from './announce.ts'

const previews = new WeakMap<App, AbortController>()

/** Begins a rule from a span: all of its name, as holds of what an attribute names. */
export function startRule(app: App, row: number): void {
  const { trace } = app.trace.getState()
  if (!trace) return
  const { store } = trace.session
  const named = attributesOf(store, store.spans, row).find(([key]) => /(lock|mutex|resource|pool)/i.test(key))
  const draft: RuleDraft = {
    row,
    name: spanName(store, row),
    service: '',
    role: 'hold',
    resource: named ? `{${named[0]}}` : '',
    capacity: '',
  }
  app.rules.setState({ draft, base: trace, matched: null })
  void preview(app)
}

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
  previews.get(app)?.abort()
  const control = new AbortController()
  previews.set(app, control)
  const config = { ...base.config, rules: [ruleOf(draft), ...base.config.rules] }
  try {
    const { store } = base.session
    const session = await app.pending.track(
      concludeInEngine({ store, report: base.report, config }, control.signal),
    )
    if (control.signal.aborted) return
    const matched = followers(session.model, 'user:1')
    app.rules.setState({ matched })
    show(app, { ...base, session, config }, draft.row)
    announce(app, `${matched} spans follow the rule`)
  } catch (error) {
    if (!control.signal.aborted)
      toast(app, `The rule could not be tried: ${error instanceof Error ? error.message : error}`, 'problem')
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

/** Puts the rules that are shown into the config beside the trace; where that can't be, hands the file over. */
export async function saveRule(app: App): Promise<void> {
  const { draft, base } = app.rules.getState()
  const { trace } = app.trace.getState()
  if (!draft || !base || !trace) return
  const end = app.pending.begin()
  try {
    const file = base.files.find(each => each.token !== '')
    const { withRules } = await import('../../src/core/config/edit-config.ts')
    const before = file ? await configBeside(app.host.fileUrl(file.token)) : ''
    if (before === null) throw new Error('the trace is gone from where it was')
    const text = withRules(before, trace.config.rules)
    const result = file
      ? await app.host.saveConfig(file.token, text)
      : await app.host.saveFile(configName, new TextEncoder().encode(text), 'application/json')
    if (!result.saved) return toast(app, `The rule is not kept: ${result.why}`, 'problem')
    app.rules.setState(noRuleDraft)
    toast(app, `Rule kept in ${result.where}`)
  } catch (error) {
    toast(app, `The rule is not kept: ${error instanceof Error ? error.message : error}`, 'problem')
  } finally {
    end()
  }
}
