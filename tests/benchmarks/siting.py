"""The siting solver on published instances and on a synthetic country, beside spopt with CBC, kmedoids and lokigi.

Both sides run alone on the same core, in processes of their own; what counts is processor seconds of solving with the
instance read and the code compiled, and the most memory that the process and its children held. `GROUPS` are described
in `tests.benchmarks.siting_cases.cases`; long ones and long peers run only with ``--full``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from tests.benchmarks.case import Row
from tests.benchmarks.siting_cases import peers
from tests.benchmarks.siting_cases.cases import Group, SitingCase, data_of, groups
from tests.benchmarks.siting_cases.processes import Outcome, run_alone

_TIMEOUT_SECONDS: Final = 3600.0
_PEER_TIMEOUT_SECONDS: Final = 1800.0
#: Largest relative difference between a proven optimum of ours and a published one, which has few decimals.
_SAME: Final = 1e-6


def rows(names: Sequence[str], *, full: bool) -> Iterator[Row]:
    """Measure groups, all by default, and yield a row for each case, for each peer, and for each group.

    Raises
    ------
    ValueError
        If there is no such group.
    RuntimeError
        If we claim to have proven another value than the published optimum.
    """
    known = groups()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no group {', '.join(unknown)} of siting; there are: {', '.join(known)}")
    for name in names or known:
        cases = known[name].chosen(full=full)
        if cases:
            yield from _group(name, known[name], cases)


def _group(name: str, group: Group, cases: Sequence[SitingCase]) -> Iterator[Row]:
    sys.stderr.write(f"siting {name}: {len(cases)} cases\n")
    batches = [(case,) for case in cases] if group.apart else [tuple(cases)]
    seconds, peaks, n_proven = [], [], 0
    for batch in batches:
        outcome = _ours(name, batch)
        peaks.append(outcome.peak_mb)
        for case, found in zip(batch, outcome.rows, strict=False):
            _check(case, found)
            seconds.append(found["cpu_s"])
            n_proven += found["status"] == "optimal"
            own = {**_figures(case, found), **({"peak_mb": outcome.peak_mb} if len(batch) == 1 else {})}
            yield Row(f"{name}: {case.name}", own)
            for kind in case.peers:
                yield _beside(f"{name}: {case.name}", kind, case, found, _alone(name, case, batch, outcome))
        for case in batch[len(outcome.rows) :]:
            yield Row(f"{name}: {case.name}", {"failure": outcome.failure or "no answer"})
    total: dict[str, Any] = {"cases": len(cases), "proven": n_proven, "cpu_s": sum(seconds)}
    measured = [peak for peak in peaks if peak is not None]
    yield Row(f"{name}: all", total | {"longest_cpu_s": max(seconds, default=0.0), "peak_mb": max(measured, default=0)})


def _ours(name: str, batch: Sequence[SitingCase]) -> Outcome:
    words = [sys.executable, "-m", "tests.benchmarks.siting_cases.ours", name, *(case.name for case in batch)]
    return run_alone(words, _TIMEOUT_SECONDS)


def _alone(name: str, case: SitingCase, batch: Sequence[SitingCase], outcome: Outcome) -> float | None:
    """Return our peak of memory for one case, in a run of its own where it was one of several."""
    return outcome.peak_mb if len(batch) == 1 else _ours(name, (case,)).peak_mb


def _check(case: SitingCase, found: dict[str, Any]) -> None:
    """Refuse a proof of something else than the published optimum."""
    if case.known is None or found["status"] != "optimal":
        return
    apart = (found["value"] - case.known) / max(abs(case.known), 1.0)
    if abs(apart) > _SAME and (case.proven or (apart > 0 and not case.altered)):
        raise RuntimeError(f"{case.name}: we prove {found['value']}, published is {case.known}")


def _figures(case: SitingCase, found: dict[str, Any]) -> dict[str, Any]:
    own = {key: found[key] for key in ("cpu_s", "status", "value", "bound", "gap")}
    if case.known is not None:
        own |= {"published": case.known, "above_published": found["value"] / case.known - 1}
    return own


def _beside(name: str, kind: str, case: SitingCase, found: dict[str, Any], peak_mb: float | None) -> Row:
    """Return a peer's figures and how many times as much it takes."""
    outcome = peers.run_peer(kind, _PEER_TIMEOUT_SECONDS, **data_of(case.build()))
    label = f"{name}, {kind}"
    if not outcome.rows:
        return Row(label, {"failure": outcome.failure, "peak_mb": outcome.peak_mb})
    (peer,) = outcome.rows
    ratios: dict[str, Any] = {"times_our_cpu": peer["cpu_s"] / max(found["cpu_s"], 1e-6)}
    if case.known is not None:
        ratios["above_published"] = peer["value"] / case.known - 1
    if outcome.peak_mb and peak_mb:
        ratios["times_our_memory"] = outcome.peak_mb / peak_mb
    return Row(label, {**peer, "peak_mb": outcome.peak_mb, **ratios})
