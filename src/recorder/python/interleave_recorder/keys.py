"""Attribute keys of the convention (`docs/convention.md`): what `src/core/convention/keys.ts` says. A test compares the two."""

SCOPE_NAME = "interleave"
CONVENTION_VERSION = "1.0.0"
SCHEMA_URL = "https://interleave.dev/schemas/1.0.0"


class Key:
    RECORD_TYPE = "interleave.record.type"
    TASK_ID = "interleave.task.id"
    SEQ = "interleave.seq"
    SEQ_END = "interleave.seq.end"
    LOOP_ID = "interleave.loop.id"
    LOOP_KIND = "interleave.loop.kind"
    # resource
    CLOCK_SOURCE = "interleave.clock.source"
    CLOCK_ANCHOR_UNIX = "interleave.clock.anchor.unix_nano"
    CLOCK_ANCHOR_MONOTONIC = "interleave.clock.anchor.monotonic_nano"
    CLOCK_RESOLUTION = "interleave.clock.resolution"
    RECORDER_VERSION = "interleave.recorder.version"
    # task
    TASK_NAME = "interleave.task.name"
    TASK_TYPE = "interleave.task.type"
    TASK_PARENT_ID = "interleave.task.parent.id"
    TASK_OUTCOME = "interleave.task.outcome"
    RUN_OFFSETS = "interleave.run.offsets"
    RUN_DURATIONS = "interleave.run.durations"
    RUN_DROPPED = "interleave.run.dropped"
    # await
    AWAIT_TARGET_TYPE = "interleave.await.target.type"
    AWAIT_TARGET_ID = "interleave.await.target.id"
    AWAIT_READY = "interleave.await.ready_unix_nano"
    AWAIT_OUTCOME = "interleave.await.outcome"
    AWAIT_JOIN = "interleave.await.join"
    # resource.wait, resource.hold
    RESOURCE_ID = "interleave.resource.id"
    RESOURCE_NAME = "interleave.resource.name"
    RESOURCE_TYPE = "interleave.resource.type"
    RESOURCE_CAPACITY = "interleave.resource.capacity"
    RESOURCE_PERMITS = "interleave.resource.permits"
    RESOURCE_MODE = "interleave.resource.mode"
    RESOURCE_SCOPE = "interleave.resource.scope"
    RESOURCE_QUEUE_LENGTH = "interleave.resource.queue.length"
    RESOURCE_IN_USE = "interleave.resource.in_use"
    RESOURCE_OUTCOME = "interleave.resource.outcome"
    RESOURCE_RELEASE_TYPE = "interleave.resource.release.type"
    WAIT_ID = "interleave.wait.id"
    WAIT_UNTIMED = "interleave.wait.untimed"
    HOLD_ID = "interleave.hold.id"
    HOLD_IDS = "interleave.hold.ids"
    # loop.stall
    STALL_THRESHOLD = "interleave.stall.threshold"
    STALL_DETECTOR = "interleave.stall.detector"
    STALL_PAUSED = "interleave.stall.paused"
    # timer
    TIMER_SERIES_ID = "interleave.timer.series.id"
    TIMER_DELAY = "interleave.timer.delay"
    TIMER_EXPECTED = "interleave.timer.expected_unix_nano"
    TIMER_LATENESS = "interleave.timer.lateness"
    TIMER_REPEATING = "interleave.timer.repeating"
    TIMER_STYLE = "interleave.timer.style"
    TIMER_NOMINAL_DURATION = "interleave.timer.nominal_duration"
    TIMER_OUTCOME = "interleave.timer.outcome"
    # state records
    STATE_KEY = "interleave.state.key"
    STATE_VERSION = "interleave.state.version"
    STATE_VALUE = "interleave.state.value"
    STATE_VALUE_HASH = "interleave.state.value.hash"
    STATE_READ_SEQ = "interleave.state.read.seq"
    # queue and message records
    QUEUE_NAME = "interleave.queue.name"
    QUEUE_ITEM_ID = "interleave.queue.item.id"
    QUEUE_DEPTH = "interleave.queue.depth"
    QUEUE_CAPACITY = "interleave.queue.capacity"
    MESSAGE_CHANNEL = "interleave.message.channel"
    MESSAGE_RECEIVER = "interleave.message.receiver"
    MESSAGE_SEQUENCE = "interleave.message.sequence"
    # open records
    SPAN_NAME = "interleave.span.name"
    SPAN_START = "interleave.span.start_unix_nano"
    SPAN_PARENT_ID = "interleave.span.parent.id"
    # loss, cancel, marks, links
    LOSS_KIND = "interleave.loss.kind"
    LOSS_COUNT = "interleave.loss.count"
    LOSS_REASON = "interleave.loss.reason"
    LOSS_FROM = "interleave.loss.from_unix_nano"
    LOSS_TO = "interleave.loss.to_unix_nano"
    CANCEL_REASON = "interleave.task.cancel.reason"
    MARK_KIND = "interleave.mark.kind"
    MARK_TEXT = "interleave.mark.text"
    LINK_TYPE = "interleave.link.type"


class RecordType:
    """Values of `interleave.record.type`."""

    TASK = "task"
    RUN = "run"
    AWAIT = "await"
    WAIT = "resource.wait"
    HOLD = "resource.hold"
    ACCESS = "state.access"
    STALL = "loop.stall"
    TIMER = "timer"
    QUEUE_ITEM = "queue.item"
    MESSAGE = "message"
    MARK = "mark"


class Event:
    """Event names of log records. State, queue and message events append their operation: `interleave.state.read`."""

    STATE = "interleave.state."
    QUEUE = "interleave.queue."
    MESSAGE = "interleave.message."
    SPAN_OPEN = "interleave.span.open"
    TASK_CANCEL = "interleave.task.cancel"
    LOSS = "interleave.recorder.loss"
    CLOCK_SYNC = "interleave.clock.sync"
    MARK = "interleave.mark"


class Otel:
    """OpenTelemetry's own keys that the convention reuses."""

    SERVICE_NAME = "service.name"
    SERVICE_INSTANCE_ID = "service.instance.id"
    PROCESS_PID = "process.pid"
    SDK_LANGUAGE = "telemetry.sdk.language"
    CODE_FUNCTION = "code.function.name"
    CODE_FILE = "code.file.path"
    CODE_LINE = "code.line.number"
    ERROR_TYPE = "error.type"
    POOL_NAME = "db.client.connection.pool.name"
