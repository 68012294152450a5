import type { GestureId } from '../../renderer/state/gestures.ts'
import type { CommandId } from '../../renderer/state/key-map.ts'
import { test } from './app.ts'

/**
 * Which keys and gestures a test or step drives: shown in its report, and read by `test/renderer/driven.test.ts`, which
 * fails when one is driven nowhere.
 */
export function drives(...ids: readonly (CommandId | GestureId)[]): void {
  for (const description of ids) test.info().annotations.push({ type: 'drives', description })
}
