import { type Unfinished, unfinishedWork } from '../convention/calls/unfinished-work.ts'
import type { Context } from './context.ts'
import { oncePer } from './once-per.ts'

/** Calls that must have begun and never ended, in processes without a recorder. */
export const unendedCalls = oncePer(({ model, store }: Context): readonly Unfinished[] => {
  const told = new Set(model.tasks.filter(task => !task.inferred).map(({ process }) => process))
  return unfinishedWork(store, told)
})
