"""Travel times: ours beside scipy, pandana (AGPL), pyroutingkit and networkx, on synthetic and real roads.

Every case runs in a process of its own, ours and scipy in turn in one. Node graphs have no turn costs. Seconds are by
the clock on the wall, for threads share the work; the machine's load is printed at the end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.benchmarks.case import Row
from tests.benchmarks.siting_cases import peers
from tests.benchmarks.siting_cases.processes import Outcome, run_alone
from tests.benchmarks.travel_cases import graphs

_CASES: Final = "tests.benchmarks.travel_cases"
_PEER: Final = Path(__file__).parent / "travel_cases" / "peer.py"
_TIMEOUT_SECONDS: Final = 3600.0


def rows(names: Sequence[str], *, full: bool) -> Iterator[Row]:
    """Measure groups, by default all but those that need minutes, and yield a row for each case.

    Raises
    ------
    ValueError
        If there is no such group.
    RuntimeError
        If a case fails, or two sides disagree.
    """
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        raise ValueError(f"no group {', '.join(unknown)} of travel; there are: {', '.join(GROUPS)}")
    for name in names or GROUPS:
        sys.stderr.write(f"travel {name}\n")
        yield from GROUPS[name](full=full)


def _figures(what: str, outcome: Outcome) -> dict[str, Any]:
    if not outcome.rows:
        raise RuntimeError(f"{what}: {outcome.failure}")
    return outcome.rows[-1]


def _program(module: str, *words: str, pinned: bool = False) -> dict[str, Any]:
    """Run a module of `travel_cases` and return the object it prints."""
    command = [sys.executable, "-m", f"{_CASES}.{module}", *words]
    return _figures(module, run_alone(command, _TIMEOUT_SECONDS, pinned=pinned))


def _district(*, full: bool) -> Iterator[Row]:
    del full
    yield Row("district: steppe door to door", _program("district", pinned=True))


def _matrix(name: str, *, full: bool) -> Iterator[Row]:
    """Yield the matrix of a graph beside scipy's, and beside those of the peers on the reduced graph."""
    with TemporaryDirectory() as folder:
        core = str(Path(folder) / "core.npz")
        own = _program("matrix", str(graphs.graph_file(name)), "25", "200", core)
        if own["n_wrong_cells"] or own["threads_differ"]:
            raise RuntimeError(f"{name}: the hierarchy is not exact: {own}")
        yield Row(f"{name}: node graph", own)
        for kind in ("routingkit", "pandana") if full or name != "country" else ("routingkit",):
            command = [str(peers.python()), str(_PEER), kind, core]
            peer = _figures(kind, run_alone(command, _TIMEOUT_SECONDS))
            per_source = own["table_1_thread_s"] / own["n_terminals"]
            yield Row(f"{name}: {kind}", {**peer, "ratio_per_source": peer["s_per_source"] / per_source})


def _country(*, full: bool) -> Iterator[Row]:
    return _matrix("country", full=full)


def _vavuniya(*, full: bool) -> Iterator[Row]:
    if not graphs.VAVUNIYA.exists():
        sys.stderr.write(f"skipped: {graphs.VAVUNIYA} is not there\n")
        return iter(())
    return _matrix("vavuniya", full=full)


def _doors(*, full: bool) -> Iterator[Row]:
    del full
    yield Row("doors: country from extract to indicators", _program("doors"))


def _reading(*, full: bool) -> Iterator[Row]:
    del full
    yield Row("reading: country", _program("reading", str(graphs.country_extract()), pinned=True))


def _cold(*, full: bool) -> Iterator[Row]:
    del full
    yield Row("cold: first call", _program("cold", pinned=True))


def _loop(*, full: bool) -> Iterator[Row]:
    del full
    yield Row("loop: a district's map after a change", _program("loop"))


GROUPS: Final[dict[str, Callable[..., Iterator[Row]]]] = {
    "district": _district,
    "vavuniya": _vavuniya,
    "country": _country,
    "doors": _doors,
    "reading": _reading,
    "cold": _cold,
    "loop": _loop,
}
