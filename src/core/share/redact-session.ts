import type { Config } from '../config/config.ts'
import type { ImportReport } from '../import/import.ts'
import type { Session } from '../scene/scene.ts'
import { concludeSession } from '../session.ts'
import type { Store } from '../store/store.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { redactStore } from './redact.ts'

export interface RedactedSession {
  readonly session: Session
  readonly report: ImportReport
  readonly pseudonyms: Pseudonyms
}

/** Everything is derived again from the redacted trace, so that no label or sentence tells what it hides. */
export function redactSession(original: Store, given: ImportReport, config: Config): RedactedSession {
  const { store, pseudonyms } = redactStore(original)
  const report = redactReport(given)
  return { session: concludeSession(store, report, config), report, pseudonyms }
}

/** Files are named by people, and examples quote what was read. */
const redactReport = ({ inputs, issues }: ImportReport): ImportReport => ({
  inputs: inputs.map((input, at) => ({ ...input, file: `file ${at + 1}` })),
  issues: issues.map(issue => ({ ...issue, example: '' })),
})
