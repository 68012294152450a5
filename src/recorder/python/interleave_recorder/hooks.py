"""What is replaced in asyncio: how tasks are made, how a loop runs a callback, how timers are armed.

callback   Handle._run────────────────────────┤ idle ├──Handle._run──┤
task       │ step of T1 until its next await  │      │ step of T2    │
"""

import asyncio
import re
import sys
from asyncio import base_events, events, futures, selector_events
from collections.abc import Callable
from typing import Any

from .awaits import MIN_AWAIT_NS, tell_target, write_await
from .clock import now_ns, ns_of_loop_time
from .events import record_asyncio_error
from .loops import LoopState, loop_state
from .runtime import count_recorder_error, is_running, next_seq
from .site import callback_boundaries, capture_site
from .spans import attach_to_tracer_provider
from .stalls import note_stall, stall_threshold_ns
from .tasks import RecordedTask, Task, bind, context_for, current_task, end_if_done, enter_context, task_of
from .timers import LATE_NS, note_late_timer

_create_task = base_events.BaseEventLoop.create_task
_call_at = base_events.BaseEventLoop.call_at
_run_in_executor = base_events.BaseEventLoop.run_in_executor
_call_exception_handler = base_events.BaseEventLoop.call_exception_handler
_run = events.Handle._run
_shield = asyncio.shield

_wake_sleeper = futures._set_result_unless_cancelled  # type: ignore[attr-defined]

_loop_files = {base_events.__file__, selector_events.__file__}
_default_name = re.compile(r"Task-\d+")
# Sockets call these: a connection is nobody's work until a task is made for it.
_from_outside = (asyncio.BaseTransport, asyncio.BaseProtocol, asyncio.AbstractEventLoop, asyncio.Task)
# Before 3.12 `wait_for` puts what it waits for into a task of its own: no lane, its work is the caller's.
_wait_for_makes_tasks = sys.version_info < (3, 12)


def install_hooks() -> None:
    callback_boundaries.add(run.__code__)
    loop: Any = base_events.BaseEventLoop
    loop.create_task = create_task
    loop.call_at = call_at
    loop.run_in_executor = run_in_executor
    loop.call_exception_handler = call_exception_handler
    handle: Any = events.Handle
    handle._run = run
    asyncio.shield = asyncio.tasks.shield = shield


def create_task(self: Any, coro: Any, **options: Any) -> "asyncio.Task[Any]":
    if not is_running() or _is_asyncios_own(coro):
        return _create_task(self, coro, **options)
    task: Task | None = None
    try:
        name = options.get("name")
        parent = current_task()
        if parent is None:
            attach_to_tracer_provider()
        task = Task(
            name if name and not _default_name.fullmatch(name) else _name_of(coro),
            parent,
            loop_state(self),
            capture_site(2),
        )
        if _wait_for_makes_tasks and _called_by_wait_for():
            task.stands_for = task.parent
    except Exception:
        count_recorder_error("task")
    if self._task_factory is not None:
        made = _create_task(self, coro, **options)
    else:
        if task and options.get("context") is None:
            options["context"] = context_for(task)
        elif task:
            task.shares_context = True
        self._check_closed()
        made = RecordedTask(coro, loop=self, **options)
        if made._source_traceback:  # type: ignore[attr-defined]
            del made._source_traceback[-1]  # type: ignore[attr-defined]
    if task:
        bind(task, made)
        end_if_done(task, made, now_ns())
    return made


def _is_asyncios_own(coro: Any) -> bool:
    """What a loop does for itself: accepting connections, ending."""
    code = getattr(coro, "cr_code", None)
    return code is not None and code.co_filename in _loop_files


def _called_by_wait_for() -> bool:
    """`wait_for` → `ensure_future` → `_ensure_future` → `create_task`"""
    frame = sys._getframe(2)
    for _ in range(3):
        if frame.f_code is asyncio.wait_for.__code__:
            return True
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False


def _name_of(coro: Any) -> str:
    return str(getattr(coro, "__qualname__", type(coro).__qualname__)).rpartition("<locals>.")[2]


def run(self: events.Handle) -> None:
    """Every callback of a loop comes through here; a task's step is one of them."""
    if not is_running():
        return _run(self)
    state = loop_state(self._loop)  # type: ignore[attr-defined]
    # Who is called: a task for its next step, or somebody else.
    asyncio_task: Any = getattr(self._callback, "__self__", None)  # type: ignore[attr-defined]
    task = task_of(asyncio_task)
    started = now_ns()
    try:
        if isinstance(self, events.TimerHandle):
            _note_timer(self, task or current_task(), started)
        if task and task.suspended_ns >= 0:
            if started - task.suspended_ns >= MIN_AWAIT_NS:
                write_await(task, asyncio_task, started)
            else:
                task.coalesced += 1
            task.suspended_ns = -1
        if task and task.shares_context:
            enter_context(task, self._context)  # type: ignore[attr-defined]
    except Exception:
        count_recorder_error("await")
    state.running = task
    state.nobodys = task is None and isinstance(asyncio_task, _from_outside)
    state.callback_seq = next_seq()
    state.callback_ns = started
    try:
        return _run(self)
    finally:
        state.callback_ns = 0
        state.running = None
        state.nobodys = False
        _after(state, task, asyncio_task, started)


def _after(state: LoopState, task: Task | None, asyncio_task: Any, started: int) -> None:
    ended = now_ns()
    try:
        if task and not task.ended:
            task.add_slice(started, ended, state.last_run is task)
            if not end_if_done(task, asyncio_task, ended):
                task.suspended_ns = ended
                task.suspended_seq = next_seq()
                task.ended_children.clear()
            task.timed_out = False
        state.last_run = task
        if ended - started >= stall_threshold_ns():
            note_stall(state, task, started, ended, state.callback_seq)
        elif state.samples:
            state.samples = []
    except Exception:
        count_recorder_error("run")


def _note_timer(handle: events.TimerHandle, task: Task | None, started: int) -> None:
    due = ns_of_loop_time(handle._when)  # type: ignore[attr-defined]
    # A late sleep is told by the await of it.
    if started - due >= LATE_NS and handle._callback is not _wake_sleeper:  # type: ignore[attr-defined]
        name = getattr(handle._callback, "__qualname__", "call_later")  # type: ignore[attr-defined]
        note_late_timer(name.rpartition("<locals>.")[2], task, due, started)


def call_at(self: Any, when: float, callback: Callable[..., object], *args: Any, **options: Any) -> Any:
    """`asyncio.sleep` arms a timer for a future and awaits that: this is how an await is known to be a sleep."""
    if callback is _wake_sleeper and args and is_running():
        task = current_task()
        if task:
            due = ns_of_loop_time(when)
            delay = round((when - self.time()) * 1e3) * 1_000_000
            task.sleeping = (id(args[0]), due, delay)
    return _call_at(self, when, callback, *args, **options)


def run_in_executor(self: Any, executor: Any, func: Any, *args: Any) -> Any:
    future = _run_in_executor(self, executor, func, *args)
    if is_running():
        tell_target(future, ("io", "thread pool"))
    return future


def call_exception_handler(self: Any, context: dict[str, Any]) -> None:
    record_asyncio_error(context)
    _call_exception_handler(self, context)


def shield(arg: Any) -> Any:
    inner = asyncio.ensure_future(arg)
    outer = _shield(inner)
    task = task_of(inner)
    if task and outer is not inner and is_running():
        tell_target(outer, task)
    return outer
