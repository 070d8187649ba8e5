"""Items of the programme: where each stands, in which year it comes; popups name the other items of the place.

And the settlements that the programme makes worse off, whatever the service: a loss is never hidden.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.shapes import position
from geo.study.programme.place_words import item_with_lacks, loss, named_losses, worst_losses
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
    return [item_with_lacks(result, row) for row in _shown(result)]


def _worse_off(result: StudyResult) -> list[int]:
    """Return the settlement of every loss by its number; -1 for one of another unit."""
    places = {settlement: number for number, settlement in enumerate(result.settlements.index)}
    return [places.get(row["settlement_id"], -1) for row in worst_losses(result)]


def _losses(result: StudyResult) -> list[str]:
    """Return every loss in words, in the order of `_worse_off`; one of another unit with its place."""
    here = set(result.settlements.index)
    return [
        loss(result, row) if row["settlement_id"] in here else named
        for row, named in zip(worst_losses(result), named_losses(result), strict=True)
    ]


PROGRAMME: Final = Layer(mark("Programme by year"), _programme, shown=False, words=_texts)
WORSE_OFF: Final = Layer(mark("Worse off with the programme"), _worse_off, words=_losses)
