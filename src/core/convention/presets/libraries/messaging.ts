import { type Preset, task } from '../preset.ts'

/** Consumers of kafkajs and amqplib are CONSUMER spans, which are tasks anyway (T1); what they leave open is the queue. */
export const messageQueues: Preset = {
  library: 'kafkajs',
  scope:
    /^@opentelemetry\/instrumentation-(kafkajs|amqplib)$|^opentelemetry\.instrumentation\.(kafka|pika|aio_pika)$/,
  rules: [{ ...task('T4', /^(process \S|\S+ process)/, 'background', 0.85), scoped: true }],
}

export const socketIo: Preset = {
  library: 'socket.io',
  scope: /^@opentelemetry\/instrumentation-socket\.io$/,
  rules: [{ ...task('T4', / (receive|process)$/, 'callback', 0.8), scoped: true }],
}
