"""`./run bench fuzz-layers [READER...]`: changed copies of files for readers of layers, extracts and settings.

2,000 copies for each reader, with ``--full`` 100,000; fixed seeds. Each reader runs in a process of its own, ten
thousand copies at a time, so that a crash of a library is seen and told. Failing copies stay in the system's temporary
folder.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
import warnings
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from tests.benchmarks.case import Row

COPIES, COPIES_FULL, AT_A_TIME = 2_000, 100_000, 10_000


def rows(groups: Collection[str], *, full: bool = False) -> Iterator[Row]:
    """Yield one row for each reader: copies read and refused, failures and crashes, the slowest copy."""
    from tests.layer_fuzz import READERS

    unknown = sorted(set(groups) - set(READERS))
    if unknown:
        raise ValueError(f"No reader {', '.join(unknown)}. There are: {', '.join(READERS)}.")
    for name in groups or READERS:
        begin = time.perf_counter()
        total = {"read": 0, "refused": 0, "failures": 0, "crashes": 0, "slowest_seconds": 0.0}
        n = COPIES_FULL if full else COPIES
        for seed, begun in enumerate(range(0, n, AT_A_TIME)):
            _add(total, name, seed, min(AT_A_TIME, n - begun))
        yield Row(name, {"copies": n, **total, "seconds": time.perf_counter() - begin})


def _add(total: dict[str, float], name: str, seed: int, n: int) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        try:
            accepted, refused, failures, slowest = processes.submit(_feed, name, seed, n).result()
        except BrokenProcessPool:
            total["crashes"] += 1
            return
    total["read"] += accepted
    total["refused"] += refused
    total["failures"] += len(failures)
    total["slowest_seconds"] = max(total["slowest_seconds"], slowest)


def _feed(name: str, seed: int, n: int) -> tuple[int, int, list[str], float]:
    from tests.layer_fuzz import READERS, feed

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        outcome = feed(READERS[name], Path(folder), seed, n)
    for number, content in enumerate(outcome.failures.values()):
        Path(tempfile.gettempdir(), f"fuzz-{name}-{seed}-{number}").write_bytes(content)
    return outcome.accepted, outcome.refused, list(outcome.failures), outcome.slowest_seconds
