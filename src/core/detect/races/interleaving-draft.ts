import { confidenceOf } from '../confidence.ts'
import type { Context } from '../context.ts'
import { culpritOf, placeOf, sectionOf } from '../drafting.ts'
import type { Interleaving } from './interleavings.ts'

/** What findings of an interleaving say alike: when it was, of which key, by whom, and the two stretches that overlap. */
export function interleavingDraft(
  { model }: Context,
  { key, read, write, foreign, foreignRead, order }: Interleaving,
  { proven, repeats }: { readonly proven: boolean; readonly repeats: number },
) {
  const own = sectionOf(model, write.task, read.atNs, write.atNs)
  const other = sectionOf(model, foreign.task, (foreignRead ?? foreign).atNs, foreign.atNs)
  return {
    confidence: confidenceOf({
      tier: write.inferred ? 'inferred' : 'observed',
      proven,
      repeats,
      orderPossible: order === 'possible',
    }),
    startNs: Math.min(own.startNs, other.startNs),
    endNs: Math.max(own.endNs, other.endNs),
    subject: { kind: 'key', name: model.keys[key]! },
    key,
    culprit: culpritOf(
      write.site ? placeOf(write) : placeOf(read),
      [placeOf(read), placeOf(foreign)],
      [own.row],
    ),
    marks: [{ kind: 'overlap', a: own, b: other, gapNs: Math.abs(write.atNs - foreign.atNs) }],
  } as const
}
