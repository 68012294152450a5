/** Back and forward through the places looked at. Separate from the notes' undo on purpose: Alt+← never touches a note. */
export interface Place {
  readonly startNs: number
  readonly endNs: number
  readonly scrollPx: number
  readonly playheadNs: number
  readonly finding: string
}

export interface History {
  readonly back: readonly Place[]
  readonly forward: readonly Place[]
}

export const emptyHistory: History = { back: [], forward: [] }

const LONGEST = 100

/** Leaves `from` for somewhere else: `from` is where Alt+← returns to. Leaving the same place twice counts once. */
export function leave(history: History, from: Place): History {
  const last = history.back.at(-1)
  if (last && samePlace(last, from)) return { back: history.back, forward: [] }
  return { back: [...history.back, from].slice(-LONGEST), forward: [] }
}

export function goBack(history: History, from: Place): { history: History; to: Place } | null {
  const to = history.back.at(-1)
  if (!to) return null
  return { history: { back: history.back.slice(0, -1), forward: [...history.forward, from] }, to }
}

export function goForward(history: History, from: Place): { history: History; to: Place } | null {
  const to = history.forward.at(-1)
  if (!to) return null
  return { history: { back: [...history.back, from], forward: history.forward.slice(0, -1) }, to }
}

const samePlace = (a: Place, b: Place): boolean =>
  a.startNs === b.startNs &&
  a.endNs === b.endNs &&
  a.scrollPx === b.scrollPx &&
  a.finding === b.finding &&
  a.playheadNs === b.playheadNs
