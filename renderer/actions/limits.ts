/** Limits of the detectors: tried on the open trace, then kept in the config beside it. */
import type { Config } from '../../src/core/config/config.ts'
import { concludeInEngine } from '../engine.ts'
import type { App } from '../state/app.ts'
import type { OpenTrace } from '../state/trace.ts'
import { announce, toast } from './announce.ts'
import { keepConfig } from './keep-config.ts'

export type Limits = Config['thresholds']

/** The analysis made again with these limits; the lanes and findings on screen are those of the result. */
export async function tryLimits(app: App, base: OpenTrace, thresholds: Limits): Promise<void> {
  const config = { ...base.config, thresholds }
  try {
    const session = await app.pending.track(
      concludeInEngine(
        { store: base.session.store, report: base.report, config },
        new AbortController().signal,
      ),
    )
    if (app.trace.getState().trace?.session.store.fingerprint !== session.store.fingerprint) return
    show(app, { ...base, session, config })
    announce(app, `${session.analysis.findings.length} findings with these limits`)
  } catch (error) {
    toast(app, `The limits could not be tried: ${error instanceof Error ? error.message : error}`, 'problem')
  }
}

/** Back to the limits and findings from before. */
export const showAsBefore = (app: App, base: OpenTrace): void => show(app, base)

function show(app: App, trace: OpenTrace): void {
  app.trace.setState({ trace })
  const { finding } = app.selection.getState()
  const { findings } = trace.session.analysis
  // Findings are numbered anew.
  if (!findings.some(({ id }) => id === finding)) app.selection.setState({ finding: findings[0]?.id ?? '' })
}

export async function keepLimits(app: App, trace: OpenTrace): Promise<boolean> {
  try {
    const { withThresholds } = await import('../../src/core/config/edit-config.ts')
    const where = await keepConfig(app, trace, before => withThresholds(before, trace.config.thresholds))
    toast(app, `Limits kept in ${where}`)
    return true
  } catch (error) {
    toast(app, `The limits are not kept: ${error instanceof Error ? error.message : error}`, 'problem')
    return false
  }
}
