"""`asyncio.Lock`, `Semaphore`, `Condition`, `Event` and `Queue`: recorded as they are, without a change in the host.

Only those that the host's own code makes. Grants are told by the release that made them; the waiter runs a little later:

    holder   ██████████┤ release = grant
    waiter   ─ wait ───┤ ready lag ├──████ runs
"""

import asyncio
from typing import Any, TypeVar

from .keys import Event, Key, RecordType
from .naming import name_by_creation
from .otlp_json import Value
from .records import write_event
from .resource import RecordedResource
from .runtime import count_recorder_error, guard, is_running, next_seq
from .site import capture_site, site_attributes
from .tasks import current_task, task_attribute

_lock_init, _lock_acquire, _lock_release = asyncio.Lock.__init__, asyncio.Lock.acquire, asyncio.Lock.release
_semaphore_init = asyncio.Semaphore.__init__
_semaphore_acquire, _semaphore_release = asyncio.Semaphore.acquire, asyncio.Semaphore.release
_condition_init, _condition_wait = asyncio.Condition.__init__, asyncio.Condition.wait
_event_init, _event_wait = asyncio.Event.__init__, asyncio.Event.wait
_queue_init, _queue_put, _queue_get = asyncio.Queue.__init__, asyncio.Queue.put, asyncio.Queue.get
_queue_put_nowait, _queue_get_nowait = asyncio.Queue.put_nowait, asyncio.Queue.get_nowait
_on_timeout = asyncio.Timeout._on_timeout  # type: ignore[attr-defined]

T = TypeVar("T")


def install_primitives() -> None:
    for owner, methods in (
        (asyncio.Lock, (lock_init, lock_acquire, lock_release)),
        (asyncio.Semaphore, (semaphore_init, semaphore_acquire, semaphore_release)),
        (asyncio.Condition, (condition_init, condition_wait)),
        (asyncio.Event, (event_init, event_wait)),
        (asyncio.Queue, (queue_init, queue_put, queue_get, queue_put_nowait, queue_get_nowait)),
        (asyncio.Timeout, (timeout_on_timeout,)),
    ):
        for method in methods:
            name = method.__name__.partition("_")[2]
            setattr(owner, {"init": "__init__", "on_timeout": "_on_timeout"}.get(name, name), method)


def named(name: str, primitive: T) -> T:
    """Gives a lock, semaphore, event or queue a name of your own: `lock = named("stock", asyncio.Lock())`."""
    resource: RecordedResource | None = getattr(primitive, "_interleave", None)
    if resource is not None:
        resource.rename(name)
    elif isinstance(primitive, asyncio.Lock):
        primitive._interleave = RecordedResource(name, "mutex", 1)  # type: ignore[attr-defined]
    else:
        primitive._interleave_name = name  # type: ignore[attr-defined]
    return primitive


def lock_init(self: Any) -> None:
    _lock_init(self)
    with guard("lock"):
        name = name_by_creation("Lock")
        self._interleave = RecordedResource(name, "mutex", 1) if name else None


async def lock_acquire(self: Any) -> Any:
    return await _acquire(self, _lock_acquire, self.locked() or bool(self._waiters))


def lock_release(self: Any) -> None:
    _lock_release(self)
    _released(self)


def semaphore_init(self: Any, value: int = 1) -> None:
    _semaphore_init(self, value)
    with guard("lock"):
        # A semaphore that starts without permits is a signal: nobody holds anything.
        name = name_by_creation(type(self).__name__) if value > 0 else None
        self._interleave = RecordedResource(name, "semaphore", value) if name else None


async def semaphore_acquire(self: Any) -> Any:
    return await _acquire(self, _semaphore_acquire, self.locked())


def semaphore_release(self: Any) -> None:
    _semaphore_release(self)
    _released(self)


async def _acquire(self: Any, original: Any, contended: bool) -> Any:
    resource: RecordedResource | None = getattr(self, "_interleave", None)
    request = None
    if resource is not None:
        with guard("lock"):
            request = resource.request(site=capture_site(3), contended=contended)
    try:
        result = await original(self)
    except BaseException as error:
        if request:
            request.failed(error)
        raise
    if request:
        with guard("lock"):
            request.granted()
    return result


def _released(self: Any) -> None:
    resource: RecordedResource | None = getattr(self, "_interleave", None)
    if resource is not None:
        with guard("lock"):
            hold = resource.held_by(current_task())
            if hold:
                hold.release()


def condition_init(self: Any, lock: Any = None) -> None:
    _condition_init(self, lock)
    _name(self, "Condition")


def event_init(self: Any) -> None:
    _event_init(self)
    _name(self, "Event")


def _name(self: Any, kind: str) -> None:
    with guard("name"):
        self._interleave_name = name_by_creation(kind) or kind


async def condition_wait(self: Any) -> Any:
    return await _waiting("event", self, _condition_wait(self))


async def event_wait(self: Any) -> Any:
    return await _waiting("event", self, _event_wait(self))


async def queue_put(self: Any, item: Any) -> None:
    await _waiting("queue", self, _queue_put(self, item))


async def queue_get(self: Any) -> Any:
    return await _waiting("queue", self, _queue_get(self))


async def _waiting(kind: str, self: Any, work: Any) -> Any:
    """The task now waits for something that is nobody's; inside a pool's acquire, for the pool."""
    task = current_task() if is_running() else None
    if task is None or task.pending is not None:
        return await work
    task.pending = (kind, getattr(self, "_interleave_name", None) or type(self).__name__)
    try:
        return await work
    finally:
        task.pending = None


def queue_init(self: Any, maxsize: int = 0) -> None:
    _queue_init(self, maxsize)
    with guard("queue"):
        self._interleave_name = name_by_creation("Queue")
        self._interleave_counts = {"put": 0, "get": 0}


def queue_put_nowait(self: Any, item: Any) -> None:
    _queue_put_nowait(self, item)
    _write_item(self, "put")


def queue_get_nowait(self: Any) -> Any:
    item = _queue_get_nowait(self)
    _write_item(self, "get")
    return item


def _write_item(self: Any, operation: str) -> None:
    name = getattr(self, "_interleave_name", None)
    if not name or not is_running():
        return
    try:
        task = current_task()
        attributes: dict[str, Value] = {
            Key.RECORD_TYPE: RecordType.QUEUE_ITEM,
            Key.SEQ: next_seq(),
            Key.QUEUE_NAME: name,
            Key.QUEUE_DEPTH: self.qsize(),
            **task_attribute(task),
            **(task.loop.attributes if task else {}),
            **site_attributes(capture_site(3)),
        }
        if self.maxsize > 0:
            attributes[Key.QUEUE_CAPACITY] = self.maxsize
        # First in, first out: the n-th that comes out is the n-th that went in.
        if type(self) is asyncio.Queue and hasattr(self, "_interleave_counts"):
            self._interleave_counts[operation] += 1
            attributes[Key.QUEUE_ITEM_ID] = str(self._interleave_counts[operation])
        write_event(Event.QUEUE + operation, attributes)
    except Exception:
        count_recorder_error("queue")


def timeout_on_timeout(self: Any) -> None:
    """The cancellation that follows is a deadline's, and meant for a part of the task."""
    task = getattr(self._task, "interleave", None)
    if task:
        task.timed_out = True
    _on_timeout(self)
