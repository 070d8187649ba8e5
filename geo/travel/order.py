"""In which order nodes are contracted: reduced parts first, then the core by nested dissection.

References
----------
Dibbelt, Strasser and Wagner, Customizable Contraction Hierarchies, ACM JEA 21 (2016).
Karypis and Kumar, A Fast and High Quality Multilevel Scheme, SIAM J. Sci. Comput. 20 (1998): METIS, by pymetis.
"""

from __future__ import annotations

import importlib.util

import numpy as np
import numpy.typing as npt

from geo.travel.reduce import Links, Reduction

Ints = npt.NDArray[np.int64]


def can_order() -> bool:
    """Return whether nested dissection is available on this machine (pymetis has no wheel for Windows)."""
    return importlib.util.find_spec("pymetis") is not None


def contraction_order(links: Links, reduction: Reduction) -> Ints:
    """Return the nodes from the first to be contracted to the last.

    Dead ends come first, from their ends inwards; then the nodes of each chain, so that what is left of it is halved
    again and again; then the core. Every node may begin or end a trip, in the core or not.
    """
    return np.concatenate([reduction.dead_ends, _halving(reduction), _dissected(links, reduction)])


def _halving(reduction: Reduction) -> Ints:
    """Return the nodes of all chains: every second of a chain, then every second of the rest, and so on."""
    counts = np.diff(reduction.chain_start)
    place = np.arange(len(reduction.chain_nodes)) - np.repeat(reduction.chain_start[:-1], counts) + 1
    level = np.bitwise_count((place & -place) - 1)
    return reduction.chain_nodes[np.argsort(level, kind="stable")]


def _dissected(links: Links, reduction: Reduction) -> Ints:
    """Return the nodes of the core by nested dissection of the links and chains between them."""
    import pymetis

    n = len(reduction.core)
    number = np.full(links.n_nodes, -1, dtype=np.int64)
    number[reduction.core] = np.arange(n)
    one = number[np.concatenate([links.low[reduction.core_links], reduction.chain_ends[:, 0]])]
    other = number[np.concatenate([links.high[reduction.core_links], reduction.chain_ends[:, 1]])]
    core = Links.of(n, one, other)
    if not len(core.low):
        return reduction.core
    tail, head = np.concatenate([core.low, core.high]), np.concatenate([core.high, core.low])
    order = np.lexsort((head, tail))
    starts = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=n))])
    # METIS's seed is fixed, so that the same graph gets the same order. The second array tells the place of each node.
    options = pymetis.Options(seed=1)
    adjacency = pymetis.CSRAdjacency(starts, head[order])
    permutation, inverse = pymetis.nested_dissection(adjacency, options=options)
    del permutation
    return reduction.core[np.argsort(np.asarray(inverse, dtype=np.int64))]
