"""Something tasks take and give back: who has it, who waits for it."""

from collections import Counter, deque
from typing import Literal

from .awaits import write_open_await
from .clock import now_ns
from .keys import Key, Otel, RecordType
from .otlp_json import Attributes, Value
from .records import RecordSpan, add_open, remove_open
from .runtime import guard, is_running, next_id
from .site import Site, site_attributes
from .tasks import Task, current_task, error_type, task_attribute

ResourceType = Literal[
    "mutex",
    "rwlock",
    "semaphore",
    "pool",
    "connection",
    "transaction",
    "queue",
    "file_lock",
    "advisory_lock",
    "distributed_lock",
    "custom",
]
Outcome = Literal["timeout", "cancelled", "failed"]
_instances: Counter[str] = Counter()


class RecordedResource:
    """Makes the wait and hold records of one lock, semaphore or pool."""

    def __init__(
        self,
        name: str,
        type: ResourceType,
        capacity: int,
        *,
        scope: str = "process",
        attributes: Attributes | None = None,
        explicit_uses: bool = False,
    ) -> None:
        self.capacity = capacity
        # Only uses that are told explicitly count as useful; false: every span made inside the hold does.
        self.explicit_uses = explicit_uses
        self.in_use = 0
        self.waiting = 0
        self.holders: dict[Hold, None] = {}
        self.last_released: Hold | None = None
        # Releases that let a waiter in which has not run since: (time, hold).
        self.granted: deque[tuple[int, Hold]] = deque(maxlen=1000)
        self._type = type
        self._scope = scope
        self._more = dict(attributes or {})
        self.rename(name)

    def rename(self, name: str) -> None:
        _instances[name] += 1
        self.name = name
        self.id = f"{name}#{_instances[name]}"

    def attributes(self) -> dict[str, Value]:
        return {
            Key.RESOURCE_ID: self.id,
            Key.RESOURCE_NAME: self.name,
            Key.RESOURCE_TYPE: self._type,
            Key.RESOURCE_CAPACITY: self.capacity,
            Key.RESOURCE_SCOPE: self._scope,
            **self._more,
        }

    def request(self, *, site: Site | None, contended: bool, wait_if_longer_ns: int | None = None) -> "Request":
        """A task asks for it. Settle the request with `granted` or `failed`."""
        return Request(self, site, contended, wait_if_longer_ns)

    def held_by(self, task: Task | None) -> "Hold | None":
        """The hold that a release without a name ends: the task's own, else the oldest."""
        mine = (hold for hold in self.holders if hold.task is task)
        return next(mine, None) or next(iter(self.holders), None)


class Request:
    """The wait: from asking to getting or giving up."""

    __slots__ = ("contended", "record", "resource", "settled", "site", "task", "wait_id", "wait_if_longer_ns")

    def __init__(
        self, resource: RecordedResource, site: Site | None, contended: bool, wait_if_longer_ns: int | None
    ) -> None:
        self.resource = resource
        self.site = site
        self.contended = contended
        self.wait_if_longer_ns = wait_if_longer_ns
        self.settled = False
        self.wait_id = next_id("w")
        task = current_task()
        self.task = task.stands_for or task if task else None
        self.record = RecordSpan(
            RecordType.WAIT,
            f"acquire {resource.name}",
            {
                **task_attribute(self.task),
                **(self.task.loop.attributes if self.task else {}),
                **resource.attributes(),
                Key.WAIT_ID: self.wait_id,
                Key.RESOURCE_PERMITS: 1,
                Key.RESOURCE_MODE: "exclusive",
                Key.RESOURCE_QUEUE_LENGTH: resource.waiting,
                Key.RESOURCE_IN_USE: resource.in_use,
                **site_attributes(site),
            },
        )
        resource.waiting += 1
        if contended and is_running():
            if task:
                task.pending = self
            for hold in list(resource.holders)[:32]:
                self.record.link("blocked_by", hold.record)
            waiter = task
            self.record.refresh = lambda: write_open_await(waiter, now_ns()) if waiter else None
            add_open(self.record)

    def ready_ns(self, now: int) -> int:
        """When the task that goes on at `now` could have gone on."""
        granted = self.resource.granted
        return granted[0][0] if self.contended and granted else now

    def granted(self) -> "Hold":
        resource = self.resource
        at, after = now_ns(), resource.last_released
        if self.contended and resource.granted:
            at, after = resource.granted.popleft()
            at = max(at, self.record.start_ns)
        self._settle()
        resource.in_use += 1
        limit = self.wait_if_longer_ns
        waited = self.contended or (limit is not None and at - self.record.start_ns > limit)
        hold = Hold(self, at, waited)
        resource.holders[hold] = None
        if waited and is_running():
            with guard("wait"):
                self.record.attributes[Key.RESOURCE_OUTCOME] = "acquired"
                self.record.attributes[Key.HOLD_ID] = hold.id
                if after:
                    self.record.link("granted_by", after.record)
                self.record.end(at)
        return hold

    def failed(self, error: BaseException) -> None:
        self._settle()
        if not is_running():
            return
        with guard("wait"):
            self.record.attributes[Key.RESOURCE_OUTCOME] = self._outcome(error)
            self.record.attributes[Otel.ERROR_TYPE] = error_type(error)
            self.record.end(error=error_type(error))

    def _outcome(self, error: BaseException) -> Outcome:
        if "timeout" in error_type(error).lower() or (self.task and self.task.timed_out):
            return "timeout"
        return "cancelled" if error_type(error) == "CancelledError" else "failed"

    def _settle(self) -> None:
        if self.settled:
            return
        self.settled = True
        self.resource.waiting -= 1
        remove_open(self.record)
        task = current_task()
        if task and task.pending is self:
            task.pending = None


class Hold:
    """What a task has, from grant to release."""

    __slots__ = ("id", "record", "released", "resource", "task")

    def __init__(self, request: Request, at_ns: int, waited: bool) -> None:
        resource = request.resource
        self.id = next_id("h")
        self.resource = resource
        self.task = request.task
        self.released = False
        attributes: dict[str, Value] = {
            **task_attribute(self.task),
            **(self.task.loop.attributes if self.task else {}),
            **resource.attributes(),
            Key.HOLD_ID: self.id,
            Key.RESOURCE_PERMITS: 1,
            Key.RESOURCE_MODE: "exclusive",
            Key.RESOURCE_IN_USE: resource.in_use,
            **site_attributes(request.site),
        }
        if waited:
            attributes[Key.WAIT_ID] = request.wait_id
        self.record = RecordSpan(
            RecordType.HOLD,
            f"hold {resource.name}",
            attributes,
            start_ns=at_ns,
            parent=request.record.own_context,
        )
        if self.task:
            self.task.holds[self.id] = resource.explicit_uses
        if is_running():
            add_open(self.record)

    def release(self, type: Literal["released", "auto", "expired"] = "released") -> None:
        if self.released:
            return
        self.released = True
        resource = self.resource
        at = now_ns()
        resource.in_use -= 1
        resource.holders.pop(self, None)
        resource.last_released = self
        if resource.waiting > len(resource.granted):
            resource.granted.append((at, self))
        if self.task:
            self.task.holds.pop(self.id, None)
        remove_open(self.record)
        if is_running():
            with guard("hold"):
                self.record.attributes[Key.RESOURCE_RELEASE_TYPE] = type
                self.record.end(at)
