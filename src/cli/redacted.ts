import type { ImportReport } from '../core/import/import.ts'
import type { Notebook } from '../core/notebook/note.ts'
import type { Session } from '../core/scene/scene.ts'
import type { OpenedSession } from '../core/session.ts'
import { Pseudonyms } from '../core/share/pseudonyms.ts'
import { redactNotebook } from '../core/share/redact-notebook.ts'
import { redactSession } from '../core/share/redact-session.ts'

interface Redacted {
  readonly session: Session
  readonly report: ImportReport
  readonly notebook: Notebook | null
  /** None: files are named by people. */
  readonly files: readonly string[]
}

/** `--redact`: trace and notebook under pseudonyms; `names` are those that other recordings have already. */
export function redacted(
  { session, report, config }: OpenedSession,
  notebook: Notebook | null,
  names = new Pseudonyms(),
): Redacted {
  const made = redactSession(session.store, report, config, names)
  return {
    session: made.session,
    report: made.report,
    notebook: notebook && redactNotebook(notebook, session, made.session, names),
    files: [],
  }
}
