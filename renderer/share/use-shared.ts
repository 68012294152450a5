import { useEffect, useMemo, useState } from 'react'
import { Pseudonyms } from '../../src/core/share/pseudonyms.ts'
import { redactNotebook } from '../../src/core/share/redact-notebook.ts'
import { toast } from '../actions/announce.ts'
import { redactInEngine } from '../engine.ts'
import type { App } from '../state/app.ts'
import { useApp } from '../widgets/app-context.ts'
import { type Shared, sharedNow } from './share-picture.ts'

/** What to share: as it is, or redacted in the engine. Null while that is under way. */
export function useShared(redact: boolean): Shared | null {
  const app = useApp()
  const plain = useMemo(() => sharedNow(app), [app])
  const [redacted, setRedacted] = useState<Shared | null>(null)
  useEffect(() => {
    if (!redact || redacted) return
    const control = new AbortController()
    app.pending.track(redactedShared(app, plain, control.signal)).then(setRedacted, error => {
      if (!control.signal.aborted) toast(app, `Could not be redacted: ${error.message}`, 'problem')
    })
    return () => control.abort()
  }, [app, plain, redact, redacted])
  return redact ? redacted : plain
}

/** The trace, its notebook and the recording of the fix; one thing has one pseudonym in all of them. */
async function redactedShared(app: App, plain: Shared, signal: AbortSignal): Promise<Shared> {
  const trace = app.trace.getState().trace!
  const main = await redactInEngine({ ...trace, store: trace.session.store }, [], signal)
  const { other } = app.compare.getState()
  const after =
    plain.after && other
      ? await redactInEngine({ ...other, store: other.session.store }, main.names, signal)
      : null
  const pseudonyms = new Pseudonyms(main.names)
  return {
    session: main.session,
    report: main.report,
    notebook: redactNotebook(plain.notebook, trace.session, main.session, pseudonyms),
    after,
  }
}
