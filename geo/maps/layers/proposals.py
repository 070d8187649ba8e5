"""What communities propose: where each would open or close something, its rank, and what comes of it in words."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from shapely.geometry import Point

from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.shapes import position
from geo.study.programme.proposal_words import ProposalWords, cost_sentence, harms, is_measured
from geo.study.result import StudyResult


def _rows(result: StudyResult) -> list[dict[Any, Any]]:
    """Return the rows of `proposal_scores` that communities brought."""
    table = result.tables["proposal_scores"]
    return table[table["entry"] == "proposal"].to_dict("records")


def _proposals(result: StudyResult) -> list[dict[str, Any]]:
    """Return of every proposal its service, rank (None: not measured), whether it harms, and where it stands."""
    sites = result.sites.drop_duplicates("site_id").set_index("site_id").geometry
    return [
        {
            "service": str(row["service"]),
            "rank": int(row["rank"]) if is_measured(row) else None,
            "harms": harms(row),
            "open": _opened(row, sites),
            "close": [position(sites[code]) for code in str(row["closed_sites"]).split() if code in sites.index],
        }
        for row in _rows(result)
    ]


def _opened(row: dict[Any, Any], sites: Any) -> list[list[float]]:
    """Return where a proposal opens something: the sites of its file, else the place that it names."""
    known = [position(sites[code]) for code in str(row["open_sites"]).split() if code in sites.index]
    if known or pd.isna(row["lon"]):
        return known
    return [position(Point(row["lon"], row["lat"]))]


def _texts(result: StudyResult) -> list[str]:
    """Return every proposal in the sentences of the report, with what it costs."""
    words = ProposalWords(result)
    return [
        " ".join(part for part in (words.sentence(row), cost_sentence(result, row)) if part) for row in _rows(result)
    ]


PROPOSALS: Final = Layer(mark("Proposals of communities"), _proposals, shown=False, words=_texts)
