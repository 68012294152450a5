"""Was it this process that kept the loop, or did the whole machine stand still?

The watchdog wants to run every few milliseconds. When it comes late and the process has not used the processor meanwhile, nobody
could run: another process had the machine, or it was suspended. (While the host's code computes, the process does use it; while
that blocks, the watchdog runs.)
"""

import time
from collections import deque

from .clock import now_ns

# The watchdog itself may be this late on a busy machine.
_LATE_NS = 25_000_000

_pauses: deque[tuple[int, int]] = deque(maxlen=64)
_expected_ns = 0
_cpu_ns = 0


def watchdog_sleeps(for_ns: int) -> None:
    global _expected_ns, _cpu_ns
    _expected_ns = now_ns() + for_ns
    _cpu_ns = time.process_time_ns()


def watchdog_woke() -> None:
    pause = _pause_until(now_ns())
    if pause:
        _pauses.append(pause)


def _pause_until(now: int) -> tuple[int, int] | None:
    late = now - _expected_ns
    if late < _LATE_NS or time.process_time_ns() - _cpu_ns > late // 2:
        return None
    return _expected_ns, now


def longest_pause_ns(start_ns: int, end_ns: int) -> int:
    """The longest stretch of the interval in which the process did not run, as far as one can tell. It ends now: the watchdog may not have woken yet."""
    pauses = list(_pauses)
    going_on = _pause_until(end_ns)
    if going_on:
        pauses.append(going_on)
    return max((min(end_ns, end) - max(start_ns, start) for start, end in pauses if end > start_ns), default=0)
