"""`./run bench [NAME...] [--full] [--json]`: ours beside a named peer, measured in the same run on the same machine.

Every benchmark returns figures; both sides are run in turn, and the median of five is taken. Neither side is timed
before it has given the same answer as the other. What has no peer is measured alone, and only printed.

`siting` is a table instead: each case runs once in a process of its own (`tests.benchmarks.siting`), and the names
behind it choose groups, e.g. ``./run bench siting pmed rl1304``; ``--full`` adds what takes minutes.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import country_page, indicators, siting, travel
from tests.benchmarks.case import Measured, Row

RUNS = 5


@dataclass(frozen=True)
class Figure:
    """Medians of ours and the peer's, in `unit`; the ratio is how many times ours is better."""

    name: str
    peer_name: str
    ours: float
    peer: float
    unit: str

    @property
    def ratio(self) -> float:
        """Peer over ours."""
        return self.peer / self.ours


BENCHMARKS = {"travel": travel.cases, "indicators": indicators.cases}
#: Benchmarks of what has no peer.
ALONE: dict[str, Callable[[], list[Measured]]] = {
    "country-page": country_page.figures,
    "indicators": indicators.figures,
}
#: Its further names are groups of cases.
TABLE = "siting"


def seconds(call: Callable[[], object]) -> float:
    """Return the processor seconds of one call."""
    begin = time.process_time()
    call()
    return time.process_time() - begin


def measure(name: str) -> list[Figure]:
    """Run one benchmark."""
    figures = []
    for case in BENCHMARKS[name]():
        case.check()
        pairs = [(seconds(case.ours), seconds(case.peer)) for _run in range(RUNS)]
        ours, peer = (statistics.median(side) for side in zip(*pairs, strict=True))
        figures.append(Figure(f"{name}: {case.name}", case.peer_name, ours, peer, "CPU s"))
    return figures


def load() -> str:
    """Return the machine's load in words; Windows does not tell it."""
    if not hasattr(os, "getloadavg"):
        return "load unknown"
    return f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} processors"


def main(words: list[str]) -> int:
    """Run the benchmarks named, all by default, and print them."""
    known = list(dict.fromkeys([*BENCHMARKS, *ALONE, TABLE]))
    asked = [word for word in words if not word.startswith("--")]
    split = asked.index(TABLE) + 1 if TABLE in asked else len(asked)
    names, groups = asked[:split] or known, asked[split:]
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"No benchmark {', '.join(unknown)}. There are: {', '.join(known)}.\n")
        return 2
    as_json = "--json" in words
    figures = [figure for name in names if name in BENCHMARKS for figure in measure(name)]
    alone = [(name, measured) for name in names if name in ALONE for measured in ALONE[name]()]
    if not as_json:
        _print(figures, alone)
    rows = _table(groups, full="--full" in words, say=not as_json) if TABLE in names else []
    if rows is None:
        return 2
    if as_json:
        content: dict[str, dict[str, Any]] = {
            f.name: {"ours": f.ours, "peer": f.peer, "ratio": f.ratio, "unit": f.unit} for f in figures
        }
        content |= {f"{name}: {m.name}": {"value": m.value, "unit": m.unit} for name, m in alone}
        content |= {f"{TABLE}: {row.name}": row.figures for row in rows}
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
    else:
        sys.stdout.write(f"{load()}\n")
    return 0


def _print(figures: list[Figure], alone: list[tuple[str, Measured]]) -> None:
    for f in figures:
        sys.stdout.write(f"{f.name}: ours {f.ours:.3f}, {f.peer_name} {f.peer:.3f} {f.unit}, ratio {f.ratio:.1f}\n")
    for name, m in alone:
        sys.stdout.write(f"{name}: {m.name} {m.value:.1f} {m.unit}\n")
    if figures:
        sys.stdout.write(f"median of {RUNS}\n")


def _table(groups: list[str], *, full: bool, say: bool) -> list[Row] | None:
    """Return the rows of siting, each printed as soon as it is there; None where a group does not exist."""
    found = []
    try:
        for row in siting.rows(groups, full=full):
            found.append(row)
            if say:
                sys.stdout.write(f"{TABLE}: {row}\n")
                sys.stdout.flush()
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return None
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
