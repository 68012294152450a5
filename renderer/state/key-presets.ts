/** Keys and wheel as other tools have them. A preset says what differs from Perfetto's, which are ours. */
import { type Binding, bindings, type CommandId } from './key-map.ts'

export const keyPresetIds = ['perfetto', 'devtools', 'jaeger'] as const
export type KeyPresetId = (typeof keyPresetIds)[number]

export interface KeyPreset {
  readonly label: string
  readonly about: string
  /** What the wheel does without Ctrl; with it, the other. */
  readonly wheel: 'scroll' | 'zoom'
  /** Physical key → command, and how the help shows the key. */
  readonly keys: ReadonlyMap<string, readonly [command: CommandId, shown: string]>
}

export const keyPresets: Readonly<Record<KeyPresetId, KeyPreset>> = {
  perfetto: {
    label: 'Perfetto',
    about: 'W S zoom, A D pan; the wheel scrolls, Ctrl + wheel zooms',
    wheel: 'scroll',
    keys: new Map(),
  },
  devtools: {
    label: 'DevTools (classic), Tracy',
    about: 'the same keys; the wheel zooms, Ctrl + wheel scrolls',
    wheel: 'zoom',
    keys: new Map(),
  },
  jaeger: {
    label: 'Jaeger',
    about: '↑ ↓ zoom, W S change lanes, F B step within a lane; the wheel scrolls',
    wheel: 'scroll',
    keys: new Map([
      ['ArrowUp', ['zoom-in', '↑']],
      ['ArrowDown', ['zoom-out', '↓']],
      ['KeyW', ['lane-up', 'W']],
      ['KeyS', ['lane-down', 'S']],
      ['KeyF', ['next-item', 'F']],
      ['KeyB', ['previous-item', 'B']],
    ]),
  },
}

/** The table of keys under a preset: what it takes from one command it gives to another. */
export function bindingsOf(preset: KeyPresetId): readonly Binding[] {
  const { keys } = keyPresets[preset]
  const moved = [...keys.values()]
  const taken = new Set(moved.map(([, shown]) => shown))
  return bindings.map(binding => ({
    ...binding,
    keys: [
      ...moved.filter(([command]) => command === binding.id).map(([, shown]) => shown),
      ...binding.keys.filter(key => !taken.has(key)),
    ],
  }))
}
