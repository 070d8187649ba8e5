"""What `geo solve` is asked: an objective, its limits, and the sites of today. Contradictions are refused here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from geo.errors import UsageError
from geo.language import gettext as _
from geo.siting.objectives import OBJECTIVES, PLACED
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

#: The objective that reads the places of sites.
CAPACITATED: Final = "capacitated"

#: Objectives of studies and plans, which a bare matrix is not asked for.
_NOT_ASKED: Final = ("lexicographic", "backup-cover", "minimax-regret")
_WITH_LIMIT: Final = ("max-cover", "set-cover")


def questions() -> tuple[str, ...]:
    """Return the objectives that may be asked for."""
    return (*(name for name in OBJECTIVES if name not in _NOT_ASKED), CAPACITATED)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of the solver.

    Parameters
    ----------
    objective
        One of `questions`.
    n_open
        Largest total number of open sites, those of today included.
    limit_minutes
        The norm of covering objectives.
    budget
        Most money for opening sites, instead of `n_open`.
    fixed
        Sites that are open today and stay so.
    aversion, kappa
        Inequality aversion of ``kolm-pollak``: without a dimension, from which kappa follows, or kappa itself (per
        minute). One of the two; both below zero.
    split
        Whether ``capacitated`` may share a settlement between sites.
    seed
        Seed of the solver.

    Raises
    ------
    UsageError
        If something contradicts, is missing, or cannot be.
    """

    objective: str
    n_open: int | None = None
    limit_minutes: float | None = None
    budget: float | None = None
    fixed: tuple[str, ...] = ()
    aversion: float | None = None
    kappa: float | None = None
    split: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.objective not in questions():
            message = _("There is no objective {value}.").format(value=self.objective)
            raise UsageError(f"{message} {_('Use one of: {choices}.').format(choices=', '.join(questions()))}")
        self._check_amounts()
        if self.n_open is not None and self.budget is not None:
            raise UsageError(_("--open and --budget contradict each other. Give one of them."))
        asked = OBJECTIVES.get(self.objective) or PLACED[self.objective]
        if self.n_open is None and self.budget is None and asked.needs_resource:
            text = _("{objective} needs --open (how many sites in all) or --budget.")
            raise UsageError(text.format(objective=self.objective))
        if self.limit_minutes is None and self.objective in _WITH_LIMIT:
            raise UsageError(_("{objective} needs --limit, in minutes.").format(objective=self.objective))
        if self.kappa is not None and self.aversion is not None:
            raise UsageError(_("--kappa and --aversion contradict each other. Give one of them."))
        if (self.kappa is not None or self.aversion is not None) and self.objective != "kolm-pollak":
            raise UsageError(_("--kappa and --aversion go with the objective kolm-pollak only."))
        if self.split and self.objective != CAPACITATED:
            raise UsageError(_("--split goes with the objective capacitated only."))

    def _check_amounts(self) -> None:
        if self.n_open is not None and self.n_open < 1:
            raise UsageError(_("--open is a number of sites, at least 1."))
        for option, value in (("--limit", self.limit_minutes), ("--budget", self.budget)):
            if value is not None and not value >= 0:
                raise UsageError(_("{option} cannot be negative.").format(option=option))
        if self.limit_minutes is not None and self.limit_minutes >= UNREACHABLE_MS / MS_PER_MINUTE:
            raise UsageError(_("--limit is longer than any trip."))
        if self.budget == math.inf:
            raise UsageError(_("--budget is without end. Leave it out."))
        for option, value in (("--kappa", self.kappa), ("--aversion", self.aversion)):
            if value is not None and not (math.isfinite(value) and value < 0):
                raise UsageError(_("{option} is below zero, because long times are a burden.").format(option=option))
        if self.seed < 0:
            raise UsageError(_("{option} cannot be negative.").format(option="--seed"))
