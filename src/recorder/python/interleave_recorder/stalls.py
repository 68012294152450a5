"""Loop stalls: a callback that had the loop for longer than the threshold, with the function that kept it.

At the end of a callback its stack is gone, so a watchdog looks at the thread meanwhile:

    callback  ├───────────────────────────────┤ 120 ms
    watchdog      ·    ·  x    x    x    x           x: looked, from half the threshold on
"""

import sys
from collections import Counter

from .clock import now_ns
from .host_pauses import longest_pause_ns
from .keys import Key, RecordType
from .loops import LoopState, all_loop_states
from .records import RecordSpan
from .runtime import guard
from .site import Site, host_frame, site_attributes, site_of
from .tasks import Task, task_attribute

_threshold_ns = 50_000_000
_MAX_SAMPLES = 200


def set_stall_threshold_ms(milliseconds: float) -> None:
    global _threshold_ns
    _threshold_ns = int(milliseconds * 1e6)


def stall_threshold_ns() -> int:
    return _threshold_ns


def watch_loops() -> None:
    """Called by the recorder's thread, several times per threshold."""
    now = now_ns()
    for state in all_loop_states():
        began = state.callback_ns
        if not began or now - began < _threshold_ns // 2 or len(state.samples) >= _MAX_SAMPLES:
            continue
        frame = host_frame(sys._current_frames().get(state.thread_id))
        if frame is not None and state.callback_ns == began:
            state.samples.append((frame.f_code, frame.f_lineno))


def note_stall(state: LoopState, task: Task | None, start_ns: int, end_ns: int, seq: int) -> None:
    with guard("stall"):
        paused = longest_pause_ns(start_ns, end_ns)
        record = RecordSpan(
            RecordType.STALL,
            "eventloop.stall",
            {
                **task_attribute(task),
                **state.attributes,
                Key.STALL_THRESHOLD: _threshold_ns / 1e9,
                Key.STALL_DETECTOR: "watchdog",
                **({Key.STALL_PAUSED: paused / 1e9} if paused else {}),
                **site_attributes(_busiest(state)),
            },
            start_ns=start_ns,
            seq=seq,
            parent=task.record.own_context if task else None,
        )
        record.end(end_ns)


def _busiest(state: LoopState) -> Site | None:
    """The host's function that was seen most, and the line it was seen at most."""
    samples, state.samples = state.samples, []
    if not samples:
        return None
    code, _ = Counter(code for code, _ in samples).most_common(1)[0]
    line, _ = Counter(line for seen, line in samples if seen is code).most_common(1)[0]
    return site_of(code, line)
