/** A service with the real SDK and its real exporter, set up by the usual environment variables only. */
import { logs, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'

const sdk = new NodeSDK({ serviceName: 'orders-api', autoDetectResources: false, instrumentations: [] })
sdk.start()
const tracer = trace.getTracer('orders')
for (let order = 0; order < 20; order += 1)
  tracer.startActiveSpan('place order', span => {
    span.setAttribute('order.id', order)
    tracer.startSpan('charge').end()
    span.end()
  })
logs.getLogger('orders').emit({ body: 'twenty orders' })
await sdk.shutdown()
