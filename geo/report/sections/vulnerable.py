"""The part about vulnerable groups: what would be chosen if they counted for more."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.report.sections.content import Head, Part, TextTable, text_table
from geo.report.sections.names import SiteNames, service_name
from geo.study.figures import people, tenths
from geo.study.result import HEADLINE, StudyResult
from geo.study.wording import by_what_counts, listed


def vulnerable(result: StudyResult) -> Part | None:
    """Return the headline plan beside the one that weighs people by vulnerability; None where nobody is weighed."""
    rows = result.tables["weighted_plans"]
    if not len(rows):
        return None
    services = [service.name for service in result.config.service if (rows["service"] == service.name).any()]
    sentences = [_sentence(result, rows[rows["service"] == service], service) for service in services]
    caveat = _(
        "For the weighted plan alone, a person counts as much as the settlement's column vulnerability says (0 to 3, 1 "
        "by default). The headline plan weighs nobody, and every figure here is people, not weights."
    )
    return Part("vulnerable", _("Vulnerable groups"), tuple(sentences), (_table(result, rows),), caveat)


def _sentence(result: StudyResult, rows: pd.DataFrame, service: str) -> str:
    by_plan = rows.set_index("plan")
    label = service_name(result, service)
    if len(by_plan) < 2:
        return _("{service}: no plan meets these limits.").format(service=label)
    plain, weighted = by_plan.loc[HEADLINE], by_plan.loc["weighted"]
    if set(plain["open_sites"].split()) == set(weighted["open_sites"].split()):
        return _("{service}: counting vulnerable people for more changes nothing; the same sites are chosen.").format(
            service=label
        )
    text = by_what_counts(
        result.config,
        _(
            "{service}: if vulnerable people counted for more, sites would be opened in {weighted} instead of {plain}. "
            "Of the {vulnerable} people in vulnerable settlements {then} would be within the norm instead of {now}; "
            "of all people {all_then} instead of {all_now}."
        ),
        _(
            "{service}: if vulnerable settlements counted for more, sites would be opened in {weighted} instead of "
            "{plain}. Of the {vulnerable} vulnerable settlements {then} would be within the norm instead of {now}; of "
            "all settlements {all_then} instead of {all_now}."
        ),
    )
    return text.format(
        service=label,
        weighted=_sites(result, weighted["open_sites"]),
        plain=_sites(result, plain["open_sites"]),
        vulnerable=people(plain["vulnerable_persons"]),
        then=people(weighted["vulnerable_within_persons"]),
        now=people(plain["vulnerable_within_persons"]),
        all_then=people(weighted["within_persons"]),
        all_now=people(plain["within_persons"]),
    )


def _sites(result: StudyResult, codes: Any) -> str:
    names = SiteNames(result)
    return listed([names[code] for code in str(codes).split()])


def _table(result: StudyResult, rows: pd.DataFrame) -> TextTable:
    cells = [
        (
            service_name(result, row["service"]),
            _("everybody counts the same") if row["plan"] == HEADLINE else _("vulnerable people count for more"),
            _sites(result, row["open_sites"]),
            people(row["within_persons"]),
            people(row["beyond_persons"]),
            people(row["vulnerable_within_persons"]),
            tenths(row["ede_minutes"], missing="–"),
        )
        for row in rows.to_dict("records")
    ]
    heads = (
        _("Service"),
        _("Plan"),
        _("Opened"),
        Head(_("Within the norm"), number=True),
        Head(_("Not within the norm"), number=True),
        Head(_("Vulnerable, within"), number=True),
        Head(_("Equivalent trip"), number=True),
    )
    return text_table(_("With and without weights"), heads, cells, table="weighted_plans")
