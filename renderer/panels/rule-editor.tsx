import './rule-editor.css'
import type { ReactNode } from 'react'
import { userRoles } from '../../src/core/convention/user-rule.ts'
import { attributesOf } from '../../src/core/store/store.ts'
import { cancelRule, changeRule, removeRule, saveRule } from '../actions/rules.ts'
import type { RuleDraft } from '../state/rule-draft.ts'
import type { OpenTrace } from '../state/trace.ts'
import { useApp, useApps } from '../widgets/app-context.ts'
import { plural } from '../widgets/format.ts'

const words: Readonly<Record<RuleDraft['role'], string>> = {
  task: 'a task of its own',
  await: 'an await',
  wait: 'a wait for a resource',
  hold: 'a hold of a resource',
  stall: 'a stall of the event loop',
  plain: 'nothing special',
}

/** "Treat spans like this as …": every change shows in the lanes at once. */
export function RuleEditor() {
  const app = useApp()
  const { draft, base, matched } = useApps(
    ({ rules }) => rules,
    state => state,
  )
  if (!draft || !base) return null
  const change = (part: Partial<RuleDraft>): void => changeRule(app, part)
  const named = draft.role === 'hold' || draft.role === 'wait' || draft.role === 'await'
  return (
    <form
      className="rule-editor"
      aria-label="Rule"
      onSubmit={event => {
        event.preventDefault()
        void saveRule(app)
      }}
      onKeyDown={event => event.key === 'Escape' && cancelRule(app)}
    >
      <h2>Treat spans like this</h2>
      <Field label="Name" hint="* is any text">
        <input
          className="input"
          value={draft.name}
          onChange={event => change({ name: event.target.value })}
        />
      </Field>
      <Field label="Service" hint="any, when empty">
        <input
          className="input"
          value={draft.service}
          onChange={event => change({ service: event.target.value })}
        />
      </Field>
      <Field label="As">
        <select
          className="input"
          value={draft.role}
          onChange={event => change({ role: event.target.value as RuleDraft['role'] })}
        >
          {userRoles.map(role => (
            <option key={role} value={role}>
              {words[role]}
            </option>
          ))}
        </select>
      </Field>
      {named && (
        <Field label="Of" hint="text, or an attribute in braces">
          <input
            className="input"
            value={draft.resource}
            placeholder="its name"
            list="rule-attributes"
            onChange={event => change({ resource: event.target.value })}
          />
          <Attributes base={base} row={draft.row} />
        </Field>
      )}
      {named && draft.role !== 'await' && (
        <Field label="At a time" hint="how many may have it">
          <input
            className="input"
            inputMode="numeric"
            value={draft.capacity}
            placeholder="1"
            onChange={event => change({ capacity: event.target.value.replace(/\D/g, '').slice(0, 6) })}
          />
        </Field>
      )}
      <p className="rule-matched" role="status">
        {matched === null
          ? 'Trying it…'
          : draft.role === 'plain'
            ? 'Spans like this have no role.'
            : `${plural(matched, 'span')} of this trace ${matched === 1 ? 'follows' : 'follow'} it.`}
      </p>
      <div className="rule-actions">
        {draft.at >= 0 && (
          <button type="button" className="button rule-remove" onClick={() => void removeRule(app)}>
            Remove rule
          </button>
        )}
        <button type="button" className="button" onClick={() => cancelRule(app)}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={matched === null}>
          Keep rule
        </button>
      </div>
    </form>
  )
}

function Field({
  label,
  hint,
  children,
}: {
  readonly label: string
  readonly hint?: string
  readonly children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is its child
    <label className="rule-field">
      <span>{label}</span>
      {children}
      {hint && <small>{hint}</small>}
    </label>
  )
}

/** The span's attributes, as the resource's name takes them. */
function Attributes({ base, row }: { readonly base: OpenTrace; readonly row: number }) {
  const { store } = base.session
  return (
    <datalist id="rule-attributes">
      {attributesOf(store, store.spans, row).map(([key]) => (
        <option key={key} value={`{${key}}`} />
      ))}
    </datalist>
  )
}
