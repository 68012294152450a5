import type { App } from '../state/app.ts'
import { type NotebookState, redo, sameContent, undo } from '../state/notebook.ts'

export const now = (): string => new Date().toISOString()

/** Every change of the notebook marks it unsaved and starts the clock of the autosave. */
export function changeNotebook(app: App, next: (state: NotebookState) => NotebookState): void {
  const before = app.notebook.getState()
  const after = next(before)
  if (after === before) return
  const touched = !sameContent(after, before)
  app.notebook.setState(touched ? { ...after, saving: { kind: 'unsaved' } } : after)
  if (touched) app.autosave.touch()
}

export const undoNotes = (app: App): void => changeNotebook(app, undo)
export const redoNotes = (app: App): void => changeNotebook(app, redo)
