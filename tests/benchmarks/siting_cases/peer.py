"""Peers of the siting solver; runs with the Python of ``.venv-bench`` and knows nothing of this project.

``peer.py KIND FILE.npz`` prints one JSON object: processor seconds of building and solving (children included), value,
status as the peer calls it. The file holds ``costs`` (n_clients, n_sites), ``weights`` (n_clients,), ``n_open`` and
``limit``.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def clock() -> float:
    """Return processor seconds of this process and its finished children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def spopt(model, seconds=None):
    import pulp

    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds))
    return float(pulp.value(model.problem.objective)), pulp.LpStatus[model.problem.status]


def spopt_p_median(data):
    from spopt.locate import PMedian

    return spopt(PMedian.from_cost_matrix(data["costs"], data["weights"], int(data["n_open"])))


def spopt_p_center(data):
    from spopt.locate import PCenter

    return spopt(PCenter.from_cost_matrix(data["costs"], int(data["n_open"])))


def spopt_p_center_20_s(data):
    """The same with a time limit: what PuLP calls the status of a run that met it."""
    from spopt.locate import PCenter

    return spopt(PCenter.from_cost_matrix(data["costs"], int(data["n_open"])), seconds=20)


def spopt_max_cover(data):
    from spopt.locate import MCLP

    limit, n_open = float(data["limit"]), int(data["n_open"])
    return spopt(MCLP.from_cost_matrix(data["costs"], data["weights"], limit, n_open))


def spopt_set_cover(data):
    from spopt.locate import LSCP

    return spopt(LSCP.from_cost_matrix(data["costs"], float(data["limit"])))


def kmedoids_fasterpam(data):
    """One start from the best of BUILD; square matrices and equal weights only; no bound."""
    import kmedoids

    found = kmedoids.fasterpam(data["costs"].astype(np.float64), int(data["n_open"]), init="build", random_state=1)
    return float(found.loss), "heuristic"


def lokigi_grasp(data):
    """Greedy randomised search with lokigi's own settings; no bound."""
    import contextlib
    import io

    import pandas as pd
    from lokigi.site import SiteProblem

    n_clients, n_sites = data["costs"].shape
    clients = [f"c{i}" for i in range(n_clients)]
    sites = [f"s{j}" for j in range(n_sites)]
    problem = SiteProblem()
    with contextlib.redirect_stdout(io.StringIO()):
        demand = pd.DataFrame({"place": clients, "people": data["weights"]})
        problem.add_demand(demand, demand_col="people", location_id_col="place")
        matrix = pd.DataFrame(data["costs"].astype(float), columns=sites)
        matrix.insert(0, "place", clients)
        problem.add_travel_matrix(matrix, source_col="place")
        found = problem.solve(int(data["n_open"]), "p_median", search_strategy="grasp", show_progress=False)
    best = found.solution_df.iloc[0]
    chosen = [int(j) for j in best["site_indices"]]
    return float(data["costs"][:, chosen].min(axis=1) @ data["weights"]), "heuristic"


KINDS = {
    "spopt-p-median": spopt_p_median,
    "spopt-p-center": spopt_p_center,
    "spopt-p-center-20-s": spopt_p_center_20_s,
    "spopt-max-cover": spopt_max_cover,
    "spopt-set-cover": spopt_set_cover,
    "kmedoids-p-median": kmedoids_fasterpam,
    "lokigi-p-median": lokigi_grasp,
}


def main() -> None:
    kind, path = sys.argv[1:3]
    with np.load(path) as stored:
        data = {name: stored[name] for name in stored.files}
    importlib.import_module({"spopt": "spopt.locate", "lokigi": "lokigi.site"}.get(kind.split("-")[0], "kmedoids"))
    begin = clock()
    value, status = KINDS[kind](data)
    sys.stdout.write(json.dumps({"cpu_s": clock() - begin, "value": value, "status": status}) + "\n")


if __name__ == "__main__":
    main()
