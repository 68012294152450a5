"""Event loops: who has each of them at this instant."""

import asyncio
import itertools
import threading
import weakref
from types import CodeType
from typing import TYPE_CHECKING

from .keys import Key
from .otlp_json import Value

if TYPE_CHECKING:
    from .tasks import Task

_numbers = itertools.count(1)


class LoopState:
    """One event loop. Those of the main thread follow each other and are all `main`."""

    __slots__ = ("attributes", "callback_ns", "callback_seq", "last_run", "nobodys", "running", "samples", "thread_id")

    def __init__(self) -> None:
        main = threading.current_thread() is threading.main_thread()
        self.attributes: dict[str, Value] = {
            Key.LOOP_ID: "main" if main else f"loop-{next(_numbers)}",
            Key.LOOP_KIND: "main" if main else "worker",
        }
        self.thread_id = threading.get_ident()
        # When the running callback began, 0 when the loop is idle.
        self.callback_ns = 0
        self.callback_seq = 0
        # The running callback is the loop's own or a transport's: nobody's, whatever was running when that was made.
        self.nobodys = False
        # The task whose step runs.
        self.running: Task | None = None
        self.last_run: Task | None = None
        # Host functions the watchdog saw on the thread while the running callback was too long, with the line each was at.
        self.samples: list[tuple[CodeType, int]] = []


_loops: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()


def loop_state(loop: asyncio.AbstractEventLoop) -> LoopState:
    state: LoopState | None = getattr(loop, "_interleave", None)
    if state is None:
        state = LoopState()
        loop._interleave = state  # type: ignore[attr-defined]
        _loops.add(loop)
    return state


def running_loop_state() -> LoopState | None:
    return getattr(asyncio._get_running_loop(), "_interleave", None)


def all_loop_states() -> list[LoopState]:
    return [loop_state(loop) for loop in list(_loops)]
