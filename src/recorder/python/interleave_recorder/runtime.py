"""What every part of the recorder shares: is it on, the order of records, ids, and what was lost."""

import itertools
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .clock import now_ns

_seq = itertools.count(1)
_ids = itertools.count(1)
_running = False


def is_running() -> bool:
    """False until `start()`: wrappers then work, and record nothing."""
    return _running


def set_running(value: bool) -> None:
    global _running
    _running = value


def next_seq() -> int:
    """Total order of the records of this process, also when the clock ties."""
    return next(_seq)


def next_id(kind: str) -> str:
    """`t12`; unique in the process."""
    return f"{kind}{next(_ids)}"


@dataclass
class Loss:
    kind: str
    reason: str
    count: int
    from_ns: int
    to_ns: int


_losses: dict[tuple[str, str], Loss] = {}
_losses_lock = threading.RLock()
# A broken host could make a new message each time; the table must not grow with it.
_MAX_LOSSES = 64


def count_loss(kind: str, reason: str, count: int = 1) -> None:
    """Counts what was not recorded. Reported in the stream: silence must mean "nothing lost"."""
    at = now_ns()
    with _losses_lock:
        wanted = (kind, reason)
        key = wanted if wanted in _losses or len(_losses) < _MAX_LOSSES else (kind, "other")
        known = _losses.get(key)
        if known is None:
            _losses[key] = Loss(kind, key[1], count, at, at)
        else:
            known.count += count
            known.to_ns = at


def take_losses() -> list[Loss]:
    """Takes what was counted since the last call."""
    with _losses_lock:
        taken = list(_losses.values())
        _losses.clear()
    return taken


@contextmanager
def guard(kind: str) -> Iterator[None]:
    """Runs recorder code: whatever it raises is counted as a loss and never reaches the host."""
    try:
        yield
    except Exception:
        count_recorder_error(kind)


def count_recorder_error(kind: str) -> None:
    """For `except Exception` on hot paths, where `guard` would cost too much."""
    error = sys.exc_info()[1]
    count_loss(kind, f"recorder error: {error!r}"[:200])
