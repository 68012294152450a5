import { compareWith } from '../compare/compare-with.ts'
import type { App } from '../state/app.ts'
import type { CommandId } from '../state/key-map.ts'
import {
  annotate,
  annotateBox,
  annotateRange,
  cancelLink,
  keepMark,
  link,
  markTemporarily,
  pinPlayhead,
} from './annotate.ts'
import { growArea } from './area.ts'
import { redoNotes, undoNotes } from './change-notebook.ts'
import { copyLink } from './deep-link.ts'
import { deleteSelected, finishNote, veilNotes } from './edit-notes.ts'
import { openSelectedLane, pinLane } from './fold-lanes.ts'
import { addAtom, exportNotebook, takeOverAll } from './investigate.ts'
import { navigateBack, navigateForward, panByPart, showAll, showStretch, zoomBy } from './navigate.ts'
import { openDialog, openSample } from './open-dialog.ts'
import { togglePane } from './panes.ts'
import { stepPlayhead, togglePlay } from './playback.ts'
import { clearSearch, stepMatch } from './search.ts'
import {
  clearSelection,
  focusSelection,
  followToHolder,
  followToWaiter,
  stepFinding,
  stepInLane,
  stepLane,
  stretchNow,
} from './select.ts'
import { togglePath } from './show-path.ts'

/** One step of a key that zooms or pans; held keys go on from there in the frame loop. */
const ZOOM_STEP = 1.25
const PAN_STEP = 0.12

const run: Record<CommandId, (app: App) => void> = {
  open: app => void openDialog(app, false),
  live: app => app.dialogs.setState({ open: 'live' }),
  search: app => {
    app.dialogs.setState({ open: 'none' })
    app.search.setState({ active: true })
  },
  palette: app => app.dialogs.setState({ open: 'palette' }),
  lanes: app => app.dialogs.setState({ open: 'lanes' }),
  help: app => app.dialogs.setState({ open: 'help' }),
  settings: app => app.dialogs.setState({ open: 'settings' }),
  compare: app => void compareWith(app),
  share: app => {
    if (app.trace.getState().trace) app.dialogs.setState({ open: 'share' })
  },
  'left-pane': app => togglePane(app, 'left'),
  'right-pane': app => togglePane(app, 'right'),
  'zoom-in': app => zoomBy(app, 1 / ZOOM_STEP, app.surface.pointerNs ?? undefined),
  'zoom-out': app => zoomBy(app, ZOOM_STEP, app.surface.pointerNs ?? undefined),
  'pan-left': app => panByPart(app, -PAN_STEP),
  'pan-right': app => panByPart(app, PAN_STEP),
  focus: focusSelection,
  'fit-all': showAll,
  'zoom-range': app => {
    const stretch = stretchNow(app)
    if (stretch) showStretch(app, stretch.startNs, stretch.endNs)
  },
  'next-item': app => stepInLane(app, 1),
  'previous-item': app => stepInLane(app, -1),
  'lane-up': app => stepLane(app, -1),
  'lane-down': app => stepLane(app, 1),
  'area-up': app => growArea(app, -1),
  'area-down': app => growArea(app, 1),
  'to-holder': followToHolder,
  'to-waiter': followToWaiter,
  'critical-path': togglePath,
  'next-finding': app => stepFinding(app, 1),
  'previous-finding': app => stepFinding(app, -1),
  'only-involved': app => app.view.setState(view => ({ onlyInvolved: !view.onlyInvolved, scrollPx: 0 })),
  'next-match': app => stepMatch(app, 1),
  'previous-match': app => stepMatch(app, -1),
  'pin-lane': pinLane,
  'open-lane': openSelectedLane,
  play: togglePlay,
  'step-forward': app => stepPlayhead(app, 1),
  'step-back': app => stepPlayhead(app, -1),
  mark: markTemporarily,
  'keep-mark': keepMark,
  annotate,
  'annotate-range': annotateRange,
  'annotate-box': annotateBox,
  pin: pinPlayhead,
  link,
  'veil-notes': veilNotes,
  hypothesis: app => addAtom(app, 'hypothesis'),
  investigation: app => app.dialogs.setState({ open: 'investigation' }),
  'take-over': takeOverAll,
  'save-notebook': app => void exportNotebook(app),
  delete: deleteSelected,
  undo: undoNotes,
  redo: redoNotes,
  gallery: app => void openSample(app, 'gallery'),
  'copy-link': app => void app.pending.track(copyLink(app)),
  back: navigateBack,
  forward: navigateForward,
  escape: clearInnermost,
}

/** Commands that need no trace. */
const always = new Set<CommandId>(['open', 'live', 'gallery', 'palette', 'help', 'settings', 'escape'])

export function runCommand(app: App, command: CommandId): void {
  if (!always.has(command) && !app.trace.getState().trace) return
  run[command](app)
}

/** Innermost first: dialog, search, note being written, load, problem, then what is selected. */
function clearInnermost(app: App): void {
  const { open } = app.dialogs.getState()
  const { loading, problem } = app.trace.getState()
  if (open !== 'none') app.dialogs.setState({ open: 'none' })
  else if (app.search.getState().active) clearSearch(app)
  else if (app.notebook.getState().editing) finishNote(app)
  else if (cancelLink(app)) return
  else if (loading) loading.cancel()
  else if (problem) app.trace.setState({ problem: null })
  else if (!clearSelection(app)) clearSearch(app)
}
