import { announce, toast } from '../actions/announce.ts'
import { chooseFiles } from '../actions/open-dialog.ts'
import { openInEngine } from '../engine.ts'
import type { App } from '../state/app.ts'
import type { InputFile } from '../state/trace.ts'

/** Asks for the recording to compare the open trace with. */
export async function compareWith(app: App): Promise<void> {
  try {
    await compareFiles(app, await chooseFiles(app))
  } catch (error) {
    toast(app, `Could not be compared: ${error instanceof Error ? error.message : error}`, 'problem')
  }
}

/** Reads the files beside the open trace and shows both. The open trace stays as it is. */
async function compareFiles(app: App, files: readonly InputFile[]): Promise<void> {
  const first = files[0]
  if (!first || !app.trace.getState().trace) return
  const name = files.length === 1 ? first.name : `${first.name} + ${files.length - 1}`
  const end = app.pending.begin()
  const control = new AbortController()
  app.compare.setState({ other: null, loading: name, cancel: () => control.abort() })
  app.dialogs.setState({ open: 'compare' })
  try {
    const inputs = files.map(({ name, size, from }) => ({ name, size, from }))
    const outcome = await openInEngine({ inputs, clockOffsetsNs: [] }, control.signal)
    if (outcome.kind === 'failed') throw new Error(outcome.message)
    if (outcome.kind !== 'opened') throw new Error(`${name} carries no spans`)
    app.compare.setState({ other: { ...outcome.opened, name }, loading: '' })
    announce(app, `Comparing with ${name}`)
  } catch (error) {
    app.dialogs.setState({ open: 'none' })
    app.compare.setState({ loading: '' })
    if (!control.signal.aborted) throw error
  } finally {
    end()
  }
}
