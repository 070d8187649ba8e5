"""Parts of the diagnosis about kinds of places and of units: growing and served, remote, by rules."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.report.sections.content import Head, Part, TextTable, fraction, long_table, places_and_people, text_table
from geo.study.diagnosis.surroundings import URBAN
from geo.study.diagnosis.words import FACTS, GROWTH, SERVED, UNIT_TYPES, remoteness_title, rule_in_words
from geo.study.figures import people, percent, tenths
from geo.study.result import StudyResult
from geo.study.wording import area_name, word

_GROWTH: Final = ("growing", "stable", "declining")
_SERVED: Final = ("served", "unserved")


def places(result: StudyResult) -> Part:
    """Return how many places grow or lose people, served and not, and how remote places are."""
    table = result.tables["settlement_profile"]
    title = _("What kind of places there are")
    if not len(table):
        return Part("kinds", title, (_("Nothing is known about the kind of places."),))
    texts = [
        _(
            "Growth is that from the earlier count to the present one. Served: the norm of access that siting answers "
            "is met, for every service of the study; other norms are not looked at."
        )
    ]
    texts.extend(_rural_access(result, table))
    tables = [_six_classes(table)]
    if table["remoteness"].notna().any():
        tables.append(_remoteness(table))
    else:
        texts.append(_("Remoteness is unknown: the data name no centre to measure it from."))
    return Part("kinds", title, tuple(texts), tuple(tables))


def _six_classes(table: pd.DataFrame) -> TextTable:
    rows = []
    for growth in (*_GROWTH, "unknown"):
        own = table[table["growth"] == growth]
        cells = [_counted(own[own["served"] == served]) for served in (*_SERVED, "unknown")]
        rows.append((word(GROWTH, growth), *cells))
    heads: tuple[str | Head, ...] = (
        _("Population"),
        *(Head(word(SERVED, served), number=True) for served in (*_SERVED, "unknown")),
    )
    note = _("Places, and in brackets their people. Growth is unknown where there is no earlier count.")
    return text_table(_("Growth and service"), heads, rows, note=note, table="settlement_profile")


def _counted(rows: pd.DataFrame) -> str:
    persons = rows["population"].dropna()
    return places_and_people(len(rows), persons.sum() if len(persons) else None)


def _remoteness(table: pd.DataFrame) -> TextTable:
    known = table[table["remoteness"].notna()]
    order = known.groupby("remoteness_class")["remoteness"].min().sort_values().index
    rows = []
    for code in order:
        own = known[known["remoteness_class"] == code]
        ends = dict.fromkeys((tenths(own["remoteness"].min()), tenths(own["remoteness"].max())))
        rows.append((remoteness_title(str(code)), _counted(own), " – ".join(ends)))
    unknown = table[table["remoteness"].isna()]
    if len(unknown):
        rows.append((_("unknown"), _counted(unknown), ""))
    heads = (
        _("Remoteness class"),
        Head(_("Places (people)"), number=True),
        Head(_("Scores found (0-15)"), number=True),
    )
    note = _(
        "After ARIA+, from minutes to the centres of every tier; the limits of the classes were made for Australia."
    )
    return text_table(_("Remoteness"), heads, rows, note=note, table="settlement_profile")


def _rural_access(result: StudyResult, table: pd.DataFrame) -> list[str]:
    """Return the Rural Access Index in a sentence, towns left out; nothing where the role of most places is unknown."""
    role = table["settlement_id"].map(result.settlements["settlement_class"])
    if table.loc[role.notna(), "population"].sum() <= 0.5 * table["population"].sum():
        return []
    rural = table[role.notna() & ~role.isin(URBAN)]
    known = rural[rural["near_all_season_road"].notna() & rural["population"].notna()]
    total = float(known["population"].sum())
    if not total:
        return []
    near = float(known.loc[known["near_all_season_road"].astype(bool), "population"].sum())
    text = _(
        "Rural Access Index: {share} of the rural people live within 2 km of a road of these data that is open in "
        "every season."
    )
    return [text.format(share=numbers.share(near, total))]


def units(result: StudyResult) -> Part | None:
    """Return every unit of the study beside this one; None where the study has one unit."""
    table = result.tables["unit_profile"]
    if len(table) < 2:
        return None
    text = _(
        "The same facts for every unit of the study, and a type by rules that anybody can check and change (proposed)."
    )
    tables = [_facts(result, table), _types(result, table)]
    if table["cluster"].notna().any():
        tables.append(_clusters(result, table))
    return Part("units", _("Units side by side"), (text,), tuple(tables))


def _unit_name(result: StudyResult, code: object) -> str:
    name = area_name(result, str(code))
    return _("► {unit} (this unit)").format(unit=name) if code == result.unit_id else name


def _facts(result: StudyResult, table: pd.DataFrame) -> TextTable:
    rows = [
        (
            _unit_name(result, row["area_id"]),
            people(row["population"]),
            tenths(row["density"], missing=_("unknown")),
            percent(row["below_norm_share"]),
            tenths(row["remoteness"], missing=_("unknown")),
            percent(row["rural_access_share"]),
            percent(row["change_10_years"]),
            percent(row["utilisation"]),
        )
        for row in table.to_dict("records")
    ]
    heads = (
        _("District or region"),
        Head(_("Inhabitants"), number=True),
        Head(_("Per km²"), number=True),
        Head(_("Below a norm"), number=True),
        Head(_("Remoteness (0-15)"), number=True),
        Head(_("Near an all-season road"), number=True),
        Head(_("Change in 10 years"), number=True),
        Head(_("Users over capacity"), number=True),
    )
    return long_table(_("Facts"), heads, rows, table="unit_profile", shown=25)


def _types(result: StudyResult, table: pd.DataFrame) -> TextTable:
    rows = [
        (
            _unit_name(result, row["area_id"]),
            word(UNIT_TYPES, row["unit_type"]),
            rule_in_words(str(row["rule"] or "")) or _("no rule fired"),
            "; ".join(word(FACTS, code) for code in str(row["unknown_facts"] or "").split()) or _("none"),
        )
        for row in table.to_dict("records")
    ]
    heads = (_("District or region"), _("Type"), _("Rule that gave it"), _("Facts that are missing"))
    return long_table(_("Type by rules"), heads, rows, table="unit_profile", shown=25)


def _clusters(result: StudyResult, table: pd.DataFrame) -> TextTable:
    known = table[table["cluster"].notna()]
    rows = [
        (
            _("Group {n}").format(n=int(str(cluster))),
            "; ".join(_unit_name(result, code) for code in part["area_id"]),
            _stability(part),
        )
        for cluster, part in known.groupby("cluster")
    ]
    left_out = [area_name(result, str(code)) for code in table.loc[table["cluster"].isna(), "area_id"]]
    note = _(
        "Exploratory: units that these facts make alike, found by a computer and explained by nobody. Stability 1 = "
        "found again in every resampling, 0 = chance; below about 0.8 do not build on it."
    )
    if left_out:
        note += " " + _("Left out, facts missing: {units}.").format(units="; ".join(left_out))
    heads = (_("Exploratory"), _("Units"), Head(_("Stability"), number=True))
    return text_table(_("Units alike (exploratory)"), heads, rows, note=note, table="unit_profile")


def _stability(part: pd.DataFrame) -> str:
    return fraction(part["cluster_stability"].iloc[0], 2)
