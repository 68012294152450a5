"""Tasks: one lane each, with the slices in which it had the loop."""

import asyncio
import contextvars
import weakref
from typing import TYPE_CHECKING, Any, Literal

from opentelemetry.sdk.trace import Span

from .clock import now_ns
from .keys import Event, Key, Otel, RecordType
from .loops import LoopState, running_loop_state
from .otlp_json import Value
from .records import RecordSpan, add_open, remove_open, write_event
from .runtime import is_running, next_id
from .site import Site, capture_site, site_attributes

if TYPE_CHECKING:
    from .resource import Request

TaskType = Literal["request", "stream", "timer", "background", "promise", "coroutine", "callback", "thread_job"]

# More slices than this are counted, not kept: a stream that lives for days must not fill memory.
_MAX_SLICES = 2000
# Slices of one task this close, with nobody else in between, are one.
_MERGE_GAP_NS = 100_000
_MAX_ENDED_CHILDREN = 1000

# The task that code outside a step belongs to: callbacks it scheduled, threads it started.
_owner: contextvars.ContextVar["Task | None"] = contextvars.ContextVar("interleave_task", default=None)


class Task:
    """What is recorded of one `asyncio.Task`."""

    __slots__ = (
        "asyncio_task",
        "coalesced",
        "dropped",
        "durations",
        "end_ns",
        "ended",
        "ended_children",
        "failed",
        "holds",
        "id",
        "in_ticks",
        "last_await",
        "last_reads",
        "last_sleep",
        "loop",
        "offsets",
        "open_await",
        "parent",
        "pending",
        "record",
        "server_span",
        "shares_context",
        "sleeping",
        "stands_for",
        "suspended_ns",
        "suspended_seq",
        "timed_out",
    )

    def __init__(self, name: str, parent: "Task | None", loop: LoopState, site: Site | None) -> None:
        self.id = next_id("t")
        self.parent = parent
        self.loop = loop
        self.asyncio_task: weakref.ref[asyncio.Task[Any]] | None = None
        self.offsets: list[int] = []
        self.durations: list[int] = []
        self.dropped = 0
        self.coalesced = 0
        # End of the last slice, -1 before the first.
        self.suspended_ns = -1
        self.suspended_seq = 0
        self.ended_children: list[Task] = []
        # Ids of the holds it has now; true: only what is told explicitly counts as their use.
        self.holds: dict[str, bool] = {}
        # What it waits for, as the primitive it called tells: a request for a resource, or (type, id) of something else.
        self.pending: Request | tuple[str, str] | None = None
        # The timer it armed last: (future, due, delay), for `asyncio.sleep`.
        self.sleeping: tuple[int, int, int] | None = None
        # The last read of each key: what its next write is based on.
        self.last_reads: dict[str, int] = {}
        # Its next sleep is one of `ticks()`, which tells it itself.
        self.in_ticks = False
        self.last_sleep: Any = None
        self.last_await: Any = None
        self.open_await: RecordSpan | None = None
        # A deadline has just run out for it.
        self.timed_out = False
        self.server_span: Span | None = None
        # It was given a context that others may use as well: who works in it is said at each step.
        self.shares_context = False
        # The caller whose work it does, when it is only a helper of `wait_for`.
        self.stands_for: Task | None = None
        self.ended = False
        self.failed = False
        self.end_ns = -1
        attributes: dict[str, Value] = {
            Key.TASK_ID: self.id,
            Key.TASK_NAME: name,
            Key.TASK_TYPE: "coroutine",
            Key.TASK_OUTCOME: "running",
            **loop.attributes,
            **site_attributes(site),
        }
        if parent:
            attributes[Key.TASK_PARENT_ID] = parent.id
        self.record = RecordSpan(RecordType.TASK, f"task {name}", attributes)
        if parent:
            self.record.link("spawned_by", parent.record)
        self.record.refresh = self._write_slices
        add_open(self.record)

    def describe(self, name: str | None, type: TaskType | None) -> None:
        if name is not None:
            self.record.name = f"task {name}"
            self.record.attributes[Key.TASK_NAME] = name
        if type is not None:
            self.record.attributes[Key.TASK_TYPE] = type

    def serves(self, span: Span) -> None:
        """It works for a request: that is what to call it."""
        self.server_span = span
        self.describe(span.name, "request")

    @property
    def name(self) -> str:
        return str(self.record.attributes[Key.TASK_NAME])

    def add_slice(self, start_ns: int, end_ns: int, contiguous: bool) -> None:
        """`contiguous`: nobody else ran since this task's last slice."""
        start = max(0, start_ns - self.record.start_ns)
        if contiguous and self.offsets:
            last = self.offsets[-1]
            if start - last - self.durations[-1] <= _MERGE_GAP_NS:
                self.durations[-1] = end_ns - self.record.start_ns - last
                return
        if len(self.offsets) < _MAX_SLICES:
            self.offsets.append(start)
            self.durations.append(end_ns - self.record.start_ns - start)
        else:
            self.dropped += 1

    def _write_slices(self) -> None:
        attributes = self.record.attributes
        count = len(self.durations)
        attributes[Key.RUN_OFFSETS] = self.offsets[:count]
        attributes[Key.RUN_DURATIONS] = self.durations[:count]
        if self.dropped:
            attributes[Key.RUN_DROPPED] = self.dropped
        if self.coalesced:
            attributes["interleave.await.coalesced"] = self.coalesced

    def end(self, outcome: str, error: str | None, end_ns: int) -> None:
        if self.ended:
            return
        self.ended = True
        self.end_ns = end_ns
        self.failed = outcome != "completed"
        if self.last_await:
            self.last_await.write()
            self.last_await = None
        if self.server_span:
            # Frameworks name it when they know the route.
            self.describe(self.server_span.name, None)
        attributes = self.record.attributes
        attributes[Key.TASK_OUTCOME] = outcome
        if error is not None:
            attributes[Otel.ERROR_TYPE] = error
        self._write_slices()
        remove_open(self.record)
        self.record.end(end_ns, error if outcome == "failed" else None)
        parent = self.parent
        if parent and not parent.ended and len(parent.ended_children) < _MAX_ENDED_CHILDREN:
            parent.ended_children.append(self)


class RecordedTask(asyncio.Task[Any]):
    """An asyncio task that knows its record, and tells when somebody names or cancels it."""

    interleave: Task | None = None

    def set_name(self, value: object) -> None:
        super().set_name(value)
        # Before 3.12 a task gets its name after it was made.
        if self.interleave:
            self.interleave.describe(str(value), None)

    def cancel(self, msg: Any | None = None) -> bool:
        accepted = super().cancel(msg)
        task = self.interleave
        if accepted and task and not task.timed_out and is_running():
            write_event(
                Event.TASK_CANCEL,
                {
                    Key.TASK_ID: task.id,
                    Key.CANCEL_REASON: str(msg if msg is not None else "cancel()")[:200],
                    **site_attributes(capture_site(2)),
                },
            )
        return accepted


# asyncio says its name in messages that people search for: "Task exception was never retrieved".
RecordedTask.__name__ = RecordedTask.__qualname__ = asyncio.Task.__name__


def task_of(asyncio_task: object) -> Task | None:
    return getattr(asyncio_task, "interleave", None)


def current_task() -> Task | None:
    """The task that the running code belongs to."""
    state = running_loop_state()
    if state is not None and state.nobodys:
        return None
    task = state.running if state is not None and state.running is not None else _owner.get()
    return task if task is not None and not task.ended else None


def context_for(task: Task) -> contextvars.Context:
    context = contextvars.copy_context()
    enter_context(task, context)
    return context


def enter_context(task: Task, context: contextvars.Context) -> None:
    context.run(_owner.set, task)


def describe_task(name: str | None = None, type: TaskType | None = None) -> None:
    """Names the task this is called in, or says what kind it is."""
    task = current_task()
    if task and is_running():
        task.describe(name, type)


def bind(task: Task, asyncio_task: "asyncio.Task[Any]") -> None:
    """Only weakly: a task that nobody keeps must still be destroyed, for that is a bug worth seeing."""

    def gone(_ref: object) -> None:
        if not task.ended and is_running():
            task.end("abandoned", None, now_ns())

    task.asyncio_task = weakref.ref(asyncio_task, gone)
    asyncio_task.interleave = task  # type: ignore[attr-defined]


def end_if_done(task: Task, asyncio_task: "asyncio.Task[Any]", at_ns: int) -> bool:
    if not asyncio_task.done():
        return False
    if asyncio_task.cancelled():
        task.end("cancelled", None, at_ns)
        return True
    # `exception()` would mark the error as seen, and asyncio would no longer tell that nobody looked.
    error: BaseException | None = getattr(asyncio_task, "_exception", None)
    if error is None:
        task.end("completed", None, at_ns)
    else:
        task.end("failed", error_type(error), at_ns)
    return True


def error_type(error: BaseException) -> str:
    return type(error).__qualname__


def task_attribute(task: Task | None) -> dict[str, Value]:
    return {Key.TASK_ID: task.id} if task else {}


def hold_ids(task: Task, *, all: bool) -> list[str]:
    """Ids of the holds a task works under: its own and those of the tasks it runs for."""
    ids: list[str] = []
    at: Task | None = task
    while at is not None and len(ids) < 64:
        ids.extend(id for id, explicit in list(at.holds.items()) if all or not explicit)
        at = at.parent
    return ids
