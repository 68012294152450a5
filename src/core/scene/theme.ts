import type { ThemeName } from './scene.ts'

/**
 * Colours by meaning, one list for canvas, SVG and the app's CSS. State hues are Okabe–Ito's (safe for colour-blind
 * readers); every state has a pattern besides its hue. Text tokens keep 4.5:1 on the surfaces they are used on
 * (`test/core/scene/theme.test.ts` computes it for `contrastPairs`).
 *
 * Source: Okabe & Ito, "Color Universal Design" (2008).
 */
export interface Theme {
  readonly name: ThemeName
  // surfaces
  readonly background: string
  readonly panel: string
  readonly raised: string
  readonly laneEven: string
  readonly laneOdd: string
  readonly heading: string
  readonly gridMinor: string
  readonly grid: string
  readonly border: string
  // text
  readonly text: string
  readonly textMuted: string
  readonly textOnAccent: string
  readonly accent: string
  readonly accentSoft: string
  // states
  readonly task: string
  readonly running: string
  readonly runningText: string
  readonly awaiting: string
  readonly awaitingText: string
  readonly waiting: string
  readonly waitingText: string
  readonly hold: string
  readonly holdEdge: string
  readonly holdText: string
  readonly holdUse: string
  readonly contended: string
  readonly contendedEdge: string
  readonly contendedText: string
  readonly contendedUse: string
  readonly span: string
  readonly spanAlternate: string
  readonly spanEdge: string
  readonly spanText: string
  readonly spanRemote: string
  readonly spanRemoteText: string
  readonly spanRemoteEdge: string
  readonly taskEdge: string
  readonly stall: string
  readonly stallText: string
  readonly error: string
  readonly errorText: string
  readonly timer: string
  readonly read: string
  readonly write: string
  readonly mark: string
  // overlays
  readonly overlap: string
  readonly overlapEdge: string
  readonly playhead: string
  readonly playheadText: string
  readonly selection: string
  readonly path: string
  readonly note: string
  readonly noteEdge: string
  readonly noteText: string
  // severities
  readonly critical: string
  readonly high: string
  readonly medium: string
  readonly low: string
  readonly info: string
  readonly severityText: string
}

const light: Theme = {
  name: 'light',
  background: '#ffffff',
  panel: '#f7f8fa',
  raised: '#ffffff',
  laneEven: '#ffffff',
  laneOdd: '#fafbfc',
  heading: '#f1f3f6',
  gridMinor: '#f2f4f7',
  grid: '#e4e8ee',
  border: '#d5dae2',
  text: '#1b2330',
  textMuted: '#596474',
  textOnAccent: '#ffffff',
  accent: '#0b62a8',
  accentSoft: '#dcebf8',
  task: '#e3e8ef',
  running: '#009e73',
  runningText: '#04241b',
  awaiting: '#b5cfe6',
  awaitingText: '#22405c',
  waiting: '#d55e00',
  waitingText: '#7a3400',
  hold: '#cfe6f7',
  holdEdge: '#4a96c9',
  holdText: '#143d5c',
  holdUse: '#3f97d2',
  contended: '#fbe3b4',
  contendedEdge: '#c07f00',
  contendedText: '#513600',
  contendedUse: '#d98e00',
  span: '#dfe3f1',
  spanAlternate: '#d2d8ec',
  spanEdge: '#8f9bc9',
  spanText: '#2a3358',
  spanRemote: '#efdce8',
  spanRemoteText: '#5c2547',
  spanRemoteEdge: '#c184a9',
  taskEdge: '#9dabbd',
  stall: '#a8326e',
  stallText: '#8a1f57',
  error: '#c0271b',
  errorText: '#a81c11',
  timer: '#6a5acd',
  read: '#0072b2',
  write: '#b34700',
  mark: '#596474',
  overlap: '#d55e00',
  overlapEdge: '#b34700',
  playhead: '#0b62a8',
  playheadText: '#ffffff',
  selection: '#0b62a8',
  path: '#7b1fa2',
  note: '#f3effd',
  noteEdge: '#5b3cc4',
  noteText: '#2a1466',
  critical: '#b3161b',
  high: '#b34700',
  medium: '#7d6200',
  low: '#3b6b8f',
  info: '#596474',
  severityText: '#ffffff',
}

const dark: Theme = {
  name: 'dark',
  background: '#12161d',
  panel: '#171c25',
  raised: '#1f2631',
  laneEven: '#12161d',
  laneOdd: '#151a22',
  heading: '#1b212b',
  gridMinor: '#1a202a',
  grid: '#262e3a',
  border: '#343e4d',
  text: '#e6eaf0',
  textMuted: '#9aa6b6',
  textOnAccent: '#071521',
  accent: '#6cb8f0',
  accentSoft: '#1b3550',
  task: '#2a3340',
  running: '#1fb58a',
  runningText: '#031a13',
  awaiting: '#3c5a78',
  awaitingText: '#d3e4f4',
  waiting: '#f0803a',
  waitingText: '#ffc39c',
  hold: '#1f3f58',
  holdEdge: '#56a5d8',
  holdText: '#d5eafa',
  holdUse: '#56b4e9',
  contended: '#4d3a10',
  contendedEdge: '#e6a520',
  contendedText: '#ffe3a8',
  contendedUse: '#e6a520',
  span: '#333b5c',
  spanAlternate: '#3d466b',
  spanEdge: '#6a77b5',
  spanText: '#e2e6f8',
  spanRemote: '#54304a',
  spanRemoteText: '#f8dcec',
  spanRemoteEdge: '#a8638f',
  taskEdge: '#5d6d82',
  stall: '#e073ae',
  stallText: '#f3a7cd',
  error: '#ff6b5e',
  errorText: '#ff9a90',
  timer: '#a79bf2',
  read: '#6cb8f0',
  write: '#f7995c',
  mark: '#9aa6b6',
  overlap: '#f0803a',
  overlapEdge: '#f7995c',
  playhead: '#6cb8f0',
  playheadText: '#071521',
  selection: '#8fcbf7',
  path: '#e5a8ff',
  note: '#2a2449',
  noteEdge: '#b8a4ff',
  noteText: '#ebe4ff',
  critical: '#ff6b5e',
  high: '#f7995c',
  medium: '#e3c14d',
  low: '#82b9e0',
  info: '#9aa6b6',
  severityText: '#12161d',
}

export const theme = (name: ThemeName): Theme => (name === 'dark' ? dark : light)

/** Font stacks of pictures and the app; the files come from @fontsource-variable. */
export const fonts = {
  sans: '"Inter Variable", Inter, "Helvetica Neue", Arial, sans-serif',
  mono: '"JetBrains Mono Variable", "JetBrains Mono", Menlo, Consolas, monospace',
} as const

type Token = Exclude<keyof Theme, 'name'>

/** Text tokens with every surface they are written on. */
export const contrastPairs: readonly (readonly [text: Token, surface: Token])[] = [
  ...(['background', 'panel', 'raised', 'laneOdd', 'heading', 'task'] as const).flatMap(
    surface => [['text', surface]] as const,
  ),
  ...(['background', 'panel', 'raised', 'laneOdd', 'heading'] as const).flatMap(
    surface => [['textMuted', surface]] as const,
  ),
  ['textOnAccent', 'accent'],
  ['text', 'accentSoft'],
  ['runningText', 'running'],
  ['awaitingText', 'awaiting'],
  ['waitingText', 'background'],
  ['waitingText', 'laneOdd'],
  ['holdText', 'hold'],
  ['contendedText', 'contended'],
  ['spanText', 'span'],
  ['spanText', 'spanAlternate'],
  ['spanRemoteText', 'spanRemote'],
  ['stallText', 'background'],
  ['stallText', 'laneOdd'],
  ['errorText', 'background'],
  ['errorText', 'laneOdd'],
  ['playheadText', 'playhead'],
  ['noteText', 'note'],
  ['note', 'noteEdge'],
  ['overlapEdge', 'background'],
  ['overlapEdge', 'laneOdd'],
  ['read', 'background'],
  ['write', 'background'],
  ['severityText', 'critical'],
  ['severityText', 'high'],
  ['severityText', 'medium'],
  ['severityText', 'low'],
  ['severityText', 'info'],
]

/** WCAG 2 contrast ratio of two `#rrggbb` colours, 1…21. */
export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
