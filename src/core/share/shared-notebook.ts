import { anchorOf } from '../notebook/anchors.ts'
import { emptyContent, type Notebook } from '../notebook/note.ts'
import type { Session } from '../scene/scene.ts'
import { unixNano } from '../store/store.ts'
import type { PictureView } from './compose-view.ts'

/** The picture's own notebook: the notes that are on it and the view it shows. */
export function sharedNotebook(
  session: Session,
  { finding, startNs, endNs, playheadNs, lanes, collapsed, opened, selected }: PictureView,
  given: Notebook | null,
  files: readonly string[],
): Notebook {
  const { store } = session
  const { notes, atoms, judgements, checks } = given ?? emptyContent
  return {
    version: 2,
    source: { fingerprint: store.fingerprint, files: files.map(file => file.split(/[\\/]/).at(-1) ?? '') },
    notes: notes.filter(note => !note.hidden),
    atoms,
    judgements,
    checks,
    view: {
      fromNs: unixNano(store, startNs),
      toNs: unixNano(store, endNs),
      finding: finding?.id ?? '',
      playheadNs: playheadNs < 0 ? '' : unixNano(store, playheadNs),
      collapsed: [...collapsed],
      opened: [...opened],
      topLane: lanes[0] ?? '',
      lanes,
      selected: selected && anchorOf(session, selected),
    },
  }
}
