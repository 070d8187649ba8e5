"""Columns that may have gaps, as arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd


def numbers_of(values: pd.Series) -> npt.NDArray[np.float64]:
    """Return a column as floats, (n,); NaN = unknown."""
    numbers = pd.to_numeric(values).astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(numbers, dtype=np.float64)
