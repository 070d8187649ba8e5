"""What legs across country cannot cross: rivers and lakes, and hazard zones. Roads lead over or through them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Int8s = npt.NDArray[np.int8]
Shapes = npt.NDArray[np.object_]

#: Kinds of obstacles, added up where a leg crosses several.
WATERS: Final = 1
HAZARDS: Final = 2


@dataclass(frozen=True, eq=False)
class Obstacles:
    """Lines and areas in the study's metric reference system.

    Parameters
    ----------
    waters, hazards : geometry
        Rivers as lines, the rest as areas.
    """

    waters: Shapes
    hazards: Shapes

    @cached_property
    def _shapes(self) -> Shapes:
        shapes = np.concatenate([self.waters, self.hazards])
        shapely.prepare(shapes)
        return shapes

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._shapes)

    def crossed(self, begin: Floats, end: Floats) -> Int8s:
        """Return what straight legs cross.

        Parameters
        ----------
        begin, end : float64 (n, 2)
            Ends of the legs. An area that one of them lies in does not count: the leg only leaves or enters it.

        Returns
        -------
        int8 (n,)
            Sum of `WATERS` and `HAZARDS`; 0 where nothing is crossed.
        """
        found = np.zeros(len(begin), dtype=np.int8)
        if not len(begin) or not len(self._shapes):
            return found
        legs = shapely.linestrings(np.stack([begin, end], axis=1))
        leg, shape = self._tree.query(legs, predicate="crosses")
        ends = [shapely.points(values[leg]) for values in (begin, end)]
        inside = np.any([shapely.intersects(self._shapes[shape], points) for points in ends], axis=0)
        leg, shape = leg[~inside], shape[~inside]
        np.bitwise_or.at(found, leg, np.where(shape < len(self.waters), WATERS, HAZARDS).astype(np.int8))
        return found
