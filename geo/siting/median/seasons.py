"""Which season is the worst one of a settlement, whatever opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from geo.siting.problem import Milliseconds, SitingProblem

#: Settlements compared at a time.
AT_A_TIME: Final = 512


def telling_season(problem: SitingProblem, ceiling_ms: Milliseconds) -> npt.NDArray[np.int64]:
    """Return per settlement the season that is at least as long as every other to each site; -1 where none is.

    Times are compared up to the ceilings (n_seasons, n_settlements), which no plan exceeds. Of equal seasons the last
    one counts.
    """
    usable = problem.always | problem.free
    found = np.full(problem.n_settlements, -1, dtype=np.int64)
    for first in range(0, problem.n_settlements, AT_A_TIME):
        block = slice(first, first + AT_A_TIME)
        times = np.minimum(problem.milliseconds[:, block][:, :, usable], ceiling_ms[:, block, np.newaxis])
        longest = np.maximum(times.max(axis=0), 0)
        ceiling = ceiling_ms[:, block]
        for season in range(problem.n_seasons):
            worst = (times[season] == longest).all(axis=1) & (ceiling[season] == ceiling.max(axis=0))
            found[block][worst] = season
    return found
