"""Most support per head: which sites are too dear for the people they help, and the problem without them.

A site's support per head is its opening cost over the people beyond the norm today whom it would bring within the norm
if it opened alone. So a cap is a fixed list of sites: plans under it are solved with a proof, and a larger cap never
worsens the first goal, since it only lengthens the list. Beside others a site may help fewer people than alone; that
two sites help only together, each in its own season, counts for neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from geo.siting.problem import Floats, Mask, SitingProblem

__all__ = ["Support", "capped", "support", "uncapped"]


@dataclass(frozen=True, eq=False)
class Support:
    """What each site costs per person helped.

    Parameters
    ----------
    gained : int64 (n_sites,)
        People beyond the norm today who would be within it, in every season, with this site alone beside what stays.
    per_head : float64 (n_sites,)
        Opening cost per such person; infinite where there is none, 0 where opening costs nothing.
    """

    gained: npt.NDArray[np.int64]
    per_head: Floats


def support(problem: SitingProblem) -> Support:
    """Return what each site would cost per person whom it alone brings within the norm.

    Parameters
    ----------
    problem
        Times, people, norm and opening costs; facilities that are closed by force count for nobody.
    """
    stays = problem.existing & ~problem.having("forbidden")
    today = problem.nearest_ms(stays)
    beyond = today.max(axis=0) > problem.limit_ms
    with_one = np.minimum(today[:, :, np.newaxis], problem.milliseconds).max(axis=0)
    helped = beyond[:, np.newaxis] & (with_one <= problem.limit_ms)
    gained = problem.persons @ helped.astype(np.int64)
    known = np.divide(problem.opening, gained, out=np.full(problem.n_sites, np.inf), where=gained > 0)
    return Support(gained, np.where(problem.opening > 0, known, 0.0))


def too_dear(problem: SitingProblem, cap_per_head: float | None, cap_per_place: float | None) -> tuple[Mask, Mask]:
    """Return which candidates cost more per person helped, and which more in all, than the caps allow.

    Parameters
    ----------
    cap_per_head
        Most money per person brought within the norm; None: no cap.
    cap_per_place
        Most money for opening at one place; None: no cap.
    """
    candidate = ~problem.existing
    none = np.zeros(problem.n_sites, dtype=np.bool_)
    per_head = none if cap_per_head is None else candidate & (support(problem).per_head > cap_per_head)
    per_place = none if cap_per_place is None else candidate & (problem.opening > cap_per_place)
    return per_head, per_place


def capped(problem: SitingProblem, cap_per_head: float | None, cap_per_place: float | None) -> SitingProblem:
    """Return the problem in which nothing opens that is dearer than a cap."""
    per_head, per_place = too_dear(problem, cap_per_head, cap_per_place)
    excluded = (per_head | per_place) & problem.having("candidate")
    return _with_status(problem, excluded, "forbidden") if excluded.any() else problem


def uncapped(problem: SitingProblem) -> SitingProblem:
    """Return the problem with the sites back that caps excluded: those that do not exist and may not open."""
    excluded = problem.having("forbidden") & ~problem.existing
    return _with_status(problem, excluded, "candidate") if excluded.any() else problem


def _with_status(problem: SitingProblem, sites: Mask, word: str) -> SitingProblem:
    status = np.array(problem.status, dtype=object)
    status[sites] = word
    return replace(problem, status=tuple(status))
