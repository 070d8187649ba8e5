"""Which tests run in one process.

With pytest 9.2, `--dist loadgroup` of pytest-xdist 3.8 passes over its own marks without a word (pytest-xdist #1386).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
_MARK = re.compile(r'^pytestmark = .*\bxdist_group\("([\w-]+)"\)', re.MULTILINE)


class GroupScheduling(LoadScopeScheduling):
    """Files marked with one `xdist_group` go to one process, the largest groups first; every other test by itself."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid.partition("::")[0]) or nodeid


@cache
def _group(path: str) -> str | None:
    """Return the group that all tests of a file are marked with."""
    found = _MARK.search((ROOT / path).read_text(encoding="utf-8"))
    return found[1] if found else None
