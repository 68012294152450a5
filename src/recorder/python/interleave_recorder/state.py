"""Accesses to shared things: told one by one with `state()`, or by a dictionary or attribute that tells them itself."""

from collections.abc import Iterator, MutableMapping
from typing import Any, Generic, TypeVar, overload

from .keys import Event, Key, Otel, RecordType
from .otlp_json import Value
from .records import write_event
from .runtime import guard, is_running, next_seq
from .site import capture_site, site_attributes
from .tasks import current_task, error_type, hold_ids

_MAX_VALUE_LENGTH = 120


class State:
    """Accesses to one shared thing, named like `row:jobs/4521`. Call right after the operation happened."""

    def __init__(self, key: str) -> None:
        self._key = key

    def read(self, value: object = None, *, version: object = None, error: BaseException | None = None) -> None:
        _write_access(self._key, "read", value, version, error)

    def check(self, value: object = None, *, version: object = None, error: BaseException | None = None) -> None:
        _write_access(self._key, "check", value, version, error)

    def write(self, value: object = None, *, version: object = None, error: BaseException | None = None) -> None:
        _write_access(self._key, "write", value, version, error)

    def compare_and_set(
        self, value: object = None, *, version: object = None, error: BaseException | None = None
    ) -> None:
        _write_access(self._key, "compare_and_set", value, version, error)

    def increment(self, value: object = None, *, version: object = None, error: BaseException | None = None) -> None:
        _write_access(self._key, "increment", value, version, error)

    def create(self, value: object = None, *, version: object = None, error: BaseException | None = None) -> None:
        _write_access(self._key, "create", value, version, error)

    def delete(self, value: object = None, *, version: object = None, error: BaseException | None = None) -> None:
        _write_access(self._key, "delete", value, version, error)


def state(key: str) -> State:
    return State(key)


def _write_access(key: str, operation: str, value: object, version: object, error: BaseException | None) -> None:
    if not is_running():
        return
    with guard("state"):
        seq = next_seq()
        task = current_task()
        attributes: dict[str, Value] = {
            Key.RECORD_TYPE: RecordType.ACCESS,
            Key.SEQ: seq,
            Key.STATE_KEY: key,
            **site_attributes(capture_site(2)),
        }
        if value is not None:
            attributes[Key.STATE_VALUE] = str(value)[:_MAX_VALUE_LENGTH]
        if version is not None:
            attributes[Key.STATE_VERSION] = str(version)
        if error is not None:
            attributes[Otel.ERROR_TYPE] = error_type(error)
        if task:
            attributes |= {Key.TASK_ID: task.id, **task.loop.attributes}
            holds = hold_ids(task, all=True)
            if holds:
                attributes[Key.HOLD_IDS] = holds
            reads = task.last_reads
            if operation in ("read", "check"):
                reads[key] = seq
            elif key in reads:
                attributes[Key.STATE_READ_SEQ] = reads[key]
        write_event(Event.STATE + operation, attributes)


K = TypeVar("K")
V = TypeVar("V")


class TrackedDict(MutableMapping[K, V]):
    """A dictionary that tells every access, with a version per entry: `carts = TrackedDict("cart")` has keys `cart:42`."""

    def __init__(self, name: str, *args: Any, **entries: V) -> None:
        self._name = name
        self._entries: dict[K, V] = dict(*args, **entries)
        self._versions: dict[object, int] = {}

    def __getitem__(self, key: K) -> V:
        value = self._entries[key]
        self._tell("read", key, value)
        return value

    def __contains__(self, key: object) -> bool:
        known = key in self._entries
        self._tell("check", key, known)
        return known

    def get(self, key: K, default: Any = None) -> Any:
        if key in self._entries:
            return self[key]
        self._tell("check", key, "missing")
        return default

    def __setitem__(self, key: K, value: V) -> None:
        self._entries[key] = value
        self._versions[key] = self._versions.get(key, 0) + 1
        self._tell("write", key, value)

    def __delitem__(self, key: K) -> None:
        try:
            del self._entries[key]
        except KeyError as error:
            _write_access(self._key(key), "delete", None, None, error)
            raise
        self._versions[key] = self._versions.get(key, 0) + 1
        self._tell("delete", key, None)

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"TrackedDict({self._name!r}, {self._entries!r})"

    def _key(self, key: object) -> str:
        return f"{self._name}:{key}"

    def _tell(self, operation: str, key: object, value: object) -> None:
        _write_access(self._key(key), operation, value, self._versions.get(key), None)


class TrackedAttribute(Generic[V]):
    """An attribute that tells its reads and writes: in a class, `visits = TrackedAttribute("var:visits", 0)`."""

    def __init__(self, key: str, default: V) -> None:
        self._key = key
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = f"_tracked_{name}"

    @overload
    def __get__(self, instance: None, owner: type) -> "TrackedAttribute[V]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> V: ...
    def __get__(self, instance: object | None, owner: type) -> "V | TrackedAttribute[V]":
        if instance is None:
            return self
        value, version = instance.__dict__.get(self._slot, (self._default, 0))
        _write_access(self._key, "read", value, version, None)
        return value  # type: ignore[no-any-return]

    def __set__(self, instance: object, value: V) -> None:
        version = instance.__dict__.get(self._slot, (None, 0))[1] + 1
        instance.__dict__[self._slot] = (value, version)
        _write_access(self._key, "write", value, version, None)
