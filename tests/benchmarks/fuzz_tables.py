"""`./run bench fuzz-tables [csv xlsx xls ods] [--full]`: mutated tables of every kind, read to the end.

10,000 of each kind; ``--full`` makes it 100,000. A traceback, a reading of more than `SECONDS`, or a file that was not
there before ends it with an error that names the mutation.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from geo.errors import DataError
from geo.read.tabular import read_table
from geo.tables import SETTLEMENTS
from tests.benchmarks.case import Row
from tests.hostile_tables import KINDS, mutated

N_MUTATIONS = 10_000
N_FULL = 100_000
SEED = 20_261
SECONDS = 10.0


def rows(groups: Sequence[str], *, full: bool = False) -> Iterator[Row]:
    """Yield what became of the mutations of each kind.

    Raises
    ------
    ValueError
        If a group is no kind of table.
    """
    if unknown := sorted(set(groups) - set(KINDS)):
        raise ValueError(f"No kind of table {', '.join(unknown)}. There are: {', '.join(KINDS)}.")
    for kind in groups or KINDS:
        yield _read_all(kind, N_FULL if full else N_MUTATIONS)


def _read_all(kind: str, n: int) -> Row:
    outcomes: Counter[str] = Counter()
    slowest, begin = 0.0, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"table{KINDS[kind][0]}"
        for i, content in enumerate(mutated(kind, SEED, n)):
            path.write_bytes(content)
            started = time.process_time()
            try:
                read_table(SETTLEMENTS, path, path.name)
                outcomes["read"] += 1
            except DataError:
                outcomes["refused"] += 1
            except Exception as error:
                raise RuntimeError(f"{kind}: mutation {i} of seed {SEED}") from error
            slowest = max(slowest, time.process_time() - started)
            if slowest > SECONDS or [entry.name for entry in Path(name).iterdir()] != [path.name]:
                raise RuntimeError(f"{kind}: mutation {i} of seed {SEED} took {slowest:.1f} s, or left a file")
    figures = {"mutations": n, **outcomes, "slowest_cpu_seconds": slowest, "all_seconds": time.monotonic() - begin}
    return Row(kind, figures)
