import { acquire, acquiresOnly, type Preset } from '../preset.ts'

/** The transaction's span lasts from before its BEGIN until after its COMMIT. */
export const prisma: Preset = {
  library: 'prisma',
  scope: /^prisma$/i,
  rules: [
    acquire(/^prisma:engine:connection$/, 'prisma-pool'),
    {
      rule: 'H1',
      role: 'hold',
      name: /^prisma:client:transaction$/,
      type: 'custom',
      resource: 'prisma transactions',
      confidence: 0.75,
    },
  ],
  gap: acquiresOnly(
    'prisma',
    'the engine keeps its pool to itself: record the metric prisma_pool_connections_busy',
  ),
}
