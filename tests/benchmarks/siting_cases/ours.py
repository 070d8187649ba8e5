"""Our side, in a process of its own: ``python -m tests.benchmarks.siting_cases.ours GROUP CASE...``.

Prints a JSON object for each case: processor seconds of `solve` alone (code compiled, instance read), status, value,
bound, gap.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from geo.siting.solve import solve
from tests.benchmarks.siting_cases import capacitated, problems
from tests.benchmarks.siting_cases.cases import SitingCase, groups
from tests.benchmarks.siting_cases.processes import clock


def main(words: list[str]) -> None:
    """Solve the named cases of a group."""
    group, *names = words
    cases = {case.name: case for case in groups()[group].cases}
    warm = set()
    for name in names:
        case = cases[name]
        if case.objective not in warm:
            warm.add(case.objective)
            _warm_up(case)
        sys.stdout.write(json.dumps({"name": name, **measure(case)}) + "\n")
        sys.stdout.flush()


def measure(case: SitingCase) -> dict[str, Any]:
    """Return what one case takes and gives."""
    if case.is_capacitated:
        instance = case.build()
        begin = clock()
        result = capacitated.solve(instance, case.seconds)
        seconds = clock() - begin
        return _row(seconds, result.status, result.value, result.bound, result.gap)
    problem = case.problem()
    begin = clock()
    solution = solve(problem)
    seconds = clock() - begin
    return _row(seconds, solution.status, solution.value, solution.bound, solution.gap)


def _row(seconds: float, status: str, value: float | None, bound: float | None, gap: float | None) -> dict[str, Any]:
    return {"cpu_s": seconds, "status": status, "value": value, "bound": bound, "gap": gap}


def _warm_up(case: SitingCase) -> None:
    if case.is_capacitated:
        capacitated.solve(case.build(), 1.0)
    else:
        solve(problems.warm_up(case.objective))


if __name__ == "__main__":
    main(sys.argv[1:])
