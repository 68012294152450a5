/** The critical path that is shown, made when it is asked for. */
import { criticalPath, indexPaths, type PathPiece } from '../../src/core/replay/critical-path.ts'
import type { Session } from '../../src/core/scene/scene.ts'
import { memoOn } from './memo.ts'

const pathsOf = memoOn((session: Session) => ({
  index: indexPaths(session),
  known: new Map<number, readonly PathPiece[]>(),
}))

/** The same task gives the same list: drawing and panels may compare by identity. */
export function pathOf(session: Session, task: number): readonly PathPiece[] {
  const { index, known } = pathsOf(session)
  let path = known.get(task)
  if (!path) {
    path = criticalPath(index, task)
    known.set(task, path)
  }
  return path
}
