/** Which key does what: one table for the keyboard, the help overlay and the command palette. */
export const commandIds = [
  'open',
  'live',
  'search',
  'palette',
  'lanes',
  'help',
  'settings',
  'share',
  'compare',
  'left-pane',
  'right-pane',
  'zoom-in',
  'zoom-out',
  'pan-left',
  'pan-right',
  'focus',
  'fit-all',
  'zoom-range',
  'next-item',
  'previous-item',
  'lane-up',
  'lane-down',
  'area-up',
  'area-down',
  'to-holder',
  'to-waiter',
  'critical-path',
  'next-finding',
  'previous-finding',
  'only-involved',
  'next-match',
  'previous-match',
  'pin-lane',
  'open-lane',
  'play',
  'step-forward',
  'step-back',
  'mark',
  'keep-mark',
  'annotate',
  'annotate-range',
  'annotate-box',
  'pin',
  'link',
  'veil-notes',
  'hypothesis',
  'investigation',
  'take-over',
  'save-notebook',
  'delete',
  'undo',
  'redo',
  'back',
  'forward',
  'copy-link',
  'gallery',
  'escape',
] as const

export type CommandId = (typeof commandIds)[number]

export interface Binding {
  readonly id: CommandId
  readonly title: string
  /** As the help shows it. */
  readonly keys: readonly string[]
  readonly section: 'Move' | 'Select' | 'Replay' | 'Annotate' | 'App'
}

export const bindings: readonly Binding[] = [
  { id: 'zoom-in', title: 'Zoom in at the cursor', keys: ['W', '+'], section: 'Move' },
  { id: 'zoom-out', title: 'Zoom out', keys: ['S', '−'], section: 'Move' },
  { id: 'pan-left', title: 'Pan left', keys: ['A', '←'], section: 'Move' },
  { id: 'pan-right', title: 'Pan right', keys: ['D', '→'], section: 'Move' },
  { id: 'focus', title: 'Centre the selection; again: fit it', keys: ['F'], section: 'Move' },
  { id: 'fit-all', title: 'Fit the whole trace', keys: ['0'], section: 'Move' },
  { id: 'zoom-range', title: 'Zoom to the selected range', keys: ['Z'], section: 'Move' },
  { id: 'back', title: 'Back to where you were', keys: ['Alt ←'], section: 'Move' },
  { id: 'forward', title: 'Forward again', keys: ['Alt →'], section: 'Move' },
  { id: 'gallery', title: 'Gallery of lanes and states', keys: [], section: 'App' },
  { id: 'copy-link', title: 'Copy a link to this view', keys: ['Ctrl Shift L'], section: 'App' },
  { id: 'next-finding', title: 'Next finding', keys: ['N'], section: 'Select' },
  { id: 'previous-finding', title: 'Previous finding', keys: ['Shift N'], section: 'Select' },
  { id: 'only-involved', title: 'Only lanes of the finding, or all', keys: ['V'], section: 'Select' },
  { id: 'next-match', title: 'Next match of the search', keys: ['Ctrl G'], section: 'Select' },
  { id: 'previous-match', title: 'Match before', keys: ['Ctrl Shift G'], section: 'Select' },
  { id: 'pin-lane', title: 'Pin the lane on top, or not', keys: ['P'], section: 'Select' },
  {
    id: 'open-lane',
    title: 'Open the lane into what is nested in it, or close it',
    keys: ['E'],
    section: 'Select',
  },
  { id: 'next-item', title: 'Next in the lane', keys: ['.'], section: 'Select' },
  { id: 'previous-item', title: 'Previous in the lane', keys: [','], section: 'Select' },
  { id: 'lane-up', title: 'Same time, lane above', keys: ['↑'], section: 'Select' },
  { id: 'lane-down', title: 'Same time, lane below', keys: ['↓'], section: 'Select' },
  { id: 'area-up', title: 'Area over one lane more or less, upwards', keys: ['Shift ↑'], section: 'Select' },
  { id: 'area-down', title: 'The same downwards', keys: ['Shift ↓'], section: 'Select' },
  { id: 'to-holder', title: 'From a waiter to what it waits for', keys: [']'], section: 'Select' },
  { id: 'to-waiter', title: 'From a hold to who waits', keys: ['['], section: 'Select' },
  { id: 'critical-path', title: 'Critical path of the task, or not', keys: ['K'], section: 'Select' },
  { id: 'escape', title: 'Close or clear, innermost first', keys: ['Esc'], section: 'Select' },
  { id: 'play', title: 'Play or pause', keys: ['Space'], section: 'Replay' },
  { id: 'step-forward', title: 'Playhead to the next event', keys: ['Shift →'], section: 'Replay' },
  { id: 'step-back', title: 'Playhead to the event before', keys: ['Shift ←'], section: 'Replay' },
  { id: 'annotate', title: 'Note on the selection', keys: ['Enter'], section: 'Annotate' },
  { id: 'annotate-range', title: 'Note on the stretch of time', keys: ['R'], section: 'Annotate' },
  {
    id: 'annotate-box',
    title: 'Box note over the selected area',
    keys: ['B'],
    section: 'Annotate',
  },
  { id: 'link', title: 'Link from here; again: to here', keys: ['L'], section: 'Annotate' },
  { id: 'pin', title: 'Pin at the playhead', keys: ['I'], section: 'Annotate' },
  { id: 'veil-notes', title: 'Notes out of sight, or back', keys: ['H'], section: 'Annotate' },
  { id: 'hypothesis', title: 'Hypothesis on the selection', keys: ['Y'], section: 'Annotate' },
  { id: 'investigation', title: 'Investigation: table and timeline', keys: ['Shift Y'], section: 'Annotate' },
  { id: 'take-over', title: 'Take over findings and what was ruled out', keys: [], section: 'Annotate' },
  { id: 'save-notebook', title: 'Save the notebook as…', keys: [], section: 'Annotate' },
  { id: 'mark', title: 'Mark the selection for now', keys: ['M'], section: 'Annotate' },
  { id: 'keep-mark', title: 'Keep the mark as a note', keys: ['Shift M'], section: 'Annotate' },
  { id: 'delete', title: 'Delete the note on the selection', keys: ['Delete'], section: 'Annotate' },
  { id: 'undo', title: 'Undo in the notebook', keys: ['Ctrl Z'], section: 'Annotate' },
  { id: 'redo', title: 'Redo in the notebook', keys: ['Ctrl Shift Z'], section: 'Annotate' },
  { id: 'open', title: 'Open a trace', keys: ['Ctrl O'], section: 'App' },
  { id: 'live', title: 'Live: receive spans on this machine', keys: [], section: 'App' },
  { id: 'search', title: 'Search', keys: ['/', 'Ctrl F'], section: 'App' },
  { id: 'lanes', title: 'Jump to a lane', keys: ['Ctrl P'], section: 'App' },
  { id: 'palette', title: 'All commands', keys: ['Ctrl Shift P'], section: 'App' },
  { id: 'share', title: 'Share', keys: ['Ctrl S'], section: 'App' },
  { id: 'compare', title: 'Compare with another recording', keys: ['C'], section: 'App' },
  { id: 'left-pane', title: 'Findings and notebook, or not', keys: ['Ctrl B'], section: 'App' },
  { id: 'right-pane', title: 'Inspector and state, or not', keys: ['Q'], section: 'App' },
  { id: 'settings', title: 'Settings', keys: ['Ctrl ,'], section: 'App' },
  { id: 'help', title: 'Keys and mouse', keys: ['?'], section: 'App' },
]

export interface KeyPress {
  readonly code: string
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

export interface KeyContext {
  /** Focus is in a text box. */
  readonly typing: boolean
  /** Focus is on a button, list or other control that has a use for Space, Enter and the arrows. */
  readonly control: boolean
}

/** What a preset has on other keys: physical key → command. */
export type PresetKeys = ReadonlyMap<string, readonly [command: CommandId, ...unknown[]]>

/** Physical keys, so that W S A D lie together on every layout; `?`, `/` and `+` go by what they type as well. */
export function commandFor(press: KeyPress, context: KeyContext, preset?: PresetKeys): CommandId | null {
  if (press.code === 'Escape') return 'escape'
  if (press.ctrlKey || press.metaKey) return withCommandKey(press, context)
  if (context.typing) return null
  if (press.altKey)
    return press.code === 'ArrowLeft' ? 'back' : press.code === 'ArrowRight' ? 'forward' : null
  if (context.control && controlKeys.has(press.code)) return null
  if (press.key === '?') return 'help'
  if (press.key === '/') return 'search'
  if (press.shiftKey) return shifted.get(press.code) ?? null
  return preset?.get(press.code)?.[0] ?? plain.get(press.code) ?? null
}

const controlKeys = new Set([
  'Space',
  'Enter',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Delete',
  'Backspace',
])

function withCommandKey(press: KeyPress, { typing }: KeyContext): CommandId | null {
  if (press.altKey) return null
  switch (press.code) {
    case 'KeyO':
      return 'open'
    case 'KeyS':
      return 'share'
    case 'Comma':
      return 'settings'
    case 'KeyB':
      return 'left-pane'
    case 'KeyF':
      return 'search'
    case 'KeyL':
      return press.shiftKey ? 'copy-link' : null
    case 'KeyG':
      return press.shiftKey ? 'previous-match' : 'next-match'
    case 'KeyP':
      return press.shiftKey ? 'palette' : 'lanes'
    // In a text box Ctrl+Z is the box's own.
    case 'KeyZ':
      return typing ? null : press.shiftKey ? 'redo' : 'undo'
    case 'KeyY':
      return typing ? null : 'redo'
    default:
      return null
  }
}

const plain: ReadonlyMap<string, CommandId> = new Map([
  ['KeyW', 'zoom-in'],
  ['Equal', 'zoom-in'],
  ['NumpadAdd', 'zoom-in'],
  ['KeyS', 'zoom-out'],
  ['Minus', 'zoom-out'],
  ['NumpadSubtract', 'zoom-out'],
  ['KeyA', 'pan-left'],
  ['ArrowLeft', 'pan-left'],
  ['KeyD', 'pan-right'],
  ['ArrowRight', 'pan-right'],
  ['ArrowUp', 'lane-up'],
  ['ArrowDown', 'lane-down'],
  ['KeyF', 'focus'],
  ['Digit0', 'fit-all'],
  ['Numpad0', 'fit-all'],
  ['KeyZ', 'zoom-range'],
  ['KeyV', 'only-involved'],
  ['KeyC', 'compare'],
  ['KeyP', 'pin-lane'],
  ['KeyE', 'open-lane'],
  ['KeyQ', 'right-pane'],
  ['Period', 'next-item'],
  ['Comma', 'previous-item'],
  ['BracketRight', 'to-holder'],
  ['BracketLeft', 'to-waiter'],
  ['KeyK', 'critical-path'],
  ['KeyN', 'next-finding'],
  ['F8', 'next-finding'],
  ['Space', 'play'],
  ['KeyM', 'mark'],
  ['Enter', 'annotate'],
  ['NumpadEnter', 'annotate'],
  ['KeyR', 'annotate-range'],
  ['KeyB', 'annotate-box'],
  ['KeyI', 'pin'],
  ['KeyL', 'link'],
  ['KeyH', 'veil-notes'],
  ['KeyY', 'hypothesis'],
  ['Delete', 'delete'],
  ['Backspace', 'delete'],
  ['Slash', 'search'],
])

const shifted: ReadonlyMap<string, CommandId> = new Map([
  ['Slash', 'help'],
  ['Equal', 'zoom-in'],
  ['KeyW', 'zoom-in'],
  ['KeyS', 'zoom-out'],
  ['KeyA', 'pan-left'],
  ['KeyD', 'pan-right'],
  ['KeyN', 'previous-finding'],
  ['F8', 'previous-finding'],
  ['KeyM', 'keep-mark'],
  ['KeyY', 'investigation'],
  ['ArrowRight', 'step-forward'],
  ['ArrowLeft', 'step-back'],
  ['ArrowUp', 'area-up'],
  ['ArrowDown', 'area-down'],
])

/** Held down, these move on smoothly instead of repeating. */
export const motionOf = (command: CommandId): 'zoom' | 'pan' | null =>
  command === 'zoom-in' || command === 'zoom-out'
    ? 'zoom'
    : command === 'pan-left' || command === 'pan-right'
      ? 'pan'
      : null
