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
}

/**
 * Everything is derived again from the redacted trace, so that no label or sentence tells what it hides. `pseudonyms`
 * takes in what was replaced by what: for the notes, and for another recording of the same things.
 */
export function redactSession(
  original: Store,
  given: ImportReport,
  config: Config,
  pseudonyms: Pseudonyms,
): RedactedSession {
  const report = redactReport(given)
  return { session: concludeSession(redactStore(original, pseudonyms), report, config), report }
}

/** Files are named by people, and examples quote what was read. */
const redactReport = ({ inputs, issues }: ImportReport): ImportReport => ({
  inputs: inputs.map((input, at) => ({ ...input, file: `file ${at + 1}` })),
  issues: issues.map(issue => ({ ...issue, example: '' })),
})
