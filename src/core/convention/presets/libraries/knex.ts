import { type Preset, silentPool } from '../preset.ts'

/** Its spans stand around those of the driver: each query is seen twice and counted once. */
export const knex: Preset = {
  library: 'knex',
  scope: /^@opentelemetry\/instrumentation-knex$/,
  gap: silentPool('knex', "wrap its pool with the recorder, one line: pool('db', knex.client.pool)"),
}
