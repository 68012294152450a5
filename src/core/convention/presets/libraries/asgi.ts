import { type Preset, task } from '../preset.ts'

/** ASGI, FastAPI, Starlette, Django. `http receive` is the wait for the body; `http send` is closed before it sends. */
export const asgi: Preset = {
  library: 'asgi',
  scope: /^opentelemetry\.instrumentation\.(asgi|fastapi|starlette|django)$/,
  rules: [
    task('T4', /^BackgroundTask /, 'background', 0.8),
    {
      rule: 'I1',
      role: 'await',
      name: / (http|websocket) receive$/,
      type: 'io',
      resource: 'the client',
      scoped: true,
      confidence: 0.8,
    },
  ],
}
