"""The files of `geo solve`, read and held against each other: every fault of all of them is raised at once."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.matrix_files import LongMatrix, WideMatrix, read_demand, read_matrix, read_sites
from geo.siting.problem import MAX_PERSONS
from geo.study.solve_question import CAPACITATED, Question
from geo.tables.check import FILE_ROW
from geo.travel.given import GivenTimes, Listed, give_times, unmatched

#: Most decimals of demand: it is counted in whole units of the last one.
_MOST_DECIMALS: Final = 6
_FIXED_OPTION: Final = "--fixed"

Floats = npt.NDArray[np.float64]


class GivenFiles:
    """The files of a question, read; `times` raises what is wrong with any of them."""

    def __init__(self, matrix: Path, demand: Path, sites: Path | None, question: Question) -> None:
        self.faults: list[Fault] = []
        self.demand_file, self.sites_file = str(demand), str(sites)
        self.matrix = self._read(lambda: read_matrix(matrix))
        self.demand = self._read(lambda: read_demand(demand))
        self.sites = None if sites is None else self._read(lambda: read_sites(sites))
        self.has_sites = sites is not None
        self._check(question)

    def times(self) -> GivenTimes:
        """Return the joined times.

        Raises
        ------
        DataError
            With every error of all files.
        """
        if self.matrix is None or any(fault.severity == "error" for fault in self.faults):
            raise DataError(self.faults)
        return give_times(self.matrix)

    def _read(self, read: Callable[[], tuple[Any, list[Fault]]]) -> Any:
        """Return what a reader reads, None where it cannot be used; keep its faults."""
        try:
            content, faults = read()
        except DataError as error:
            self.faults += error.faults
            return None
        self.faults += faults
        return None if any(fault.severity == "error" for fault in faults) else content

    def _check(self, question: Question) -> None:
        """Check what only shows when the files are held against each other and against the question."""
        if self.demand is not None:
            self._check_demand(self.demand)
        if self.sites is not None:
            self._check_sites(self.sites, question)
        if self.matrix is None:
            return
        listed = None if self.sites is None else _listed(self.sites_file, self.sites)
        if self.demand is not None:
            self.faults += unmatched(self.matrix, _listed(self.demand_file, self.demand), listed)
        self._check_fixed(self.matrix, question.fixed)

    def _check_demand(self, demand: pd.DataFrame) -> None:
        values = demand["demand"].to_numpy(dtype=np.float64)
        if not values.sum() > 0:
            message, remedy = _("All demand is zero: every plan is as good as any other."), _("Correct the column.")
            self.faults.append(Fault(self.demand_file, 0, "demand", "no-demand", message, remedy))
        elif exact_decimals(values) is None:
            message = _("The demand has too many digits: {most} is the most that can be counted exactly.")
            text = message.format(most=MAX_PERSONS)
            self.faults.append(Fault(self.demand_file, 0, "demand", "too-many-digits", text, _("Round it.")))

    def _check_sites(self, sites: pd.DataFrame, question: Question) -> None:
        if question.objective == CAPACITATED:
            self._check_places(sites)
        elif not sites[["capacity", "min_load"]].isna().all(axis=None):
            message = _("Places of sites do not count for {objective}.").format(objective=question.objective)
            remedy = _("Ask for capacitated if they should.")
            self.faults.append(Fault(self.sites_file, 1, "capacity", "unused-places", message, remedy, "warning"))
        self._check_costs(sites, question)

    def _check_places(self, sites: pd.DataFrame) -> None:
        """Capacities are known for all sites that may be open, and no site must serve more than it can."""
        usable = sites["status"] != "forbidden"
        for row in sites.loc[usable & sites["capacity"].isna(), FILE_ROW].tolist():
            message, remedy = _("The capacity of this site is unknown."), _("Fill it in.")
            self.faults.append(Fault(self.sites_file, int(row), "capacity", "unknown-capacity", message, remedy))
        for row in sites.loc[sites["min_load"] > sites["capacity"], FILE_ROW].tolist():
            message, remedy = _("The site must serve more than it can."), _("Correct one of the two.")
            self.faults.append(Fault(self.sites_file, int(row), "min_load", "load-over-capacity", message, remedy))

    def _check_costs(self, sites: pd.DataFrame, question: Question) -> None:
        """Costs are known for all sites that may be opened, or for none; a budget needs them."""
        blank = sites["cost"].isna() & (sites["status"] == "candidate") & ~sites["site_id"].isin(question.fixed)
        if question.budget is None and sites["cost"].isna().all():
            return
        for row in sites.loc[blank, FILE_ROW].tolist():
            message, remedy = _("The cost of this site is unknown."), _("Fill it in; 0 if it costs nothing.")
            self.faults.append(Fault(self.sites_file, int(row), "cost", "unknown-cost", message, remedy))

    def _check_fixed(self, matrix: WideMatrix | LongMatrix, fixed: tuple[str, ...]) -> None:
        known = set(matrix.site_ids)
        for site in fixed:
            if site not in known:
                near = get_close_matches(site, sorted(known), n=1)
                message = _("The matrix has no site {site}.").format(site=site)
                remedy = _("Did you mean {near}?").format(near=near[0]) if near else _("Correct the code.")
                self.faults.append(Fault(_FIXED_OPTION, 0, "", "unknown-site", message, remedy))
            elif self.sites is not None and (self.sites.get("status").get(site) == "forbidden"):
                message = _("{site} is forbidden in {file}.").format(site=site, file=self.sites_file)
                self.faults.append(Fault(_FIXED_OPTION, 0, "", "forbidden-site", message, _("Decide for one of them.")))


def _listed(file: str, frame: pd.DataFrame) -> Listed:
    return Listed(file, dict(zip(frame.index.tolist(), frame[FILE_ROW].astype(int).tolist(), strict=True)))


def exact_decimals(demand: Floats, counted: Floats | None = None) -> int | None:
    """Return the fewest decimals that write all that is counted exactly; None where the demand has too many digits."""
    values = demand if counted is None else counted
    for digits in range(_MOST_DECIMALS + 1):
        if np.rint(demand * 10**digits).sum() > MAX_PERSONS:
            return None
        if np.array_equal(np.rint(values * 10**digits) / 10**digits, values):
            return digits
    return None
