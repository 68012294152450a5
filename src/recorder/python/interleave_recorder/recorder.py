"""Starts and ends the recording."""

import atexit
import os
import platform
import signal
import sys
import threading
import time
import uuid
from types import FrameType, TracebackType
from typing import Any

from opentelemetry.sdk.resources import OTELResourceDetector

from .clock import ANCHOR_UNIX_NS, CLOCK_RESOLUTION_S, CLOCK_SOURCE
from .events import listen_to_warnings, mark, record_exception, write_losses
from .hooks import install_hooks
from .host_pauses import watchdog_sleeps, watchdog_woke
from .keys import CONVENTION_VERSION, Key, Otel
from .otlp_json import Value
from .pipeline import Pipeline, pipeline, set_pipeline
from .primitives import install_primitives
from .records import forget_open_records, write_all_open_records, write_due_open_records
from .runtime import guard, is_running, set_running
from .sinks import FileSink, OtlpSink, Sink
from .stalls import set_stall_threshold_ms, stall_threshold_ns, watch_loops

_FLUSH_S = 0.25


def start(
    service_name: str,
    *,
    file: str | None = None,
    otlp: str | None = None,
    stall_threshold_ms: float = 50,
) -> None:
    """Records this process from now on until it ends.

    `file`: OTLP/JSON lines are appended there. `otlp`: base address of an OTLP/HTTP receiver, `http://127.0.0.1:4318`.
    `stall_threshold_ms`: a callback that has the loop for longer is a stall.

    Raises ValueError without `file` and `otlp`, RuntimeError when already recording, OSError when the file can't be opened.
    """
    if is_running():
        raise RuntimeError("interleave_recorder: already recording")
    if file is not None:
        sink: Sink = FileSink(file)
    elif otlp is not None:
        sink = OtlpSink(otlp)
    else:
        raise ValueError("interleave_recorder: give `file` or `otlp`")
    set_stall_threshold_ms(stall_threshold_ms)
    _begin(sink, service_name)
    install_hooks()
    install_primitives()
    listen_to_warnings()
    _finish_on_exit(sink, service_name)


def _begin(sink: Sink, service_name: str) -> None:
    set_pipeline(Pipeline(sink, _describe_process(service_name)))
    set_running(True)
    threading.Thread(target=_maintain, args=(pipeline(),), name="interleave-recorder", daemon=True).start()


def _describe_process(service_name: str) -> dict[str, Value]:
    """Host, user and command line are left out: they would put paths of this machine into a file that is meant to be shared."""
    attributes: dict[str, Any] = dict(OTELResourceDetector().detect().attributes)
    return attributes | {
        Otel.SERVICE_NAME: service_name,
        Otel.SERVICE_INSTANCE_ID: str(uuid.uuid4()),
        Otel.PROCESS_PID: os.getpid(),
        Otel.SDK_LANGUAGE: "python",
        "telemetry.sdk.name": "opentelemetry",
        "process.runtime.name": platform.python_implementation().lower(),
        "process.runtime.version": platform.python_version(),
        Key.CLOCK_SOURCE: CLOCK_SOURCE,
        Key.CLOCK_ANCHOR_UNIX: str(ANCHOR_UNIX_NS),
        Key.CLOCK_ANCHOR_MONOTONIC: "0",
        Key.CLOCK_RESOLUTION: CLOCK_RESOLUTION_S,
        Key.RECORDER_VERSION: CONVENTION_VERSION,
    }


def _maintain(to: Pipeline) -> None:
    """The recorder's own thread: watches the loops for stalls, and writes what there is, so that little is lost when the process is killed."""
    flushed = time.monotonic()
    while is_running() and to is pipeline():
        watchdog_sleeps(stall_threshold_ns() // 4)
        time.sleep(stall_threshold_ns() / 4e9)
        watchdog_woke()
        with guard("watch"):
            watch_loops()
        if time.monotonic() - flushed >= _FLUSH_S:
            flushed = time.monotonic()
            with guard("flush"):
                write_due_open_records()
                write_losses(final=False)
                to.flush()


def finish(reason: str) -> None:
    """The end of the recording, whatever way the process ends short of SIGKILL: open records, a shutdown mark, the loss report."""
    if not is_running():
        return
    with guard("exit"):
        write_all_open_records()
        mark("shutdown", reason)
        write_losses(final=True)
    set_running(False)
    with guard("exit"):
        pipeline().close()


def _finish_on_exit(sink: Sink, service_name: str) -> None:
    atexit.register(finish, "exit")
    hook = sys.excepthook

    def excepthook(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        if not isinstance(error, KeyboardInterrupt):
            record_exception(error)
        hook(kind, error, at)

    sys.excepthook = excepthook
    # A host with a handler of its own decides how to end; then `atexit` comes.
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:

        def on_sigterm(number: int, _frame: FrameType | None) -> None:
            finish("SIGTERM")
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        signal.signal(signal.SIGTERM, on_sigterm)

    def in_child() -> None:
        if is_running():
            forget_open_records()
            _begin(sink, service_name)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)
