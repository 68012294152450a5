import { acquire, acquiresOnly, type Preset } from '../preset.ts'

/** No attributes at all: one pool a process, as far as the spans tell. */
export const genericPool: Preset = {
  library: 'generic-pool',
  scope: /^@opentelemetry\/instrumentation-generic-pool$/,
  rules: [acquire(/^generic-pool\.acquire$/, 'generic-pool')],
  gap: acquiresOnly('generic-pool', "wrap the pool with the recorder, one line: pool('name', createPool(…))"),
}
