/**
 * The one table of attributes: what they are called now, how people say it, what they may give away, under which names
 * older writers and other tools record them, and in which unit. Names follow OpenTelemetry's semantic conventions 1.45
 * (https://opentelemetry.io/docs/specs/semconv/registry/attributes/), the recorder's own `docs/convention.md`.
 * Other tools' names: OpenTracing and Jaeger tags, Zipkin tags, Datadog meta, Envoy and Spring.
 */
import { Key, Otel } from '../keys.ts'

/** What an attribute's value may give away, hence what becomes of it where identifiers are hidden. */
export type Privacy =
  /** Vocabulary, times and counts: kept. */
  | 'harmless'
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
  /** A statement to a database: its words are kept, its values are replaced. */
  | 'statement'
  /** Hex id of a span. */
  | 'span-id'
  /** Names one machine, connection or thing. */
  | 'identifier'
  /** Tells of a person. */
  | 'personal'
  /** Opens doors. */
  | 'secret'
  /** Anything may stand in it. */
  | 'free-text'

/**
 * Older names are parted by spaces, newest first. `client:` and `server:` are names that mean this attribute only on spans
 * of other kinds than SERVER, or only on those.
 */
type Row = readonly [name: string, label: string, privacy: Privacy, older?: string, unit?: string]

export const attributeTable: readonly Row[] = [
  // HTTP
  ['http.request.method', 'HTTP method', 'harmless', 'http.method'],
  ['http.response.status_code', 'HTTP status', 'harmless', 'http.status_code'],
  ['http.route', 'HTTP route', 'name'],
  ['http.request.header.authorization', 'Authorization header', 'secret'],
  ['http.request.header.cookie', 'Cookies', 'secret'],
  ['http.response.header.set-cookie', 'Cookies set', 'secret'],
  [
    'http.request.body.size',
    'Request body',
    'harmless',
    'http.request_content_length_uncompressed http.request_content_length http.request.size request_size',
    'By',
  ],
  [
    'http.response.body.size',
    'Response body',
    'harmless',
    'http.response_content_length_uncompressed http.response_content_length http.response.size response_size',
    'By',
  ],
  ['http.request.resend_count', 'Times sent again', 'harmless', 'http.resend_count http.retry_count'],
  ['url.full', 'URL', 'free-text', 'http.url'],
  ['url.path', 'URL path', 'path', 'http.target http.path'],
  ['url.query', 'URL query', 'free-text'],
  ['url.scheme', 'URL scheme', 'harmless', 'http.scheme'],
  ['user_agent.original', 'User agent', 'personal', 'http.user_agent http.useragent user_agent'],
  // Network
  [
    'server.address',
    'Server',
    'identifier',
    'client:net.peer.name net.host.name http.server_name http.host tls.client.server_name peer.hostname out.host network.destination.name',
  ],
  [
    'server.port',
    'Server port',
    'harmless',
    'client:net.peer.port net.host.port out.port network.destination.port',
  ],
  ['client.address', 'Client', 'personal', 'server:net.peer.name http.client_ip network.client.ip'],
  ['client.port', 'Client port', 'harmless', 'server:net.peer.port'],
  [
    'network.peer.address',
    'Peer address',
    'personal',
    'net.sock.peer.addr net.peer.ip peer.address peer.ipv4 peer.ipv6',
  ],
  ['network.peer.port', 'Peer port', 'harmless', 'net.sock.peer.port peer.port'],
  ['network.local.address', 'Own address', 'identifier', 'net.sock.host.addr net.host.ip'],
  ['network.local.port', 'Own port', 'harmless', 'net.sock.host.port'],
  ['network.transport', 'Transport', 'harmless', 'net.transport'],
  ['network.type', 'Network type', 'harmless', 'net.sock.family'],
  ['network.protocol.name', 'Protocol', 'harmless', 'net.protocol.name'],
  ['network.protocol.version', 'Protocol version', 'harmless', 'net.protocol.version http.flavor'],
  ['server.service.name', 'Service called', 'name', 'client:service.peer.name client:peer.service'],
  ['client.service.name', 'Service that called', 'name', 'server:service.peer.name server:peer.service'],
  // Databases
  ['db.system.name', 'Database system', 'harmless', 'db.system db.type'],
  [
    'db.namespace',
    'Database',
    'name',
    'db.name db.elasticsearch.cluster.name db.redis.database_index db.instance',
  ],
  ['db.query.text', 'Query', 'statement', 'db.statement sql.query redis.raw_command mongodb.query'],
  ['db.query.summary', 'Query summary', 'name'],
  ['db.operation.name', 'Database operation', 'harmless', 'db.operation'],
  ['db.operation.batch.size', 'Queries in the batch', 'harmless'],
  [
    'db.collection.name',
    'Table or collection',
    'name',
    'db.sql.table db.mongodb.collection db.cassandra.table db.cosmosdb.container',
  ],
  ['db.response.status_code', 'Database error code', 'harmless', 'db.cosmosdb.status_code'],
  ['db.response.returned_rows', 'Rows returned', 'harmless', 'db.row_count'],
  ['db.user', 'Database user', 'personal'],
  ['db.connection_string', 'Connection string', 'secret'],
  ['db.connection_id', 'Connection', 'identifier'],
  ['db.npgsql.connection_id', 'Connection', 'identifier'],
  ['db.postgresql.values', 'Query values', 'free-text'],
  ['db.statement.parameters', 'Query values', 'free-text'],
  ['db.postgresql.max.client', 'Pool size', 'harmless'],
  ['db.postgresql.idle.timeout.millis', 'Idle timeout', 'harmless', '', 'ms'],
  [Otel.poolName, 'Pool', 'name', 'db.client.connections.pool.name pool.name'],
  ['db.client.connection.state', 'Connection state', 'harmless', 'db.client.connections.state'],
  // Messages
  ['messaging.system.name', 'Messaging system', 'harmless', 'messaging.system'],
  ['messaging.operation.type', 'Messaging operation', 'harmless', 'messaging.operation'],
  ['messaging.destination.name', 'Queue or topic', 'name', 'messaging.destination message_bus.destination'],
  ['messaging.message.id', 'Message', 'identifier', 'messaging.message_id'],
  ['messaging.message.conversation_id', 'Conversation', 'identifier', 'messaging.conversation_id'],
  [
    'messaging.message.body.size',
    'Message body',
    'harmless',
    'messaging.message.payload_size_bytes messaging.message_payload_size_bytes',
    'By',
  ],
  ['messaging.batch.message_count', 'Messages in the batch', 'harmless'],
  [
    'messaging.consumer.group.name',
    'Consumer group',
    'name',
    'messaging.kafka.consumer.group messaging.kafka.consumer_group messaging.rocketmq.client_group messaging.eventhubs.consumer.group',
  ],
  [
    'messaging.destination.subscription.name',
    'Subscription',
    'name',
    'messaging.servicebus.destination.subscription_name',
  ],
  [
    'messaging.destination.partition.id',
    'Partition',
    'harmless',
    'messaging.kafka.destination.partition messaging.kafka.partition',
  ],
  ['kafka.offset', 'Offset', 'harmless', 'messaging.kafka.offset messaging.kafka.message.offset'],
  [
    'kafka.message.key',
    'Message key',
    'identifier',
    'messaging.kafka.message.key messaging.kafka.message_key',
  ],
  ['message.uncompressed_size', 'Message size', 'harmless', 'rpc.message.uncompressed_size', 'By'],
  ['message.compressed_size', 'Message size, compressed', 'harmless', 'rpc.message.compressed_size', 'By'],
  // Calls
  ['rpc.system.name', 'RPC system', 'harmless', 'rpc.system'],
  ['rpc.service', 'RPC service', 'name'],
  ['rpc.method', 'RPC method', 'name'],
  ['rpc.status_code', 'RPC status', 'harmless', 'rpc.response.status_code rpc.connect_rpc.error_code'],
  ['rpc.grpc.status_code', 'gRPC status number', 'harmless'],
  // Code, threads, errors
  [Otel.codeFunction, 'Function', 'name', 'code.function'],
  ['code.namespace', 'Module or class', 'name'],
  [Otel.codeFile, 'Source file', 'file', 'code.filepath'],
  [Otel.codeLine, 'Line', 'harmless', 'code.lineno'],
  ['code.column.number', 'Column', 'harmless', 'code.column'],
  ['code.stacktrace', 'Stack', 'free-text'],
  ['thread.id', 'Thread', 'harmless'],
  ['thread.name', 'Thread name', 'name'],
  [Otel.errorType, 'Error type', 'code'],
  ['error.message', 'Error', 'free-text', 'error.msg'],
  ['exception.type', 'Exception', 'code'],
  ['exception.message', 'Exception message', 'free-text'],
  ['exception.stacktrace', 'Exception stack', 'free-text', 'error.stack'],
  ['busy_ns', 'Running', 'harmless', '', 'ns'],
  ['idle_ns', 'Not running', 'harmless', '', 'ns'],
  ['longtask.duration', 'Long task', 'harmless', '', 'ms'],
  // People
  ['user.id', 'User', 'personal', 'enduser.id usr.id'],
  ['user.name', 'User name', 'personal', 'usr.name'],
  ['user.email', 'User e-mail', 'personal', 'usr.email'],
  ['user.roles', 'User roles', 'personal', 'enduser.role'],
  ['session.id', 'Session', 'personal'],
  // Who wrote it
  [Otel.serviceName, 'Service', 'name'],
  ['service.version', 'Service version', 'harmless'],
  ['deployment.environment.name', 'Environment', 'name', 'deployment.environment'],
  ['otel.scope.name', 'Instrumentation', 'harmless', 'otel.library.name'],
  ['otel.scope.version', 'Instrumentation version', 'harmless', 'otel.library.version'],
  ['otel.status_description', 'Status message', 'free-text'],
  ['event.name', 'Event', 'harmless'],
  ['feature_flag.key', 'Feature flag', 'name'],
  ['feature_flag.result.variant', 'Flag variant', 'name', 'feature_flag.variant'],
  ['feature_flag.provider.name', 'Flag provider', 'name', 'feature_flag.provider_name'],
  // The recorder's own: the rest of them are vocabulary, times and counts
  [Key.taskId, 'Task', 'name'],
  [Key.taskName, 'Task name', 'name'],
  [Key.taskParentId, 'Parent task', 'name'],
  [Key.taskOutcome, 'Task outcome', 'harmless'],
  [Key.cancelReason, 'Reason of the cancellation', 'free-text'],
  [Key.awaitTargetId, 'Awaited', 'name'],
  [Key.resourceId, 'Resource instance', 'name'],
  [Key.resourceName, 'Resource', 'name'],
  [Key.resourceCapacity, 'Capacity', 'harmless'],
  [Key.resourceQueueLength, 'Ahead in the queue', 'harmless'],
  [Key.waitId, 'Wait', 'name'],
  [Key.holdId, 'Hold', 'name'],
  [Key.holdIds, 'Under holds', 'name'],
  [Key.timerSeriesId, 'Timer series', 'name'],
  [Key.timerDelay, 'Timer delay', 'harmless', '', 's'],
  [Key.timerLateness, 'Late by', 'harmless', '', 's'],
  [Key.timerNominalDuration, 'Nominal duration', 'harmless', '', 's'],
  [Key.stallThreshold, 'Stall threshold', 'harmless', '', 's'],
  [Key.clockResolution, 'Clock resolution', 'harmless', '', 's'],
  [Key.stateKey, 'State', 'key'],
  [Key.stateValue, 'State value', 'free-text'],
  [Key.stateValueHash, 'Hash of the value', 'identifier'],
  [Key.stateVersion, 'State version', 'free-text'],
  [Key.queueName, 'Queue', 'name'],
  [Key.queueItemId, 'Queue item', 'identifier'],
  [Key.messageChannel, 'Channel', 'name'],
  [Key.messageReceiver, 'Receiver', 'personal'],
  [Key.spanName, 'Span name', 'name'],
  [Key.spanParentId, 'Parent span', 'span-id'],
  [Key.loopId, 'Event loop', 'name'],
  [Key.lossReason, 'Reason of the loss', 'name'],
  [Key.markText, 'Mark', 'free-text'],
]

/** Attributes that are not in the table, by how their names begin. */
export const attributeFamilies: readonly (readonly [prefix: string, privacy: Privacy])[] = [
  ['interleave.', 'harmless'],
  ['telemetry.', 'harmless'],
  ['otel.', 'harmless'],
  ['process.runtime.', 'harmless'],
  ['user.', 'personal'],
  ['enduser.', 'personal'],
  ['usr.', 'personal'],
]

/** Values that are called otherwise now, by current name of the attribute. */
export const olderValues: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'db.system.name',
    new Map([
      ['mssql', 'microsoft.sql_server'],
      ['mssqlcompact', 'microsoft.sql_server'],
      ['oracle', 'oracle.db'],
      ['dynamodb', 'aws.dynamodb'],
      ['redshift', 'aws.redshift'],
      ['cosmosdb', 'azure.cosmosdb'],
      ['spanner', 'gcp.spanner'],
      ['db2', 'ibm.db2'],
    ]),
  ],
  [
    'network.transport',
    new Map([
      ['ip_tcp', 'tcp'],
      ['ip_udp', 'udp'],
      ['IP.TCP', 'tcp'],
    ]),
  ],
  [
    'messaging.operation.type',
    new Map([
      ['publish', 'send'],
      ['deliver', 'process'],
    ]),
  ],
])
