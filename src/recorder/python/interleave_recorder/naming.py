"""Names for locks and queues, which have none in asyncio: the name of the variable they are made for.

`self._lock = asyncio.Lock()` in class Cart is `Cart._lock`; `locks[key] = asyncio.Lock()` is `locks`.
"""

import keyword
import linecache
import re

from .site import creating_frame, recorded_path

_assigned = re.compile(r"^\s*(?:self\.|cls\.)?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)[^=!<>]*=(?!=)")
_member = re.compile(r"^\s*(?:self|cls)\.")


def name_by_creation(kind: str) -> str | None:
    """Null when a dependency makes it: its locks are its own business."""
    frame = creating_frame(2)
    if frame is None:
        return None
    code, line = frame.f_code, frame.f_lineno
    text = linecache.getline(code.co_filename, line)
    match = _assigned.match(text)
    # `def open(self): self.q = Queue()` and the like: a keyword is no name.
    if match is None or keyword.iskeyword(match[1]):
        return f"{kind} ({recorded_path(code.co_filename)}:{line})"
    name = match[1]
    owner = code.co_qualname.rpartition(".")[0].rpartition("<locals>.")[2]
    return f"{owner}.{name}" if owner and _member.match(text) else name
