import { acquire, acquiresOnly, type Preset } from '../preset.ts'

/** Java. `jdbc-datasource` is off unless asked for; the pools themselves have metrics only. */
export const jdbc: Preset = {
  library: 'jdbc',
  scope: /^io\.opentelemetry\.(jdbc|hikaricp.*|jdbc-datasource)$/,
  rules: [acquire(/^\w+(DataSource|Pool)\w*\.getConnection$/, 'datasource')],
  gap: acquiresOnly(
    'jdbc',
    'switch on otel.instrumentation.jdbc-datasource.enabled for acquires; hold times are in the metric db.client.connection.use_time',
  ),
}
