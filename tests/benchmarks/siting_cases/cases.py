"""What is solved: groups of cases with what is published about them, and which peer solves the same one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tests.benchmarks.siting_cases import capacitated, problems
from tests.siting import orlib

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem

_SPOPT: Final = {objective: f"spopt-{objective}" for objective in ("p-median", "p-center", "max-cover", "set-cover")}
#: Wall-clock seconds that the issue allows; they turn "optimal" into a gap.
_COUNTRY_SECONDS: Final = 60.0


@dataclass(frozen=True)
class SitingCase:
    """One problem.

    Parameters
    ----------
    name
        Unique within its group.
    objective
        Of the solver.
    build
        Makes the problem, outside the measured time.
    known
        Published optimum, or best known value; None where nothing is published.
    proven
        Whether `known` is an optimum: to prove another value is then an error.
    altered
        Whether `known` is of another file than the one at hand, so that a proof of more is no error.
    seconds
        Safety limit of the solver; None: none.
    peers
        Kinds of `peer.py` that solve the same problem.
    full
        Only with ``--full``, because it or its peer takes minutes.
    """

    name: str
    objective: str
    build: Callable[[], Any]
    known: float | None = None
    proven: bool = True
    altered: bool = False
    seconds: float | None = None
    peers: tuple[str, ...] = ()
    full: bool = False

    def problem(self) -> Any:
        """Return the problem, with its safety limit where it carries one itself."""
        problem = self.build()
        return replace(problem, seconds=self.seconds) if self.seconds and not self.is_capacitated else problem

    @property
    def is_capacitated(self) -> bool:
        """Whether `capacitated.measure` solves it."""
        return self.objective == capacitated.OBJECTIVE


@dataclass(frozen=True)
class Group:
    """Cases that are measured in one process, or each in its own where `apart`."""

    cases: tuple[SitingCase, ...]
    apart: bool = False

    def chosen(self, *, full: bool) -> tuple[SitingCase, ...]:
        """Return the cases of a short or a full run."""
        return tuple(case for case in self.cases if full or not case.full)


def data_of(problem: SitingProblem) -> dict[str, Any]:
    """Return a problem as `peer.py` takes it."""
    return {
        "costs": problem.milliseconds[0],
        "weights": problem.persons,
        "n_open": np.int64(problem.n_open or 0),
        "limit": np.int64(problem.limit_ms),
    }


def _pmed() -> tuple[SitingCase, ...]:
    optima = orlib.pmed_optima()

    def build(name: str) -> Callable[[], Any]:
        return lambda: problems.pmed_problem(name, "p-median")

    return tuple(SitingCase(name, "p-median", build(name), optima[name]) for name in orlib.PMED)


def _pmed_peers() -> tuple[SitingCase, ...]:
    cases = {case.name: case for case in _pmed()}
    return (
        replace(cases["pmed15"], peers=("spopt-p-median", "kmedoids-p-median")),
        replace(cases["pmed40"], peers=("kmedoids-p-median",)),
        replace(cases["pmed1"], name="pmed1, lokigi", peers=("lokigi-p-median",), full=True),
        replace(cases["pmed40"], name="pmed40, spopt", peers=("spopt-p-median",), full=True),
    )


def _pcenter() -> tuple[SitingCase, ...]:
    optima = orlib.pcenter_optima()

    def build(name: str) -> Callable[[], Any]:
        return lambda: problems.pmed_problem(name, "p-center")

    return tuple(SitingCase(name, "p-center", build(name), optima[name]) for name in orlib.PMED)


def _pcenter_peers() -> tuple[SitingCase, ...]:
    cases = {case.name: case for case in _pcenter()}
    return (
        replace(cases["pmed1"], peers=("spopt-p-center",), full=True),
        replace(cases["pmed1"], name="pmed1, 20 s", peers=("spopt-p-center-20-s",), full=True),
    )


def _country() -> tuple[SitingCase, ...]:
    def build(objective: str, n_open: int | None) -> Callable[[], Any]:
        return lambda: problems.country_problem("country", objective, n_open)

    medians = [
        SitingCase(f"p-median, p = {p}", "p-median", build("p-median", p), seconds=_COUNTRY_SECONDS)
        for p in (50, 100, 200, 500)
    ]
    short = [replace(case, name=f"{case.name}, 20 s", seconds=20.0, full=True) for case in medians]
    fair = [
        SitingCase(f"kolm-pollak, p = {p}", "kolm-pollak", build("kolm-pollak", p), seconds=_COUNTRY_SECONDS, full=True)
        for p in (50, 200)
    ]
    covers = [
        SitingCase(
            f"max-cover 30 min, p = {p}", "max-cover", build("max-cover", p), seconds=_COUNTRY_SECONDS, full=True
        )
        for p in (50, 200, 500)
    ]
    rest = [
        SitingCase("set-cover 60 min", "set-cover", build("set-cover", None), seconds=_COUNTRY_SECONDS, full=True),
        *(
            SitingCase(f"p-center, p = {p}", "p-center", build("p-center", p), seconds=_COUNTRY_SECONDS, full=True)
            for p in (50, 200, 500)
        ),
    ]
    return (*medians, *short, *fair, *covers, *rest)


def _part(part: str, sizes: tuple[int, ...], *, with_peers: bool) -> tuple[SitingCase, ...]:
    def build(objective: str, n_open: int | None) -> Callable[[], Any]:
        return lambda: problems.country_problem(part, objective, n_open)

    cases = []
    for objective in ("p-median", "kolm-pollak", "max-cover", "p-center", "lexicographic"):
        for n_open in sizes:
            peers = (_SPOPT[objective],) if with_peers and n_open == sizes[0] and objective in _SPOPT else ()
            slow = objective == "p-center" and bool(peers)
            name = f"{objective}, p = {n_open}"
            cases.append(SitingCase(name, objective, build(objective, n_open), peers=() if slow else peers))
    set_peers = (_SPOPT["set-cover"],) if with_peers else ()
    return (*cases, SitingCase("set-cover 60 min", "set-cover", build("set-cover", None), peers=set_peers))


def _mclp() -> tuple[SitingCase, ...]:
    def build(n_open: int, limit: int) -> Callable[[], Any]:
        return lambda: problems.demand_problem(50_000, limit, "max-cover", n_open)

    return tuple(
        SitingCase(f"{limit} min, p = {p}", "max-cover", build(p, limit), seconds=30.0)
        for limit in (30, 60)
        for p in (50, 200, 500)
    )


def _demand() -> tuple[SitingCase, ...]:
    def build(n_open: int) -> Callable[[], Any]:
        return lambda: problems.demand_problem(100_000, 240, "p-median", n_open)

    return tuple(
        SitingCase(f"p-median, p = {p}", "p-median", build(p), seconds=300.0, full=True) for p in (200, 500, 1000)
    )


def _tsplib(name: str, sizes: tuple[int, ...], seconds: float | None, *, full: bool) -> tuple[SitingCase, ...]:
    values = orlib.tsplib_values()

    def build(n_open: int) -> Callable[[], Any]:
        def make() -> Any:
            costs = problems.tsplib_costs(name)
            return problems.free_problem(costs, np.ones(len(costs)), "p-median", n_open=n_open)

        return make

    return tuple(
        SitingCase(f"p = {p}", "p-median", build(p), values[name, p].best, proven=False, seconds=seconds, full=full)
        for p in sizes
    )


def _capacitated(names: tuple[str, ...], *, seconds: float | None, full: bool = False) -> tuple[SitingCase, ...]:
    known = capacitated.known_values()

    def build(name: str) -> Callable[[], Any]:
        return lambda: capacitated.read(name)

    return tuple(
        SitingCase(
            name,
            capacitated.OBJECTIVE,
            build(name),
            *known[name],
            altered=name in orlib.ALTERED,
            seconds=seconds,
            full=full,
        )
        for name in names
    )


def groups() -> dict[str, Group]:
    """Return all groups by name, those of published instances only where these are there."""
    own = {
        "country": Group(_country(), apart=True),
        "region": Group(_part("region", (20, 90), with_peers=False)),
        "district": Group(_part("district", (10,), with_peers=True)),
        "mclp": Group(_mclp(), apart=True),
        "demand": Group(_demand(), apart=True),
    }
    if not orlib.available():
        return own
    return {
        "pmed": Group(_pmed()),
        "pmed-peers": Group(_pmed_peers(), apart=True),
        "p-center": Group(_pcenter()),
        "p-center-peers": Group(_pcenter_peers(), apart=True),
        **own,
        "rl1304": Group(_tsplib("rl1304", (5, 10, 20, 50, 100, 200, 300, 400, 500), None, full=False)),
        "rl5934": Group(_tsplib("rl5934", (200, 500, 1000), 30.0, full=True), apart=True),
        "cap": Group(_capacitated(orlib.CAP, seconds=None)),
        "cap-large": Group(_capacitated(orlib.ALTERED, seconds=60.0, full=True), apart=True),
        "sjc": Group(_capacitated(orlib.SJC, seconds=60.0, full=True), apart=True),
        "pmedcap": Group(_capacitated(orlib.PMEDCAP, seconds=60.0, full=True)),
    }
