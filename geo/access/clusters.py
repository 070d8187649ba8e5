"""Units that are alike, found by clustering: an exploration beside the rules of `geo.access.typology`, never instead.

References
----------
Ward, J. H. (1963), Hierarchical grouping to optimize an objective function. JASA 58.
Rousseeuw, P. J. (1987), Silhouettes. Journal of Computational and Applied Mathematics 20.
Hubert, L., Arabie, P. (1985), Comparing partitions. Journal of Classification 2.
Hennig, C. (2007), Cluster-wise assessment of cluster stability. Computational Statistics & Data Analysis 52.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Reason = Literal["", "too-few-units", "all-alike"]

#: Fewer units say nothing about groups of units.
MIN_UNITS: Final = 6
_MOST_GROUPS: Final = 6
#: Two silhouettes nearer than this are a tie, and fewer groups win.
_TIE: Final = 1e-9


@dataclass(frozen=True)
class Clusters:
    """Groups of units, or why there are none.

    Parameters
    ----------
    labels
        Group of each clustered unit, 1 = the largest; of equal ones the one with the first id. Empty without groups.
    n_groups
        None without groups.
    silhouette
        -1 to 1: how much nearer a unit is to its own group than to the next. None without groups.
    stability
        Mean adjusted Rand index with the groups of resampled units: 1 = found again every time, 0 = chance. None
        without groups.
    left_out
        Units with an unknown indicator.
    constant
        Indicators that are the same for all units and were not used.
    reason
        Why there are no groups; empty where there are.
    """

    labels: Mapping[str, int] = field(default_factory=dict)
    n_groups: int | None = None
    silhouette: float | None = None
    stability: float | None = None
    left_out: tuple[str, ...] = ()
    constant: tuple[str, ...] = ()
    reason: Reason = ""


def explore_clusters(indicators: pd.DataFrame, seed: int, n_runs: int = 50) -> Clusters:
    """Group units by Ward's method on standardised indicators, into 2 to 6 groups by the best mean silhouette.

    The same units in another order, or indicators in other units of measurement, give the same groups.

    Parameters
    ----------
    indicators
        One row per unit with its id as index, one column per indicator; missing or infinite = unknown.
    seed
        Of the resampling.
    n_runs
        How often the units are drawn again, with replacement, to measure stability.

    Returns
    -------
    Clusters
        Without groups if fewer than `MIN_UNITS` units are fully known, or if they are all alike.

    Raises
    ------
    ValueError
        If an id is repeated.
    """
    if not indicators.index.is_unique:
        raise ValueError("ids of units must be unique")
    table = indicators.set_axis(indicators.index.astype(str)).sort_index().astype(np.float64)
    is_known = np.isfinite(table.to_numpy()).all(axis=1)
    left_out = tuple(table.index[~is_known])
    values = table.to_numpy()[is_known]
    if len(values) < MIN_UNITS:
        return Clusters(left_out=left_out, reason="too-few-units")
    varies = np.ptp(values, axis=0) > 0
    constant = tuple(map(str, table.columns[~varies]))
    if not varies.any():
        return Clusters(left_out=left_out, constant=constant, reason="all-alike")
    points = _standardise(values[:, varies])
    groups, silhouette = _best_groups(points)
    named = _renumber(groups)
    return Clusters(
        labels=dict(zip(table.index[is_known], named.tolist(), strict=True)),
        n_groups=int(named.max()),
        silhouette=silhouette,
        stability=_stability(points, named, seed, n_runs),
        left_out=left_out,
        constant=constant,
    )


def _standardise(values: Floats) -> Floats:
    # Scaled first, so that squares of very small or large values neither vanish nor overflow.
    spread = np.ptp(values, axis=0)
    scaled = (values - values.min(axis=0)) / spread
    return np.asarray((scaled - scaled.mean(axis=0)) / scaled.std(axis=0))


def _ward(points: Floats, n_groups: int) -> Labels:
    # Imported late: scikit-learn takes seconds to load.
    from sklearn.cluster import AgglomerativeClustering

    return np.asarray(AgglomerativeClustering(n_clusters=n_groups, linkage="ward").fit_predict(points), dtype=np.int64)


def _best_groups(points: Floats) -> tuple[Labels, float]:
    """Return the groups with the best mean silhouette; fewer of them where two numbers are as good."""
    from scipy.spatial.distance import pdist, squareform
    from sklearn.metrics import silhouette_score

    distances = squareform(pdist(points))
    n_different = len(np.unique(points, axis=0))
    best, best_score = np.zeros(len(points), dtype=np.int64), -np.inf
    for n_groups in range(2, min(_MOST_GROUPS, n_different, len(points) - 1) + 1):
        labels = _ward(points, n_groups)
        score = float(silhouette_score(distances, labels, metric="precomputed"))
        if score > best_score + _TIE:
            best, best_score = labels, score
    return best, best_score


def _renumber(labels: Labels) -> Labels:
    """Return groups numbered from 1 by size, then by their first unit."""
    _codes, first, inverse, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(1, len(first) + 1)
    return rank[inverse]


def _stability(points: Floats, labels: Labels, seed: int, n_runs: int) -> float:
    """Return the mean adjusted Rand index between the groups and those of units drawn again."""
    from sklearn.metrics import adjusted_rand_score

    generator = np.random.default_rng(seed)
    n_groups = int(labels.max())
    scores = []
    for _run in range(n_runs):
        drawn = np.sort(generator.integers(len(points), size=len(points)))
        units, first = np.unique(drawn, return_index=True)
        # Too few different units for so many groups: that many are not found again, which is no agreement.
        different = len(np.unique(points[units], axis=0))
        again = _ward(points[drawn], n_groups)[first] if different >= n_groups else None
        scores.append(0.0 if again is None else float(adjusted_rand_score(labels[units], again)))
    return float(np.mean(scores))
