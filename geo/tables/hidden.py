"""Characters that nobody sees: a name with them is not what it seems, and some turn the reading direction of a page."""

from __future__ import annotations

import re
from typing import Final

#: Control characters other than tabs and line ends, marks of writing direction, and signs without width or shape.
#: Joiners count only where no letter of Arabic or South Asia, which need them, stands before.
HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|(?<![\u0600-\u1fff])[\u200c\u200d]"
)


def with_hidden_shown(text: str) -> str:
    """Return a text in which what cannot be seen is named and does nothing: ``<U+200B>``."""
    return text if text.isprintable() else HIDDEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
