import { describe, expect, it } from 'vitest'
import { bindings, commandFor, commandIds, type KeyPress } from '../../renderer/state/key-map.ts'
import { bindingsOf, keyPresetIds, keyPresets } from '../../renderer/state/key-presets.ts'

const press = (code: string, change: Partial<KeyPress> = {}): KeyPress => ({
  code,
  key: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...change,
})
const free = { typing: false, control: false }

describe('key map', () => {
  it('goes by the place of a key, not by what the layout makes of it', () => {
    expect(commandFor(press('KeyW', { key: 'z' }), free)).toBe('zoom-in')
    expect(commandFor(press('BracketRight', { key: '+' }), free)).toBe('to-holder')
  })

  it('knows help and search by what is typed as well', () => {
    expect(commandFor(press('Minus', { key: '?', shiftKey: true }), free)).toBe('help')
    expect(commandFor(press('Digit7', { key: '/', shiftKey: true }), free)).toBe('search')
  })

  it.each([
    ['KeyN', {}, 'next-finding'],
    ['KeyN', { shiftKey: true }, 'previous-finding'],
    ['KeyM', {}, 'mark'],
    ['KeyM', { shiftKey: true }, 'keep-mark'],
    ['ArrowRight', {}, 'pan-right'],
    ['ArrowRight', { shiftKey: true }, 'step-forward'],
    ['ArrowDown', { shiftKey: true }, 'area-down'],
    ['ArrowLeft', { altKey: true }, 'back'],
    ['KeyZ', {}, 'zoom-range'],
    ['KeyZ', { ctrlKey: true }, 'undo'],
    ['KeyZ', { metaKey: true, shiftKey: true }, 'redo'],
    ['KeyP', { ctrlKey: true }, 'lanes'],
    ['KeyP', { ctrlKey: true, shiftKey: true }, 'palette'],
    ['Space', {}, 'play'],
  ] as const)('%s %j → %s', (code, change, command) => {
    expect(commandFor(press(code, change), free)).toBe(command)
  })

  it('leaves text boxes their letters, Ctrl+Z included, but takes Esc and Ctrl+S', () => {
    const typing = { typing: true, control: false }
    expect(commandFor(press('KeyW'), typing)).toBeNull()
    expect(commandFor(press('Enter'), typing)).toBeNull()
    expect(commandFor(press('KeyZ', { ctrlKey: true }), typing)).toBeNull()
    expect(commandFor(press('Escape'), typing)).toBe('escape')
    expect(commandFor(press('KeyS', { ctrlKey: true }), typing)).toBe('share')
  })

  it('leaves buttons and lists what they need', () => {
    const control = { typing: false, control: true }
    for (const code of ['Space', 'Enter', 'ArrowDown', 'ArrowUp']) {
      expect(commandFor(press(code), control)).toBeNull()
    }
    expect(commandFor(press('KeyN'), control)).toBe('next-finding')
  })

  it('gives keys to other commands under a preset, and says so in the help', () => {
    const { keys } = keyPresets.jaeger
    expect(commandFor(press('KeyW'), free, keys)).toBe('lane-up')
    expect(commandFor(press('ArrowUp'), free, keys)).toBe('zoom-in')
    expect(commandFor(press('KeyN'), free, keys)).toBe('next-finding')
    for (const preset of keyPresetIds) {
      const shown = bindingsOf(preset).flatMap(binding => binding.keys)
      expect(new Set(shown).size).toBe(shown.length)
      for (const [code, [command]] of keyPresets[preset].keys) {
        expect(commandFor(press(code), free, keyPresets[preset].keys)).toBe(command)
      }
    }
  })

  it('lists every command once in the help', () => {
    expect(bindings.map(binding => binding.id).toSorted()).toEqual([...commandIds].toSorted())
  })
})
