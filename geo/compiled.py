"""Functions compiled to machine code at their first call; the code is kept on disk and found again by later runs.

A module with such functions imports numba, which takes about a second: import it where it is needed, not at the start.
A compiled function calls none of another file but `longer`: its code is made anew when its own file changes, and would
go on calling the old code of another. Nothing is compiled with fast-math: sums keep their order and their digits, so
that bounds remain proofs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from geo.language import gettext as _

#: Who wants to tell a user that a first call takes long listens here, at level INFO.
LOGGER = logging.getLogger("geo.compiled")

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function of arrays and numbers; its code is cached beside its file, or in the user's cache folder.

    It runs without the interpreter's lock, so that threads can share the work.
    """
    return cast("F", njit(cache=True, error_model="numpy", nogil=True)(function))


@compiled
def longer(values: npt.NDArray[Any], n: int, size: int) -> npt.NDArray[Any]:
    """Return an array of another size with the first n values. A slice set at once would take seconds to compile."""
    copy = np.empty(size, values.dtype)
    for k in range(n):
        copy[k] = values[k]
    return copy


def say_if_new(function: Callable[..., object]) -> None:
    """Log that compiling begins, once, unless code of the function is on disk already."""
    stats = cast("Any", function).stats
    name = f"{Path(function.__code__.co_filename).stem}.{function.__name__}-*.nbi"
    if not any(Path(stats.cache_path).glob(name)):
        _say()


@cache
def _say() -> None:
    LOGGER.info(_("Compiling, once on this machine: about 20 seconds."))
