/** The critical path as a person reads it: how long it stays in one task, and what that one is at meanwhile. */
import type { PathPiece } from './critical-path.ts'

export interface PathLeg extends Pick<PathPiece, 'task' | 'hold' | 'depth' | 'startNs' | 'endNs'> {
  /** The piece that takes most of it. */
  readonly longest: PathPiece
  readonly byKind: ReadonlyMap<PathPiece['kind'], number>
}

/** Neighbouring pieces of one task together, in order of time; each span that kept it is one of its own. */
export function legsOf(pieces: readonly PathPiece[]): PathLeg[] {
  const legs: PathLeg[] = []
  for (const piece of pieces) {
    const lengthNs = piece.endNs - piece.startNs
    const last = legs.at(-1)
    const span = piece.kind === 'span' ? piece.ref : -1
    const lastSpan = last?.longest.kind === 'span' ? last.longest.ref : -1
    if (
      last?.task !== piece.task ||
      last.hold !== piece.hold ||
      last.depth !== piece.depth ||
      span !== lastSpan
    ) {
      legs.push({ ...piece, longest: piece, byKind: new Map([[piece.kind, lengthNs]]) })
      continue
    }
    const byKind = new Map(last.byKind).set(piece.kind, (last.byKind.get(piece.kind) ?? 0) + lengthNs)
    const longer = lengthNs > last.longest.endNs - last.longest.startNs
    legs[legs.length - 1] = { ...last, endNs: piece.endNs, longest: longer ? piece : last.longest, byKind }
  }
  return legs
}
