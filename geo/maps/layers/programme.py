"""Items of the programme: where each stands, in which year it comes; popups name the other items of the place."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.shapes import position
from geo.study.programme import sentences
from geo.study.result import StudyResult


def _shown(result: StudyResult) -> list[dict[Any, Any]]:
    """Return the rows of `programme_items` whose site is on the page."""
    rows = result.tables["programme_items"]
    return rows[rows["site_id"].isin(result.sites["site_id"])].to_dict("records")


def _programme(result: StudyResult) -> list[dict[str, Any]]:
    """Return position, year (None: no money for it), services and number of every item."""
    sites = result.sites.drop_duplicates("site_id").set_index("site_id")
    return [
        {
            "position": position(sites.geometry[row["site_id"]]),
            "year": None if pd.isna(row["year"]) else int(row["year"]),
            "services": str(row["services"]).split(),
            "rank": int(row["rank"]),
        }
        for row in _shown(result)
    ]


def _texts(result: StudyResult) -> list[str]:
    """Return what each item is, in the order of the entries."""
    texts = []
    for row in _shown(result):
        what = sentences.item(result, row)
        lacking = sentences.lacks(row)
        if lacking:
            what = _("{item} (declarative: {lacks})").format(item=what, lacks=lacking)
        texts.append(what)
    return texts


PROGRAMME: Final = Layer(mark("Programme by year"), _programme, shown=False, words=_texts)
