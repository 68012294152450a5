/** Every preset that there is. A new library is a file in `libraries/` and a line here. */
import { asgi } from './libraries/asgi.ts'
import { asyncio, logfire } from './libraries/asyncio.ts'
import { bullmq } from './libraries/bullmq.ts'
import { celery } from './libraries/celery.ts'
import { genericPool } from './libraries/generic-pool.ts'
import { otelpgx, otelsql } from './libraries/go-sql.ts'
import { otelhttptrace, systemNetHttp, undici } from './libraries/http-clients.ts'
import { jdbc } from './libraries/jdbc.ts'
import { knex } from './libraries/knex.ts'
import { messageQueues, socketIo } from './libraries/messaging.ts'
import { mongodb } from './libraries/mongodb.ts'
import { mysql2 } from './libraries/mysql2.ts'
import { longTask, nodeFs } from './libraries/node-runtime.ts'
import { npgsql } from './libraries/npgsql.ts'
import { oracledb } from './libraries/oracledb.ts'
import { pg } from './libraries/pg.ts'
import { prisma } from './libraries/prisma.ts'
import { pythonDrivers } from './libraries/python-drivers.ts'
import { redis } from './libraries/redis.ts'
import { sqlalchemy } from './libraries/sqlalchemy.ts'
import { tracing } from './libraries/tracing.ts'
import type { Preset } from './preset.ts'

export const presets: readonly Preset[] = [
  pg,
  genericPool,
  mysql2,
  mongodb,
  redis,
  knex,
  prisma,
  undici,
  systemNetHttp,
  otelhttptrace,
  oracledb,
  bullmq,
  messageQueues,
  socketIo,
  asyncio,
  logfire,
  asgi,
  sqlalchemy,
  pythonDrivers,
  celery,
  tracing,
  npgsql,
  jdbc,
  otelsql,
  otelpgx,
  nodeFs,
  longTask,
]
