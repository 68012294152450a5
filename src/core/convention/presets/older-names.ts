/**
 * Older names of attributes that are still written: current name → names before it, newest first. Read as the current
 * ones; the store keeps what the file had.
 */
export const olderNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['http.request.method', ['http.method']],
  ['http.response.status_code', ['http.status_code']],
  ['url.path', ['http.target']],
  ['url.full', ['http.url']],
  ['url.scheme', ['http.scheme']],
  ['user_agent.original', ['http.user_agent']],
  ['client.address', ['http.client_ip']],
  ['server.address', ['net.peer.name', 'net.host.name', 'http.host']],
  ['server.port', ['net.peer.port', 'net.host.port']],
  ['network.peer.address', ['net.sock.peer.addr', 'net.peer.ip']],
  ['network.peer.port', ['net.sock.peer.port']],
  ['network.transport', ['net.transport']],
  ['db.system.name', ['db.system']],
  ['db.namespace', ['db.name', 'db.redis.database_index']],
  ['db.query.text', ['db.statement']],
  ['db.operation.name', ['db.operation']],
  ['db.collection.name', ['db.sql.table', 'db.mongodb.collection', 'db.cassandra.table']],
  ['code.function.name', ['code.function']],
  ['code.file.path', ['code.filepath']],
  ['code.line.number', ['code.lineno']],
  ['code.column.number', ['code.column']],
  ['messaging.operation.type', ['messaging.operation']],
  ['messaging.destination.name', ['messaging.destination']],
  ['messaging.message.id', ['messaging.message_id']],
  ['db.client.connection.pool.name', ['db.client.connections.pool.name', 'pool.name']],
])

/** Older values of `db.system.name`. */
export const olderSystems: ReadonlyMap<string, string> = new Map([
  ['mssql', 'microsoft.sql_server'],
  ['oracle', 'oracle.db'],
  ['dynamodb', 'aws.dynamodb'],
  ['redshift', 'aws.redshift'],
  ['cosmosdb', 'azure.cosmosdb'],
  ['spanner', 'gcp.spanner'],
  ['db2', 'ibm.db2'],
  ['mssqlcompact', 'microsoft.sql_server'],
])
