/** Instrumentation whose spans are named after its own machinery (`request handler`), not after the work. Data only. */
export const frameworkScopes =
  /instrumentation-(express|koa|fastify|hapi|connect|restify|router|nestjs-core|net|dns|fs|undici|http)$|^opentelemetry\.instrumentation\.(asgi|fastapi|starlette|django|flask|wsgi)$/
