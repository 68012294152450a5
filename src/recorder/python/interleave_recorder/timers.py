"""Timers: late ones, and loops of `asyncio.sleep`, without code; `ticks()` for a series with a promised length."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from .clock import now_ns, unix_ns
from .keys import Key, RecordType
from .otlp_json import Value
from .records import RecordSpan
from .runtime import count_loss, is_running, next_id
from .site import Site, capture_site, site_attributes
from .tasks import Task, current_task, task_attribute

TimerStyle = Literal["interval", "sleep_loop", "deadline", "heartbeat"]

# One-shot timers are told only when they came this late.
LATE_NS = 20_000_000
# Ticks of a loop of sleeps beyond this many are counted only.
_MAX_TICKS = 1000


@dataclass(slots=True)
class _SleepLoop:
    """Sleeps at one place of one task: from the second on they are a series."""

    site: Site
    delay_ns: int
    fired_ns: int
    series: str = ""
    ticks: int = 1


def note_sleep(task: Task, site: Site | None, now: int) -> None:
    """A sleep is over. The same one as before: a tick of a loop, expected one delay after the last."""
    if task.in_ticks:
        task.in_ticks = False
        return
    if task.sleeping is None or site is None:
        return
    delay_ns = task.sleeping[2]
    known: _SleepLoop | None = task.last_sleep
    if known is None or known.site.attributes != site.attributes or known.delay_ns != delay_ns:
        task.last_sleep = _SleepLoop(site, delay_ns, now)
        return
    expected_ns, known.fired_ns = known.fired_ns + delay_ns, now
    known.ticks += 1
    if known.ticks > _MAX_TICKS:
        count_loss("timer", f"more than {_MAX_TICKS} ticks")
        return
    known.series = known.series or next_id("s")
    write_tick(site.function or "sleep", known.series, task, now, expected_ns, delay_ns, "sleep_loop", site)


def note_late_timer(name: str, task: Task | None, due_ns: int, started_ns: int) -> None:
    write_tick(name, "", task, started_ns, due_ns, -1, "deadline", None)


def write_tick(
    name: str,
    series: str,
    task: Task | None,
    fired_ns: int,
    expected_ns: int,
    delay_ns: int,
    style: TimerStyle,
    site: Site | None,
    nominal_s: float | None = None,
) -> None:
    attributes: dict[str, Value] = {
        **task_attribute(task),
        Key.TIMER_EXPECTED: str(unix_ns(expected_ns)),
        Key.TIMER_LATENESS: max(0, fired_ns - expected_ns) / 1e9,
        Key.TIMER_REPEATING: series != "",
        Key.TIMER_STYLE: style,
        Key.TIMER_OUTCOME: "fired",
        **(task.loop.attributes if task else {}),
        **site_attributes(site),
    }
    if series:
        attributes[Key.TIMER_SERIES_ID] = series
    if delay_ns >= 0:
        attributes[Key.TIMER_DELAY] = delay_ns / 1e9
    if nominal_s is not None:
        attributes[Key.TIMER_NOMINAL_DURATION] = float(nominal_s)
    RecordSpan(RecordType.TIMER, f"timer {name}", attributes, start_ns=fired_ns).end()


async def ticks(
    name: str, every: float, *, style: TimerStyle = "sleep_loop", nominal: float | None = None
) -> AsyncIterator[int]:
    """A repeating timer whose ticks are recorded with their lateness: `async for n in ticks("session", every=1, nominal=600)`.

    `sleep_loop` and `heartbeat` sleep `every` seconds after each tick's work, as `while True: await asyncio.sleep(1)` does;
    `interval` keeps to the grid of the first tick. `nominal` is what the whole series should take, in seconds.
    """
    series = next_id("s")
    site = capture_site(2)
    every_ns = int(every * 1e9)
    expected_ns = now_ns() + every_ns
    count = 0
    while True:
        task = current_task()
        delay_s = max(0, expected_ns - now_ns()) / 1e9 if style == "interval" else every
        if task:
            task.in_ticks = True
        await asyncio.sleep(delay_s)
        fired_ns = now_ns()
        if is_running():
            write_tick(name, series, task, fired_ns, expected_ns, every_ns, style, site, nominal)
        if style == "interval":
            expected_ns += max(1, -(-(fired_ns - expected_ns) // every_ns)) * every_ns
        else:
            expected_ns = fired_ns + every_ns
        count += 1
        yield count
