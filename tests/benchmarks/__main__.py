"""`./run bench [NAME...] [--full] [--json]`: ours beside a named peer, measured in the same run on the same machine.

Every benchmark returns figures; both sides are run in turn, and the median of five is taken. Neither side is timed
before it has given the same answer as the other. What has no peer is measured alone, and only printed.

`siting` and `travel` are tables instead: each case runs in a process of its own (`tests.benchmarks.siting`,
`tests.benchmarks.travel`), and the names behind them choose groups, e.g. ``./run bench siting pmed rl1304``;
``--full`` adds what takes minutes. `fuzz-tables` reads mutated tables, whose kinds are its groups; `programme` plans
synthetic regions, whose sizes are its groups.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import country_page, fuzz_layers, fuzz_tables, indicators, programme, raster, siting, travel
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


BENCHMARKS = {"indicators": indicators.cases}
#: Benchmarks of what has no peer.
ALONE: dict[str, Callable[[], list[Measured]]] = {
    "country-page": country_page.figures,
    "indicators": indicators.figures,
    "raster": raster.figures,
}
#: Their further names are groups of cases.
TABLES: dict[str, Callable[..., Iterator[Row]]] = {
    "fuzz-layers": fuzz_layers.rows,
    "fuzz-tables": fuzz_tables.rows,
    "programme": programme.rows,
    "siting": siting.rows,
    "travel": travel.rows,
}


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
    known = list(dict.fromkeys([*BENCHMARKS, *ALONE, *TABLES]))
    names, groups, unknown = _asked([word for word in words if not word.startswith("--")], known)
    if unknown:
        sys.stderr.write(f"No benchmark {', '.join(unknown)}. There are: {', '.join(known)}.\n")
        return 2
    as_json = "--json" in words
    figures = [figure for name in names if name in BENCHMARKS for figure in measure(name)]
    alone = [(name, measured) for name in names if name in ALONE for measured in ALONE[name]()]
    if not as_json:
        _print(figures, alone)
    rows: list[tuple[str, Row]] = []
    try:
        for name in (name for name in names if name in TABLES):
            for row in TABLES[name](groups[name], full="--full" in words):
                rows.append((name, row))
                if not as_json:
                    sys.stdout.write(f"{name}: {row}\n")
                    sys.stdout.flush()
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if as_json:
        content: dict[str, dict[str, Any]] = {
            f.name: {"ours": f.ours, "peer": f.peer, "ratio": f.ratio, "unit": f.unit} for f in figures
        }
        content |= {f"{name}: {m.name}": {"value": m.value, "unit": m.unit} for name, m in alone}
        content |= {f"{name}: {row.name}": row.figures for name, row in rows}
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
    else:
        sys.stdout.write(f"{load()}\n")
    return 0


def _asked(words: list[str], known: list[str]) -> tuple[list[str], dict[str, list[str]], list[str]]:
    """Return the benchmarks asked for, the groups of each table, and words that are neither."""
    names: list[str] = []
    groups: dict[str, list[str]] = {table: [] for table in TABLES}
    unknown = []
    for word in words:
        if word in known:
            names.append(word)
        elif names and names[-1] in TABLES:
            groups[names[-1]].append(word)
        else:
            unknown.append(word)
    return names or known, groups, unknown


def _print(figures: list[Figure], alone: list[tuple[str, Measured]]) -> None:
    for f in figures:
        sys.stdout.write(f"{f.name}: ours {f.ours:.3f}, {f.peer_name} {f.peer:.3f} {f.unit}, ratio {f.ratio:.1f}\n")
    for name, m in alone:
        sys.stdout.write(f"{name}: {m.name} {m.value:.1f} {m.unit}\n")
    if figures:
        sys.stdout.write(f"median of {RUNS}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
