"""Sizes at which the solver changes its path. Nothing but the size of a problem decides, so every run decides alike."""

from __future__ import annotations

from typing import Final

#: Problems of at most this many settlements are solved without compiled code: they are done before it is loaded.
SMALL_SETTLEMENTS: Final = 200
