"""Pools, and locks that somebody else keeps: `pool("db", the_pool)` once, and every acquire and release is recorded."""

from collections.abc import Callable
from typing import Any, TypeVar

from .resource import Hold, RecordedResource, ResourceType
from .runtime import guard
from .site import capture_site

T = TypeVar("T")

# Acquire and release of asyncpg and most others, psycopg_pool, redis.asyncio, SQLAlchemy's pool.
_METHODS = (
    ("acquire", ("release", "destroy")),
    ("getconn", ("putconn",)),
    ("get_connection", ("release",)),
    ("_do_get", ("_do_return_conn",)),
)
_CAPACITIES = ("max_size", "maxsize", "max_connections", "_maxsize", "_max_size")
# Waits shorter than this, with no other holder known, were the work of handing out.
_HANDING_OUT_NS = 5_000_000


def pool(name: str, target: T, *, capacity: int | None = None) -> T:
    """Records who holds what of a pool (asyncpg, psycopg_pool, redis, a SQLAlchemy engine, your own with acquire and release).

    Returns the pool itself.

    Raises TypeError when it has no method to take something by.
    """
    real: Any = getattr(getattr(target, "sync_engine", target), "pool", target)
    for acquire, releases in _METHODS:
        if hasattr(real, acquire) and hasattr(real, releases[0]):
            break
    else:
        raise TypeError(f"pool {name}: {type(target).__qualname__} has no acquire and release")
    resource = RecordedResource(name, "pool", capacity if capacity is not None else _capacity_of(real))
    holds: dict[int, Hold] = {}
    _wrap_acquire(real, acquire, resource, holds)
    for release in releases:
        if hasattr(real, release):
            _wrap_release(real, release, holds)
    return target


def _capacity_of(real: Any) -> int:
    if hasattr(real, "_pool") and hasattr(real, "_max_overflow"):  # SQLAlchemy's QueuePool
        return int(real._pool.maxsize + max(0, real._max_overflow))
    return next((int(getattr(real, name)) for name in _CAPACITIES if isinstance(getattr(real, name, None), int)), -1)


def _wrap_acquire(real: Any, method: str, resource: RecordedResource, holds: dict[int, Hold]) -> None:
    original: Callable[..., Any] = getattr(real, method)

    def granted(request: Any, item: Any) -> Any:
        with guard("pool"):
            holds[id(item)] = request.granted()
        return item

    def begin() -> Any:
        busy = resource.in_use + resource.waiting
        contended = 0 < resource.capacity <= busy
        return resource.request(site=capture_site(3), contended=contended, wait_if_longer_ns=_HANDING_OUT_NS)

    async def finish(request: Any, work: Any) -> Any:
        try:
            item = await work
        except BaseException as error:
            request.failed(error)
            raise
        return granted(request, item)

    def acquire(*args: Any, **options: Any) -> Any:
        request = begin()
        try:
            result = original(*args, **options)
        except BaseException as error:
            request.failed(error)
            raise
        if not hasattr(result, "__await__"):
            return granted(request, result)
        return _Acquiring(finish(request, result), real)

    setattr(real, method, acquire)


class _Acquiring:
    """What `acquire()` returned: to be awaited, or entered as asyncpg allows."""

    def __init__(self, work: Any, real: Any) -> None:
        self._work = work
        self._real = real
        self._item: Any = None

    def __await__(self) -> Any:
        return self._work.__await__()

    async def __aenter__(self) -> Any:
        self._item = await self._work
        return self._item

    async def __aexit__(self, *_error: object) -> None:
        await self._real.release(self._item)


def _wrap_release(real: Any, method: str, holds: dict[int, Hold]) -> None:
    original: Callable[..., Any] = getattr(real, method)

    def release(item: Any, *args: Any, **options: Any) -> Any:
        hold = holds.pop(id(item), None)
        if hold:
            with guard("pool"):
                hold.release()
        return original(item, *args, **options)

    setattr(real, method, release)


class ExternalLock:
    """A lock that somebody else keeps: a row lock, an advisory lock, a file lock, a lock in Redis. The host tells what it sees of it.

    async with external_lock("row:jobs/4521", "transaction") as ask:
        await ask(session.execute(select_for_update))
        …
    """

    def __init__(self, resource: RecordedResource) -> None:
        self._resource = resource
        self._hold: Hold | None = None

    async def __aenter__(self) -> "ExternalLock":
        return self

    async def __call__(self, asking: Any) -> Any:
        resource = self._resource
        request = resource.request(
            site=capture_site(2),
            contended=resource.in_use + resource.waiting >= resource.capacity,
            wait_if_longer_ns=_HANDING_OUT_NS,
        )
        try:
            result = await asking
        except BaseException as error:
            request.failed(error)
            raise
        self._hold = request.granted()
        return result

    async def __aexit__(self, *_error: object) -> None:
        if self._hold:
            self._hold.release()


_external: dict[str, RecordedResource] = {}
_MAX_EXTERNAL = 10_000


def external_lock(
    name: str, type: ResourceType = "custom", *, scope: str = "cluster", capacity: int = 1
) -> ExternalLock:
    resource = _external.get(name)
    if resource is None:
        resource = RecordedResource(name, type, capacity, scope=scope)
        if len(_external) < _MAX_EXTERNAL:
            _external[name] = resource
    return ExternalLock(resource)
