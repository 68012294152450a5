"""Marks, losses, numbered messages, and what asyncio complains about."""

import warnings
from typing import Any, Literal, TextIO

from .clock import unix_ns
from .keys import Event, Key, RecordType
from .otlp_json import Value
from .records import write_event
from .runtime import guard, is_running, next_seq, take_losses
from .site import capture_site, recorded_path, site_attributes
from .tasks import current_task, error_type, task_attribute, task_of

MarkKind = Literal["deploy", "config", "complaint", "hypothesis", "run", "shutdown", "host_pause"]

_WARN = 13
_ERROR = 17
_FATAL = 21


def mark(kind: MarkKind, text: str) -> None:
    """A moment somebody will want to find again."""
    with guard("mark"):
        write_event(
            Event.MARK,
            {
                Key.RECORD_TYPE: RecordType.MARK,
                Key.SEQ: next_seq(),
                Key.MARK_KIND: kind,
                Key.MARK_TEXT: text[:1000],
                **task_attribute(current_task()),
            },
        )


def write_losses(*, final: bool) -> None:
    """What was lost since the last report. `final`: also when nothing was, so that a reader can tell silence from completeness."""
    losses = take_losses()
    for loss in losses:
        write_event(
            Event.LOSS,
            {
                Key.LOSS_KIND: loss.kind,
                Key.LOSS_COUNT: loss.count,
                Key.LOSS_REASON: loss.reason,
                Key.LOSS_FROM: str(unix_ns(loss.from_ns)),
                Key.LOSS_TO: str(unix_ns(loss.to_ns)),
            },
        )
    if final and not losses:
        write_event(
            Event.LOSS,
            {Key.LOSS_KIND: "all", Key.LOSS_COUNT: 0, Key.LOSS_REASON: "none: nothing was dropped"},
        )


class Channel:
    """Numbered messages to receivers: what shows that one was overtaken."""

    def __init__(self, name: str) -> None:
        self._name = name

    def send(self, receiver: str, sequence: int) -> None:
        """Call when the message goes out."""
        self._write("send", receiver, sequence)

    def receive(self, receiver: str, sequence: int) -> None:
        """Call where it arrives, in the order of arrival."""
        self._write("receive", receiver, sequence)

    def _write(self, direction: str, receiver: str, sequence: int) -> None:
        if not is_running():
            return
        with guard("message"):
            write_event(
                Event.MESSAGE + direction,
                {
                    Key.RECORD_TYPE: RecordType.MESSAGE,
                    Key.SEQ: next_seq(),
                    Key.MESSAGE_CHANNEL: self._name,
                    Key.MESSAGE_RECEIVER: receiver,
                    Key.MESSAGE_SEQUENCE: sequence,
                    **task_attribute(current_task()),
                    **site_attributes(capture_site(2)),
                },
            )


def channel(name: str) -> Channel:
    return Channel(name)


def record_asyncio_error(context: dict[str, Any]) -> None:
    """`Task exception was never retrieved`, `Task was destroyed but it is pending!`: only the runtime can know. Without its traceback: that names files of this machine."""
    if not is_running():
        return
    with guard("exception"):
        message = str(context.get("message") or "Unhandled exception in event loop")
        error = context.get("exception")
        attributes: dict[str, Value] = task_attribute(task_of(context.get("task") or context.get("future")))
        if isinstance(error, BaseException):
            attributes |= {
                "exception.type": error_type(error),
                "exception.message": f"{message}: {error_type(error)}: {error}"[:500],
            }
        write_event("exception", attributes, body=message[:500], severity=_ERROR)


def record_exception(error: BaseException) -> None:
    """An error nobody caught, that ends the process."""
    with guard("exception"):
        write_event(
            "exception",
            {"exception.type": error_type(error), "exception.message": str(error)[:500]},
            body=f"{error_type(error)}: {error}"[:500],
            severity=_FATAL,
        )


def listen_to_warnings() -> None:
    """`coroutine 'f' was never awaited`"""
    show = warnings.showwarning

    def showwarning(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, RuntimeWarning) and "was never awaited" in str(message) and is_running():
            with guard("warning"):
                write_event(
                    "asyncio",
                    {
                        "code.file.path": recorded_path(filename),
                        "code.line.number": lineno,
                        **task_attribute(current_task()),
                    },
                    body=str(message).split("\n", 1)[0],
                    severity=_WARN,
                )
        show(message, category, filename, lineno, file, line)

    warnings.showwarning = showwarning
