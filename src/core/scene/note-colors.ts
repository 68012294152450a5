import type { NoteColor } from '../notebook/note.ts'
import type { ThemeName } from './scene.ts'
import { theme } from './theme.ts'

export interface NoteTones {
  readonly paper: string
  /** Frames, arrows and the disc of the number, whose digits are in the paper's tone. */
  readonly edge: string
  readonly text: string
}

const violet = (name: ThemeName): NoteTones => {
  const { note, noteEdge, noteText } = theme(name)
  return { paper: note, edge: noteEdge, text: noteText }
}

/** `test/core/scene/note-colors.test.ts` holds text on paper, and paper on edge, to 4.5:1. */
const tones: Readonly<Record<ThemeName, Readonly<Record<NoteColor, NoteTones>>>> = {
  light: {
    violet: violet('light'),
    blue: { paper: '#e9f3fc', edge: '#0b62a8', text: '#06345c' },
    green: { paper: '#e4f6ef', edge: '#00704f', text: '#053b2b' },
    amber: { paper: '#fdf3dc', edge: '#835a00', text: '#4a3200' },
    red: { paper: '#fdeceb', edge: '#b3261a', text: '#64120b' },
  },
  dark: {
    violet: violet('dark'),
    blue: { paper: '#16304a', edge: '#79bff2', text: '#dceefc' },
    green: { paper: '#113528', edge: '#4fc79f', text: '#d8f5ea' },
    amber: { paper: '#3b2d0e', edge: '#e3b44a', text: '#faeccb' },
    red: { paper: '#44201d', edge: '#ff9a8f', text: '#ffe4e1' },
  },
}

export const noteTones = (name: ThemeName, color: NoteColor): NoteTones => tones[name][color]
