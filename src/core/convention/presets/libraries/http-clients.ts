import { acquire, connects, type Preset } from '../preset.ts'

/** undici and http of Node: a request's span begins when it is made, so waiting for a socket is part of it. */
export const undici: Preset = {
  library: 'undici',
  scope: /^@opentelemetry\/instrumentation-(undici|net)$/,
  rules: [connects(/^(tcp|tls|ipc)\.connect$/), connects(/^connect$/, { scoped: true })],
  gap: {
    of: 'holds',
    unseen: 'HTTP clients show requests, not the wait for a socket of the pool inside',
    add: "wrap the agent with the recorder, one line: pool('upstream', new Pool(…))",
  },
}

/** .NET 9 and later; only requests that had to wait have such a span. */
export const systemNetHttp: Preset = {
  library: 'System.Net.Http',
  scope: /^Experimental\.System\.Net\./,
  rules: [
    acquire(/^HTTP wait_for_connection /, 'http-connections'),
    connects(/^(HTTP connection_setup |socket connect$)/),
  ],
}

/** Go. `http.local` names the connection. */
export const otelhttptrace: Preset = {
  library: 'otelhttptrace',
  scope: /otelhttptrace$/,
  rules: [acquire(/^http\.getconn$/, 'http-connections'), connects(/^http\.connect$/)],
}
