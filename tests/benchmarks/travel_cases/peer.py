"""Peers of the travel-time engine; runs with the Python of ``.venv-bench`` and knows nothing of this project.

``peer.py KIND FILE.npz`` prints one JSON object. The file holds the arcs of a graph (``tail``, ``head``, ``ms``), the
positions of its nodes, the nodes of ``terminals``, and ``expected`` times of the terminals numbered ``rows``.
"""

import json
import resource
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
UNREACHABLE = 2**30
#: Sources that are asked, which are enough for a median of a slow peer.
SOURCES = {"routingkit": 200, "pandana": 20}


def routingkit(data, sources):
    """Customizable contraction hierarchies of RoutingKit by pyroutingkit (MIT)."""
    from pyroutingkit import CCHMetric, CCHTopology

    begin = time.perf_counter()
    topology = CCHTopology()
    topology.build(
        data["tail"].astype(np.uint32),
        data["head"].astype(np.uint32),
        data["lat"].astype(np.float32),
        data["lon"].astype(np.float32),
        len(data["lat"]),
    )
    built = time.perf_counter()
    metric = CCHMetric(topology)
    metric.customize(data["ms"].astype(np.uint32), 1)
    ready = time.perf_counter()
    targets = data["terminals"].astype(np.uint32)
    metric.distances_many_to_many(targets[sources[:2]], targets)
    begun = time.perf_counter()
    found = np.asarray(metric.distances_many_to_many(targets[sources], targets)).reshape(len(sources), -1)
    done = time.perf_counter()
    return built - begin, ready - built, (done - begun) / len(sources), found.astype(np.int64)


def pandana(data, sources):
    """Contraction hierarchies of pandana (AGPL); it is given seconds, for it cuts to thousandths of its unit."""
    import pandana
    import pandas as pd

    begin = time.perf_counter()
    network = pandana.Network(
        pd.Series(data["lon"]),
        pd.Series(data["lat"]),
        pd.Series(data["tail"]),
        pd.Series(data["head"]),
        pd.DataFrame({"s": data["ms"] / 1000.0}),
        twoway=False,
    )
    built = time.perf_counter()
    targets = data["terminals"]
    rows = []
    begun = time.perf_counter()
    for source in sources.tolist():
        starts = np.full(len(targets), targets[source])
        rows.append(network.shortest_path_lengths(starts.tolist(), targets.tolist()))
    done = time.perf_counter()
    return built - begin, 0.0, (done - begun) / len(sources), np.rint(np.array(rows) * 1000).astype(np.int64)


def main(kind, path):
    data = np.load(path)
    sources = data["rows"][: SOURCES[kind]]
    build, customize, per_source, found = {"routingkit": routingkit, "pandana": pandana}[kind](data, sources)
    expected = data["expected"][: len(sources)].astype(np.int64)
    reached = expected < UNREACHABLE
    # What the peers themselves write may end in the middle of a line.
    sys.stdout.write(
        "\n"
        + json.dumps(
            {
                "build_s": build,
                "customize_s": customize,
                "s_per_source": per_source,
                "n_sources": len(sources),
                "largest_difference_ms": int(np.abs(found - expected)[reached].max()),
                "unreachable_as": str(sorted(set(found[~reached].tolist()))[:2]),
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
