/** All detectors, the more specific before the more general, causes before effects: of equals the earlier ranks first. */

import type { Detector } from './detector.ts'
import { cancelledHolder } from './holds/cancelled-holder.ts'
import { deadlock } from './holds/deadlock.ts'
import { leakedHold } from './holds/leaked-hold.ts'
import { lockConvoy } from './holds/lock-convoy.ts'
import { lockOrderInversion } from './holds/lock-order-inversion.ts'
import { poolExhausted } from './holds/pool-exhausted.ts'
import { clockSuspect, importLoss } from './import-findings.ts'
import { failedJoin } from './lifecycle/failed-join.ts'
import { fireAndForget } from './lifecycle/fire-and-forget.ts'
import { shutdownAudit } from './lifecycle/shutdown-audit.ts'
import { unboundedQueue } from './lifecycle/unbounded-queue.ts'
import { checkThenAct } from './races/check-then-act.ts'
import { duplicateOperation } from './races/duplicate-operation.ts'
import { lostUpdate } from './races/lost-update.ts'
import { missingAwait } from './races/missing-await.ts'
import { outOfOrder } from './races/out-of-order.ts'
import { overlappingCriticalSection } from './races/overlapping-critical-section.ts'
import { stuckFlag } from './races/stuck-flag.ts'
import { thunderingHerd } from './races/thundering-herd.ts'
import { lateHeartbeat } from './timing/late-heartbeat.ts'
import { loopStall } from './timing/loop-stall.ts'
import { missingTimeout } from './timing/missing-timeout.ts'
import { retryStorm } from './timing/retry-storm.ts'
import { sequentialAwaits } from './timing/sequential-awaits.ts'
import { timerDrift } from './timing/timer-drift.ts'

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
