import type { Note } from '../../src/core/notebook/note.ts'
import type { App } from './app.ts'

/** Notes as the lanes show them now: none while they are out of sight, and the first end of a link in the making. */
export function drawnNotes(app: App): readonly Note[] {
  const { notes, veiled, linkFrom } = app.notebook.getState()
  const drawn = veiled ? [] : notes
  if (!linkFrom) return drawn
  const end: Note = {
    id: 'link',
    kind: 'label',
    anchor: linkFrom,
    text: 'The link begins here',
    author: '',
    createdAt: '',
    editedAt: '',
    color: 'blue',
    hidden: false,
  }
  return [...drawn, end]
}
