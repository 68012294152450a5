/** All detectors, the more specific before the more general, causes before effects: of equals the earlier ranks first. */
import { cancelledHolder } from './cancelled-holder.ts'
import { checkThenAct } from './check-then-act.ts'
import { deadlock } from './deadlock.ts'
import type { Detector } from './detector.ts'
import { duplicateOperation } from './duplicate-operation.ts'
import { failedJoin } from './failed-join.ts'
import { fireAndForget } from './fire-and-forget.ts'
import { clockSuspect, importLoss } from './import-findings.ts'
import { lateHeartbeat } from './late-heartbeat.ts'
import { leakedHold } from './leaked-hold.ts'
import { lockConvoy } from './lock-convoy.ts'
import { lockOrderInversion } from './lock-order-inversion.ts'
import { loopStall } from './loop-stall.ts'
import { lostUpdate } from './lost-update.ts'
import { missingAwait } from './missing-await.ts'
import { missingTimeout } from './missing-timeout.ts'
import { outOfOrder } from './out-of-order.ts'
import { overlappingCriticalSection } from './overlapping-critical-section.ts'
import { poolExhausted } from './pool-exhausted.ts'
import { retryStorm } from './retry-storm.ts'
import { sequentialAwaits } from './sequential-awaits.ts'
import { shutdownAudit } from './shutdown-audit.ts'
import { stuckFlag } from './stuck-flag.ts'
import { thunderingHerd } from './thundering-herd.ts'
import { timerDrift } from './timer-drift.ts'
import { unboundedQueue } from './unbounded-queue.ts'

export const detectors: readonly Detector[] = [
  duplicateOperation,
  lostUpdate,
  checkThenAct,
  stuckFlag,
  overlappingCriticalSection,
  thunderingHerd,
  deadlock,
  cancelledHolder,
  leakedHold,
  sequentialAwaits,
  loopStall,
  failedJoin,
  fireAndForget,
  missingAwait,
  missingTimeout,
  lockConvoy,
  poolExhausted,
  retryStorm,
  unboundedQueue,
  timerDrift,
  lateHeartbeat,
  outOfOrder,
  shutdownAudit,
  lockOrderInversion,
  importLoss,
  clockSuspect,
]
