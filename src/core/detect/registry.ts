/** All detectors, the more specific before the more general: of equals the earlier ranks first. */
import { cancelledHolder } from './cancelled-holder.ts'
import { checkThenAct } from './check-then-act.ts'
import { deadlock } from './deadlock.ts'
import type { Detector } from './detector.ts'
import { duplicateOperation } from './duplicate-operation.ts'
import { clockSuspect, importLoss } from './import-findings.ts'
import { leakedHold } from './leaked-hold.ts'
import { lockConvoy } from './lock-convoy.ts'
import { lockOrderInversion } from './lock-order-inversion.ts'
import { loopStall } from './loop-stall.ts'
import { lostUpdate } from './lost-update.ts'
import { overlappingCriticalSection } from './overlapping-critical-section.ts'
import { poolExhausted } from './pool-exhausted.ts'
import { thunderingHerd } from './thundering-herd.ts'

export const detectors: readonly Detector[] = [
  duplicateOperation,
  lostUpdate,
  checkThenAct,
  overlappingCriticalSection,
  thunderingHerd,
  deadlock,
  cancelledHolder,
  leakedHold,
  poolExhausted,
  lockConvoy,
  loopStall,
  lockOrderInversion,
  importLoss,
  clockSuspect,
]
