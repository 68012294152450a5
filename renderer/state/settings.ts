import { createStore, type StoreApi } from 'zustand/vanilla'
import { type KeyPresetId, keyPresetIds } from './key-presets.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'
export type TimeDisplay = 'relative' | 'utc' | 'local'

/** How the user likes the app; kept in the browser's storage, never in a trace or a notebook. */
export interface Settings {
  readonly theme: ThemeChoice
  readonly timeDisplay: TimeDisplay
  readonly keyPreset: KeyPresetId
  readonly gutterPx: number
  /** Playback: times real time, or 0 for one second per event. */
  readonly speed: number
  /** Sizes of resizable panels by group. */
  readonly layouts: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export const speeds = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 100] as const

export const defaultSettings: Settings = {
  theme: 'system',
  timeDisplay: 'relative',
  keyPreset: 'perfetto',
  gutterPx: 208,
  speed: 1,
  layouts: {},
}

const KEY = 'interleave.settings'

export interface KeyValue {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

export function createSettings(storage: KeyValue): StoreApi<Settings> {
  const store = createStore<Settings>(() => read(storage))
  store.subscribe(settings => {
    try {
      storage.setItem(KEY, JSON.stringify(settings))
    } catch {
      // A full or forbidden storage costs the memory of settings, nothing else.
    }
  })
  return store
}

function read(storage: KeyValue): Settings {
  let stored: unknown = null
  try {
    stored = JSON.parse(storage.getItem(KEY) ?? 'null')
  } catch {
    // Broken settings are forgotten.
  }
  if (typeof stored !== 'object' || stored === null) return defaultSettings
  const { theme, timeDisplay, keyPreset, gutterPx, speed, layouts } = stored as Record<
    keyof Settings,
    unknown
  >
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    timeDisplay: timeDisplay === 'utc' || timeDisplay === 'local' ? timeDisplay : 'relative',
    keyPreset: keyPresetIds.find(id => id === keyPreset) ?? 'perfetto',
    gutterPx: clampGutter(typeof gutterPx === 'number' ? gutterPx : defaultSettings.gutterPx),
    speed: typeof speed === 'number' && (speed === 0 || speeds.some(s => s === speed)) ? speed : 1,
    layouts: readLayouts(layouts),
  }
}

export const clampGutter = (px: number): number =>
  Number.isFinite(px) ? Math.min(480, Math.max(96, Math.round(px))) : defaultSettings.gutterPx

function readLayouts(value: unknown): Settings['layouts'] {
  if (typeof value !== 'object' || value === null) return {}
  const out: Record<string, Record<string, number>> = {}
  for (const [group, sizes] of Object.entries(value)) {
    if (typeof sizes !== 'object' || sizes === null) continue
    const numbers = Object.entries(sizes).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]),
    )
    if (numbers.length > 0) out[group] = Object.fromEntries(numbers)
  }
  return out
}
