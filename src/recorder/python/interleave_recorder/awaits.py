"""Why a task was suspended. Told when it goes on: then its coroutines still stand where they waited."""

import asyncio
import weakref
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from .clock import unix_ns
from .keys import Key, RecordType
from .otlp_json import Value
from .records import RecordSpan
from .runtime import next_seq
from .site import Site, function_name, is_host_code, recorded_path, site_attributes, site_of
from .tasks import Task, task_of
from .timers import note_sleep

# Gaps shorter than this are continuations, not waiting: counted on the task as coalesced.
MIN_AWAIT_NS = 100_000
_MAX_DEPTH = 64

# Futures that stand for something: ("io", "thread pool"), or the task behind a shield.
_targets: "weakref.WeakKeyDictionary[asyncio.Future[Any], tuple[str, str] | Task]" = weakref.WeakKeyDictionary()


def tell_target(future: "asyncio.Future[Any]", target: tuple[str, str] | Task) -> None:
    _targets[future] = target


@dataclass(slots=True)
class Cause:
    type: str
    id: str
    ready_ns: int = -1
    outcome: str = "resolved"
    join: str = ""
    children: list[Task] = field(default_factory=list)


@dataclass(slots=True)
class FinishedAwait:
    """An await that is over, and may turn out to be the first part of a longer one."""

    record: RecordSpan
    target: str
    end_ns: int
    seq_end: int

    def write(self) -> None:
        self.record.end(self.end_ns, seq_end=self.seq_end)


def write_await(task: Task, asyncio_task: "asyncio.Task[Any]", now: int) -> None:
    """`task` goes on at `now`: the gap since its last slice was an await."""
    future = getattr(asyncio_task, "_fut_waiter", None)
    site, inner = _where(asyncio_task)
    cause = _cause_of(task, future, inner, now)
    if cause.type == "timer":
        note_sleep(task, site, now)
    task.sleeping = None
    target = f"{cause.type} {cause.id}"
    last = task.last_await
    # Reading a message is several waits with some microseconds between them: one await, for a reader.
    if last and last.target == target and cause.type == "io" and task.suspended_ns - last.end_ns < MIN_AWAIT_NS:
        last.end_ns, last.seq_end = now, next_seq()
        task.coalesced += 1
        return
    if last:
        last.write()
    record = task.open_await or _new_await(task)
    task.open_await = None
    _describe(record, task, cause, site)
    record.attributes[Key.AWAIT_OUTCOME] = cause.outcome
    task.last_await = FinishedAwait(record, target, now, next_seq())


def write_open_await(task: Task, at_ns: int) -> None:
    """The open record of the await that `task` is in."""
    asyncio_task = task.asyncio_task() if task.asyncio_task else None
    if asyncio_task is None or task.suspended_ns < 0 or task.ended:
        return
    if task.last_await:
        task.last_await.write()
        task.last_await = None
    site, inner = _where(asyncio_task)
    cause = _cause_of(task, getattr(asyncio_task, "_fut_waiter", None), inner, at_ns)
    cause.ready_ns = -1
    task.open_await = task.open_await or _new_await(task)
    _describe(task.open_await, task, cause, site)
    task.open_await.write_open(at_ns)


def _new_await(task: Task) -> RecordSpan:
    return RecordSpan(
        RecordType.AWAIT, "", {}, start_ns=task.suspended_ns, seq=task.suspended_seq, parent=task.record.own_context
    )


def _describe(record: RecordSpan, task: Task, cause: Cause, site: Site | None) -> None:
    record.name = f"await {cause.id}"
    attributes: dict[str, Value] = {
        Key.TASK_ID: task.id,
        Key.AWAIT_TARGET_TYPE: cause.type,
        Key.AWAIT_TARGET_ID: cause.id,
        **task.loop.attributes,
        **site_attributes(site),
    }
    if cause.ready_ns >= 0:
        attributes[Key.AWAIT_READY] = str(unix_ns(max(cause.ready_ns, record.start_ns)))
    if cause.join:
        attributes[Key.AWAIT_JOIN] = cause.join
    record.attributes.update(attributes)
    record.links.clear()
    for child in cause.children:
        record.link("awaits", child.record)


@dataclass(slots=True)
class _Inner:
    """The innermost coroutine, where a task really waits."""

    code: CodeType
    locals: dict[str, Any]

    @property
    def name(self) -> str:
        return self.code.co_qualname


def _where(asyncio_task: "asyncio.Task[Any]") -> tuple[Site | None, _Inner | None]:
    """The innermost place in the host's own code that a suspended task stands at, and its innermost coroutine."""
    at: Any = asyncio_task.get_coro()
    site = None
    inner = None
    for _ in range(_MAX_DEPTH):
        frame = getattr(at, "cr_frame", None) or getattr(at, "gi_frame", None) or getattr(at, "ag_frame", None)
        if frame is None:
            break
        code = frame.f_code
        inner = frame
        if is_host_code(code):
            site = site_of(code, frame.f_lineno)
        at = getattr(at, "cr_await", None) or getattr(at, "gi_yieldfrom", None) or getattr(at, "ag_await", None)
    return site, None if inner is None else _Inner(inner.f_code, inner.f_locals if _knows(inner.f_code) else {})


# Functions of asyncio whose variables say what they wait for.
_telling = {"wait_for", "_wait"}


def _knows(code: CodeType) -> bool:
    return code.co_name in _telling and code.co_filename == asyncio.tasks.__file__


def _cause_of(task: Task, future: Any, inner: _Inner | None, now: int) -> Cause:
    cause = _target_of(task, future, inner, now)
    if future is not None and future.done():
        if future.cancelled():
            cause.outcome = "timeout" if task.timed_out else "cancelled"
        elif getattr(future, "_exception", None) is not None:
            cause.outcome = "rejected"
    if any(child.failed for child in cause.children) and cause.outcome == "resolved" and not cause.join:
        cause.outcome = "rejected"
    return cause


def _target_of(task: Task, future: Any, inner: _Inner | None, now: int) -> Cause:
    pending = task.pending
    if isinstance(pending, tuple):
        return Cause(*pending)
    if pending is not None:
        return Cause("resource", pending.resource.id, pending.ready_ns(now))
    child = task_of(future) or _targets.get(future) if future is not None else None
    if isinstance(child, Task):
        return _of_children([child], "")
    if child is not None:
        return Cause(*child)
    if isinstance(future, asyncio.tasks._GatheringFuture):  # type: ignore[attr-defined]
        return _of_children(_tasks_of(future._children), "all")
    name = inner.name if inner else ""
    if inner and name == "_wait":
        return _of_children(_tasks_of(inner.locals.get("fs", ())), _join_of(inner.locals.get("return_when")))
    if inner and name == "wait_for":
        return _of_children(_tasks_of([inner.locals.get("fut")]), "")
    if name == "TaskGroup.__aexit__":
        return _of_children([child for child in task.ended_children if child.end_ns >= task.suspended_ns], "all")
    sleeping = task.sleeping
    if sleeping and future is not None and sleeping[0] == id(future):
        return Cause("timer", f"sleep {sleeping[2] / 1e6:g} ms", min(sleeping[1], now))
    if future is None:
        return Cause("promise", "next turn")
    if inner is None or is_host_code(inner.code):
        return Cause("promise", "future")
    if inner.code.co_filename.startswith(("<", asyncio.tasks.__file__)):
        return Cause("promise", function_name(inner.code))
    path = recorded_path(inner.code.co_filename)
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return Cause("io", f"{module}.{name}" if not path.startswith("asyncio/") else name)


def _tasks_of(futures: Any) -> list[Task]:
    return [task for task in map(task_of, futures) if task]


def _join_of(return_when: object) -> str:
    return {"ALL_COMPLETED": "settled", "FIRST_EXCEPTION": "all"}.get(str(return_when), "any")


def _of_children(children: list[Task], join: str) -> Cause:
    if not children:
        return Cause("promise", "tasks")
    ended = [child.end_ns for child in children if child.ended]
    # `any` could go on when the first had ended, the others when the last had.
    ready = (min if join == "any" else max)(ended, default=-1)
    if len(children) == 1:
        return Cause("task", children[0].id, ready, join=join, children=children)
    names = ", ".join(child.name for child in children[:8])
    return Cause("promise", names, ready, join=join or "all", children=children)
