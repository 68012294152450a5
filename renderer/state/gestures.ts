/** What the mouse does, for the help; keys are in `key-map.ts`. The wheel's two depend on the preset. */
const gestureIds = [
  'wheel-scroll',
  'wheel-zoom',
  'wheel-pan',
  'drag-pan',
  'drag-area',
  'drag-edge',
  'click-item',
  'double-click',
  'click-block',
  'hover',
  'ruler',
  'flag',
  'lane-name',
  'lane-triangle',
  'drag-note',
  'overview',
] as const
export type GestureId = (typeof gestureIds)[number]

export interface Gesture {
  readonly id: GestureId
  readonly gesture: string
  readonly does: string
}

export const gesturesOf = (wheel: 'scroll' | 'zoom'): readonly Gesture[] => [
  { id: 'wheel-scroll', gesture: wheel === 'zoom' ? 'Ctrl wheel' : 'Wheel', does: 'scroll lanes' },
  {
    id: 'wheel-zoom',
    gesture: wheel === 'zoom' ? 'Wheel, pinch' : 'Ctrl wheel, pinch',
    does: 'zoom at the cursor',
  },
  { id: 'wheel-pan', gesture: 'Shift wheel', does: 'pan' },
  { id: 'drag-pan', gesture: 'Shift drag, middle drag', does: 'pan' },
  { id: 'drag-area', gesture: 'Drag on lanes', does: 'select time × lanes' },
  { id: 'drag-edge', gesture: 'Drag an edge', does: 'move that edge of the selection' },
  { id: 'click-item', gesture: 'Click', does: 'select; beside it, clear' },
  { id: 'double-click', gesture: 'Double click', does: 'select and zoom' },
  { id: 'click-block', gesture: 'Click a block of many', does: 'select its area' },
  { id: 'hover', gesture: 'Point', does: 'whole name and numbers' },
  { id: 'ruler', gesture: 'Click or drag the ruler', does: 'put the playhead' },
  { id: 'flag', gesture: 'Click a flag', does: 'go to its finding' },
  { id: 'lane-name', gesture: 'Click a lane name', does: 'collapse or expand; with Alt, pin on top' },
  { id: 'lane-triangle', gesture: 'Click a lane’s triangle', does: 'open what is nested in it, or close it' },
  { id: 'drag-note', gesture: 'Drag a note', does: 'move it' },
  { id: 'overview', gesture: 'Drag on the overview', does: 'choose what is in view' },
]
