"""Terminal: text of strangers made safe to print.

A terminal obeys control characters, and direction overrides let a line say something
else than it shows.  Both are made visible.  Anybody may depend on this module.
"""

import re
from typing import Final

_OBEYED: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, except tab and new line
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\u2028\u2029\ufeff\ufff9-\ufffb"  # line separators, and what shows as nothing
    "\ud800-\udfff"  # half characters
    "\U000e0000-\U000e007f"  # tags: text that shows as nothing
    "]"
)


def visible(untrusted_text: str) -> str:
    """*untrusted_text* with each dangerous character written as <U+XXXX>; lines stay lines."""
    # A line may end as files of Windows do; a carriage return anywhere else is a trick.
    return _named(untrusted_text.replace("\r\n", "\n"))


def visible_line(untrusted_text: str) -> str:
    """The same, with tabs and new lines written out too, so that it stays one line."""
    return _named(untrusted_text).replace("\n", "<U+000A>").replace("\t", "<U+0009>")


def _named(untrusted_text: str) -> str:
    return _OBEYED.sub(lambda found: f"<U+{ord(found[0]):04X}>", untrusted_text)
