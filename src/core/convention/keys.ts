/**
 * Attribute keys of the convention (`docs/convention.md`). The recorder writes them, `readModel` reads them: one list.
 * Existing OpenTelemetry keys are reused wherever there is one.
 */

/** Instrumentation scope of every record of ours; the scope's version is the convention's. */
export const SCOPE_NAME = 'interleave'
export const CONVENTION_VERSION = '1.0.0'
export const SCHEMA_URL = 'https://interleave.dev/schemas/1.0.0'

export const Key = {
  recordType: 'interleave.record.type',
  taskId: 'interleave.task.id',
  seq: 'interleave.seq',
  seqEnd: 'interleave.seq.end',
  loopId: 'interleave.loop.id',
  loopKind: 'interleave.loop.kind',
  // resource
  clockSource: 'interleave.clock.source',
  clockAnchorUnix: 'interleave.clock.anchor.unix_nano',
  clockAnchorMonotonic: 'interleave.clock.anchor.monotonic_nano',
  clockResolution: 'interleave.clock.resolution',
  recorderVersion: 'interleave.recorder.version',
  // task
  taskName: 'interleave.task.name',
  taskType: 'interleave.task.type',
  taskParentId: 'interleave.task.parent.id',
  taskOutcome: 'interleave.task.outcome',
  runOffsets: 'interleave.run.offsets',
  runDurations: 'interleave.run.durations',
  runDropped: 'interleave.run.dropped',
  // await
  awaitTargetType: 'interleave.await.target.type',
  awaitTargetId: 'interleave.await.target.id',
  awaitReady: 'interleave.await.ready_unix_nano',
  awaitOutcome: 'interleave.await.outcome',
  awaitJoin: 'interleave.await.join',
  // resource.wait, resource.hold
  resourceId: 'interleave.resource.id',
  resourceName: 'interleave.resource.name',
  resourceType: 'interleave.resource.type',
  resourceCapacity: 'interleave.resource.capacity',
  resourcePermits: 'interleave.resource.permits',
  resourceMode: 'interleave.resource.mode',
  resourceScope: 'interleave.resource.scope',
  resourceQueueLength: 'interleave.resource.queue.length',
  resourceInUse: 'interleave.resource.in_use',
  resourceOutcome: 'interleave.resource.outcome',
  resourceReleaseType: 'interleave.resource.release.type',
  waitId: 'interleave.wait.id',
  waitUntimed: 'interleave.wait.untimed',
  holdId: 'interleave.hold.id',
  holdIds: 'interleave.hold.ids',
  // loop.stall
  stallThreshold: 'interleave.stall.threshold',
  stallDetector: 'interleave.stall.detector',
  stallPaused: 'interleave.stall.paused',
  // timer
  timerSeriesId: 'interleave.timer.series.id',
  timerDelay: 'interleave.timer.delay',
  timerExpected: 'interleave.timer.expected_unix_nano',
  timerLateness: 'interleave.timer.lateness',
  timerRepeating: 'interleave.timer.repeating',
  timerStyle: 'interleave.timer.style',
  timerNominalDuration: 'interleave.timer.nominal_duration',
  timerOutcome: 'interleave.timer.outcome',
  // state records
  stateKey: 'interleave.state.key',
  stateVersion: 'interleave.state.version',
  stateValue: 'interleave.state.value',
  stateValueHash: 'interleave.state.value.hash',
  stateReadSeq: 'interleave.state.read.seq',
  // queue and message records
  queueName: 'interleave.queue.name',
  queueItemId: 'interleave.queue.item.id',
  queueDepth: 'interleave.queue.depth',
  queueCapacity: 'interleave.queue.capacity',
  messageChannel: 'interleave.message.channel',
  messageReceiver: 'interleave.message.receiver',
  messageSequence: 'interleave.message.sequence',
  // open records
  spanName: 'interleave.span.name',
  spanStart: 'interleave.span.start_unix_nano',
  spanParentId: 'interleave.span.parent.id',
  // loss, cancel, marks, links
  lossKind: 'interleave.loss.kind',
  lossCount: 'interleave.loss.count',
  lossReason: 'interleave.loss.reason',
  lossFrom: 'interleave.loss.from_unix_nano',
  lossTo: 'interleave.loss.to_unix_nano',
  cancelReason: 'interleave.task.cancel.reason',
  markKind: 'interleave.mark.kind',
  markText: 'interleave.mark.text',
  linkType: 'interleave.link.type',
} as const

/** Values of `interleave.record.type`. */
export const RecordType = {
  task: 'task',
  run: 'run',
  await: 'await',
  wait: 'resource.wait',
  hold: 'resource.hold',
  access: 'state.access',
  stall: 'loop.stall',
  timer: 'timer',
  queueItem: 'queue.item',
  message: 'message',
  mark: 'mark',
} as const

/** Event names of log records. State, queue and message events append their operation: `interleave.state.read`. */
export const Event = {
  state: 'interleave.state.',
  queue: 'interleave.queue.',
  message: 'interleave.message.',
  spanOpen: 'interleave.span.open',
  taskCancel: 'interleave.task.cancel',
  loss: 'interleave.recorder.loss',
  clockSync: 'interleave.clock.sync',
  mark: 'interleave.mark',
} as const

/** OpenTelemetry's own keys that the convention reuses. */
export const Otel = {
  serviceName: 'service.name',
  serviceInstanceId: 'service.instance.id',
  processPid: 'process.pid',
  sdkLanguage: 'telemetry.sdk.language',
  codeFunction: 'code.function.name',
  codeFile: 'code.file.path',
  codeLine: 'code.line.number',
  errorType: 'error.type',
  poolName: 'db.client.connection.pool.name',
} as const
