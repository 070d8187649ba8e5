"""Functions compiled to machine code at their first call; the code is kept on disk and found again by later runs.

A module with such functions imports numba, which takes about a second: import it where it is needed, not at the start.
Nothing is compiled with fast-math: sums keep their order and their digits, so that bounds remain proofs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function of arrays and numbers; its code is cached beside its file, or in the user's cache folder."""
    return cast("F", njit(cache=True, error_model="numpy")(function))
