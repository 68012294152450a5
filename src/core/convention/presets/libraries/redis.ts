import { connects, type Preset } from '../preset.ts'

/** redis and ioredis of Node, redis-py. Locks are read from the commands (L2, `../locks.ts`). */
export const redis: Preset = {
  library: 'redis',
  scope: /^@opentelemetry\/instrumentation-(redis|redis-4|ioredis)$|^opentelemetry\.instrumentation\.redis$/,
  rules: [connects(/^(redis-)?connect$/, { system: /^redis$/ })],
  gap: {
    of: 'accesses',
    unseen: 'redis shows commands, neither values nor whether SET … NX got the lock',
    add: "name the lock with the recorder, one line: mutex('lock:stock')",
  },
}
