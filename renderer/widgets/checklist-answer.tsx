import type { ChecklistItem } from '../../src/core/detect/finding.ts'

/** What the trace says to a question of the checklist, and why. */
export const ChecklistAnswer = ({ state, why }: Pick<ChecklistItem, 'state' | 'why'>) => (
  <>
    <span className={`checklist-state ${state}`}>
      {state === 'not-observable' ? 'not observable' : state}
    </span>
    <span className="muted">{why}</span>
  </>
)
