"""Places in the host's own code."""

import asyncio
import os
import sys
import sysconfig
from collections.abc import Mapping
from types import CodeType, FrameType

from .keys import Otel

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_ASYNCIO = os.path.dirname(os.path.abspath(asyncio.__file__)) + os.sep
_LIBRARIES = tuple(
    os.path.realpath(path) + os.sep
    for path in {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
_MAX_FRAMES = 64


class Site:
    """`file` is relative to the working directory. One object for each place, so that its attributes are made once."""

    __slots__ = ("attributes", "function")

    def __init__(self, function: str, file: str, line: int) -> None:
        self.function = function
        self.attributes: Mapping[str, str | int] = {Otel.CODE_FILE: file, Otel.CODE_LINE: line}
        if function:
            self.attributes = {**self.attributes, Otel.CODE_FUNCTION: function}


_recorded_paths: dict[str, str] = {}
_host_code: dict[CodeType, bool] = {}
_MAX_CACHED = 10_000
# Where a loop calls back: what is further out did not cause what happens inside.
callback_boundaries: set[CodeType] = set()


def is_host_code(code: CodeType) -> bool:
    """Is it the host's own code: neither the recorder, nor Python itself, nor a dependency?"""
    known = _host_code.get(code)
    if known is None:
        known = _is_host_file(code.co_filename)
        if len(_host_code) < _MAX_CACHED:
            _host_code[code] = known
    return known


def _is_host_file(path: str) -> bool:
    if path.startswith(("<", _HERE)):
        return False
    real = os.path.realpath(path)
    if f"{os.sep}site-packages{os.sep}" in real or f"{os.sep}dist-packages{os.sep}" in real:
        return False
    return not real.startswith(_LIBRARIES)


def recorded_path(path: str) -> str:
    """A recording is meant to be shared: paths are relative to the working directory, those of dependencies to their library."""
    known = _recorded_paths.get(path)
    if known is not None:
        return known
    real = os.path.realpath(path)
    for mark in (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}"):
        if mark in real:
            known = real.rpartition(mark)[2]
            break
    else:
        inside = next((root for root in _LIBRARIES if real.startswith(root)), None)
        known = real[len(inside) :] if inside else os.path.relpath(real)
    if len(_recorded_paths) < _MAX_CACHED:
        _recorded_paths[path] = known
    return known


_sites: dict[tuple[CodeType, int | None], Site] = {}


def site_of(code: CodeType, line: int | None) -> Site:
    known = _sites.get((code, line))
    if known is None:
        known = Site(function_name(code), recorded_path(code.co_filename), line or code.co_firstlineno)
        if len(_sites) < _MAX_CACHED:
            _sites[(code, line)] = known
    return known


def function_name(code: CodeType) -> str:
    """`Cart.add`; a module's own code has no name."""
    name = code.co_qualname.rpartition("<locals>.")[2]
    return "" if name.startswith("<module") else name


def host_frame(frame: FrameType | None) -> FrameType | None:
    """The first frame of the host's own code, from `frame` outwards."""
    for _ in range(_MAX_FRAMES):
        if frame is None or frame.f_code in callback_boundaries:
            return None
        if is_host_code(frame.f_code):
            return frame
        frame = frame.f_back
    return None


def capture_site(depth: int = 1) -> Site | None:
    """The first frame of the host's own code above the caller. Some 1 µs."""
    frame = host_frame(sys._getframe(depth)) or host_frame(_awaiting_frame())
    return None if frame is None else site_of(frame.f_code, frame.f_lineno)


def _awaiting_frame() -> FrameType | None:
    """SQLAlchemy runs its synchronous half in a greenlet: who awaits it stands in the parent."""
    greenlet = sys.modules.get("greenlet")
    parent = greenlet.getcurrent().parent if greenlet else None
    return parent.gr_frame if parent else None


def creating_frame(depth: int = 1) -> FrameType | None:
    """Who makes an asyncio object: the first frame outside asyncio and the recorder, when that is the host's own code."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None and frame.f_code.co_filename.startswith((_HERE, _ASYNCIO)):
        frame = frame.f_back
    return frame if frame is not None and is_host_code(frame.f_code) else None


def site_attributes(site: Site | None) -> Mapping[str, str | int]:
    return _NOWHERE if site is None else site.attributes


_NOWHERE: Mapping[str, str | int] = {}
