"""What a first call costs: the kernels of a country's times compiled into an empty cache, in this process alone."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time


def main() -> None:
    """Measure, and print one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NUMBA_CACHE_DIR"], os.environ["GEO_CACHE"] = folder, ""
        from tests.property.test_roads import as_if_large, door_to_door

        spots, roads = [(66.0, 49.0), (66.1, 49.01)], [(0, 1, "asphalt", "no"), (1, 2, "earth", "forward")]
        seconds = []
        for _call in range(2):
            cpu, wall = time.process_time(), time.perf_counter()
            with as_if_large():
                door_to_door(roads, spots, "dry")
            seconds.append((time.process_time() - cpu, time.perf_counter() - wall))
    names = ("first_cpu_s", "first_wall_s", "again_cpu_s", "again_wall_s")
    sys.stdout.write(json.dumps(dict(zip(names, (*seconds[0], *seconds[1]), strict=True))) + "\n")


if __name__ == "__main__":
    main()
