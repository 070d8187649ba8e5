"""The first page of the report: how many people are below which norm, where, in which season, and how sure we are."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark, ngettext, numbers
from geo.report.sections.content import Head, TextTable, places_and_people, text_table
from geo.report.sections.names import NormTitles, service_name
from geo.study.compliance.gaps import BY_SIZE
from geo.study.diagnosis import sentences
from geo.study.figures import percent, tenths
from geo.study.result import BASELINE, WORST, StudyResult

#: Packs of the country's own norms and of special criteria, with what they are in the words of a planner.
PACK_WORDS: Final = {
    "kz-national": mark("national norms"),
    "kz-sparse": mark("special criteria"),
    "who-lancet": mark("international norms"),
    "iiep": mark("international norms"),
}
#: Verdicts about one place from gravest to none.
_ORDER: Final = ("unmet", "unknown", "met")


def first_page(result: StudyResult) -> dict[str, Any]:
    """Return what the first page says: a block per service, the packs side by side, what the data are worth."""
    titles = NormTitles(result)
    return {
        "blocks": [_block(result, service.name, titles) for service in result.config.service],
        "packs": packs_side_by_side(result, titles),
        "data": sentences.data_behind(result),
    }


def _block(result: StudyResult, service: str, titles: NormTitles) -> dict[str, Any]:
    several = len(result.config.season) > 1
    facts = (
        (_("In which season") if several else _("How far"), sentences.by_season(result, service)),
        (_("Where most"), sentences.where(result, service)),
        (_("How sure"), sentences.how_sure(result, service)),
    )
    return {
        "label": service_name(result, service),
        "sentence": sentences.below_today(result, service),
        "norms": norms_of_service(result, service, titles),
        "facts": [(head, text) for head, text in facts if text],
    }


def pack_words(pack: object) -> str:
    """Return what a pack is in words; one of the study's own by its name."""
    return _(PACK_WORDS[str(pack)]) if pack in PACK_WORDS else str(pack)


def norms_of_service(result: StudyResult, service: str, titles: NormTitles) -> TextTable:
    """Return the norms of a service that people are below, or of which it cannot be told; thresholds are left out.

    Norms that are met wherever they apply are counted in the note.
    """
    rows = result.table("norm_summary", service=service)
    about = [not titles.is_threshold(pack, norm) for pack, norm in zip(rows["pack"], rows["norm_id"], strict=True)]
    rows = rows[pd.Series(about, index=rows.index, dtype=bool)]
    open_rows = rows[(rows["unmet_settlements"] > 0) | (rows["unknown_settlements"] > 0)]
    ordered = open_rows.sort_values(["unmet_settlements", "pack", "norm_id"], ascending=[False, True, True])
    # A column that says the same in every row costs the sheet its room: the line "How sure" says it instead.
    mixed = len(set(rows["verified"].fillna(value=False))) > 1
    unknown = bool((rows["unknown_settlements"] > 0).any())
    uncounted = uncounted_places(result)
    ways = no_way_places(result)
    cells = [
        (
            titles.title(row["pack"], row["norm_id"]),
            _below(row, "unmet", uncounted),
            share_below(row),
            _largest_gap(row, ways[row["pack"], row["norm_id"]]),
            *([_below(row, "unknown", uncounted)] if unknown else []),
            pack_words(row["pack"]),
            *([_("yes") if row["verified"] else _("no")] if mixed else []),
        )
        for row in ordered.to_dict("records")
    ]
    heads: tuple[str | Head, ...] = (
        _("Norm"),
        Head(_("Below it: places (people)"), number=True),
        Head(_("Share of people, where it can be told"), number=True),
        Head(_("Short by at most"), number=True),
        *([Head(_("Cannot be told: places (people)"), number=True)] if unknown else []),
        _("Norm pack"),
        *([_("Legally verified")] if mixed else []),
    )
    met = len(rows) - len(open_rows)
    text = ngettext(
        "{n} more norm is met wherever it applies.", "{n} more norms are met wherever they apply.", met
    ).format(n=numbers.persons(met))
    nothing = text if met else _("No norm pack of the study has a norm of this service.")
    title = _("Norms: {service}").format(service=service_name(result, service))
    return text_table(title, heads, cells, nothing, text if met else "")


def uncounted_places(result: StudyResult) -> Counter[tuple[str, str, str]]:
    """Return by pack, norm and status the places whose people are unknown."""
    rows = result.tables["norm_compliance"]
    rows = rows[rows["persons"].isna()]
    return Counter(zip(rows["pack"], rows["norm_id"], rows["status"], strict=True))


def no_way_places(result: StudyResult) -> Counter[tuple[str, str]]:
    """Return by pack and norm the places below it that have no way at all, in the season that decides."""
    rows = result.tables["norm_compliance"]
    rows = rows[(rows["status"] == "unmet") & (rows["reason"] == "no-way")]
    return Counter(zip(rows["pack"], rows["norm_id"], strict=True))


def _below(row: dict[Any, Any], status: str, uncounted: Counter[tuple[str, str, str]]) -> str:
    unknown = uncounted[row["pack"], row["norm_id"], status]
    return places_and_people(row[f"{status}_settlements"], row[f"{status}_persons"], unknown)


def _largest_gap(row: dict[Any, Any], no_way: int) -> str:
    """Return by how much the farthest place misses a norm of time or distance, and how many have no way to measure."""
    parts = []
    if pd.notna(row["largest_shortfall"]) and row["unit"] in ("min", "km"):
        km = _("{km} km").format(km=tenths(row["largest_shortfall"])).replace(" ", numbers.NO_BREAK_SPACE)
        parts.append(numbers.minutes(float(row["largest_shortfall"])) if row["unit"] == "min" else km)
    if no_way:
        text = ngettext("{n} place has no way", "{n} places have no way", no_way)
        parts.append(text.format(n=numbers.persons(no_way)))
    return "; ".join(parts)


def share_below(row: dict[Any, Any]) -> str:
    """Return the share of people below a norm, of those for whom it can be told."""
    if pd.isna(row["share_met"]):
        return _("unknown")
    return percent(1 - float(row["share_met"]))


def packs_side_by_side(result: StudyResult, titles: NormTitles) -> TextTable:
    """Return for every service the share of people in places where each pack is met in everything it asks.

    A place is below a pack where any of its norms of the service, or of what should stand in the place, is not met;
    unknown where none is known not to be met and some cannot be told.
    """
    verdicts = _verdicts(result, titles)
    packs = list(dict.fromkeys(verdicts["pack"]))
    rows = []
    for service in result.config.service:
        table = result.table("access_settlement", service=service.name, plan=BASELINE, season=WORST)
        persons = table.set_index("settlement_id")["persons"].fillna(0)
        own = verdicts[verdicts["service"] == service.name]
        cells = [_met(own[own["pack"] == pack].set_index("settlement_id")["status"], persons) for pack in packs]
        rows.append((service_name(result, service.name), *cells))
    heads: tuple[str | Head, ...] = (
        _("Service"),
        *(Head(_("Met by the {pack}").format(pack=pack_words(pack)), number=True) for pack in packs),
    )
    note = _(
        "People in places where all that a pack asks is met, of those for whom it can be told; thresholds of size, "
        "such as 50 inhabitants, are left out."
    )
    title = _("National and special criteria side by side")
    return text_table(title, heads, rows if len(packs) > 1 else (), "", note, "norm_summary")


def _verdicts(result: StudyResult, titles: NormTitles) -> pd.DataFrame:
    """Return one verdict per pack, service and settlement to which the pack applies: the gravest of its norms."""
    columns = ["pack", "norm_id", "service", "settlement_id", "status"]
    # What a place's own pupils would carry no norm asks for, and a threshold asks for nothing that people could have.
    gaps = result.table("norm_gaps", basis=BY_SIZE)
    both = pd.concat([table[columns] for table in (result.tables["norm_compliance"], gaps)], ignore_index=True)
    threshold = [titles.is_threshold(*key) for key in zip(both["pack"], both["norm_id"], strict=True)]
    rank = both["status"].map({status: order for order, status in enumerate(_ORDER)})
    kept = both.assign(rank=rank)[~pd.Series(threshold, index=both.index, dtype=bool) & rank.notna()]
    return (
        kept.sort_values("rank", kind="stable")
        .drop_duplicates(["pack", "service", "settlement_id"])
        .sort_values(["pack", "service", "settlement_id"])
    )


def _met(status: pd.Series, persons: pd.Series) -> str:
    met, unmet = (float(persons.reindex(status.index[status == code]).sum()) for code in ("met", "unmet"))
    if not len(status):
        return _("asks for nothing")
    return numbers.share(met, met + unmet) if met + unmet else _("unknown")
