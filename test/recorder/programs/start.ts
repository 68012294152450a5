import { NodeSDK } from '@opentelemetry/sdk-node'
import { recorder } from '../../../src/recorder/index.ts'

new NodeSDK(recorder({ serviceName: 'probe', file: process.env.INTERLEAVE_FILE ?? '' })).start()
