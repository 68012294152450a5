/** Which attribute says what: kept, kept without the ids in it, or replaced whole. */
import { Event, Key, Otel } from '../convention/keys.ts'

export type Treatment =
  /** Vocabulary, times and counts of a convention: kept. */
  | 'verbatim'
  /** A name of something: kept, with identifiers inside replaced. */
  | 'name'
  /** A key whose last part names one thing: that part is replaced. */
  | 'key'
  /** A path: words that the routes of this trace have are kept. */
  | 'path'
  /** A source file: its folders say whose machine it was. */
  | 'file'
  /** A short code is kept, a sentence is replaced. */
  | 'code'
  /** Hex id of a span. */
  | 'span-id'
  /** A value: replaced whole. */
  | 'value'

const TREATMENTS: ReadonlyMap<string, Treatment> = new Map<string, Treatment>([
  [Key.stateKey, 'key'],
  [Key.spanParentId, 'span-id'],
  [Key.stateValue, 'value'],
  [Key.stateValueHash, 'value'],
  [Key.stateVersion, 'value'],
  [Key.queueItemId, 'value'],
  [Key.messageReceiver, 'value'],
  [Key.markText, 'value'],
  [Key.cancelReason, 'value'],
  ...[
    Key.taskId,
    Key.taskName,
    Key.taskParentId,
    Key.awaitTargetId,
    Key.resourceId,
    Key.resourceName,
    Key.waitId,
    Key.holdId,
    Key.holdIds,
    Key.timerSeriesId,
    Key.queueName,
    Key.messageChannel,
    Key.spanName,
    Key.loopId,
    Key.lossReason,
    Otel.serviceName,
    Otel.poolName,
    Otel.codeFunction,
    'http.route',
    'db.namespace',
    'db.collection.name',
    'messaging.destination.name',
    'rpc.service',
    'rpc.method',
  ].map(key => [key, 'name'] as const),
  ['url.path', 'path'],
  [Otel.codeFile, 'file'],
  [Otel.codeLine, 'verbatim'],
  [Otel.errorType, 'code'],
  ['exception.type', 'code'],
  ['http.request.method', 'verbatim'],
  ['http.response.status_code', 'verbatim'],
  ['db.system.name', 'verbatim'],
  ['db.operation.name', 'verbatim'],
  ['messaging.system', 'verbatim'],
  ['rpc.system', 'verbatim'],
  ['service.version', 'verbatim'],
  ['event.name', 'verbatim'],
])

/** Everything else of these is vocabulary, a time or a count. */
const VERBATIM_PREFIXES = [...new Set(Object.values(Event).map(name => `${name.split('.')[0]}.`))].concat([
  'telemetry.',
  'otel.',
  'process.runtime.',
])

export const treatmentOf = (key: string): Treatment =>
  TREATMENTS.get(key) ?? (VERBATIM_PREFIXES.some(prefix => key.startsWith(prefix)) ? 'verbatim' : 'value')

/** What a redacted picture, bundle or report still shows, for whoever is about to send it. */
export const STAYS_VISIBLE: readonly string[] = [
  'names of services, spans, tasks, resources and queues, without the ids and numbers in them',
  'functions, source files (without folders) and lines',
  'methods, routes, status codes and error types',
  'names of attributes, not their values',
  'times and durations',
]
