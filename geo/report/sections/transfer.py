"""Part of the diagnosis that a ministry budgets from: the cost to bring every settlement to the minimum standard."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.report.sections.content import Head, Part, TextTable, fraction, long_table, places_and_people
from geo.report.sections.first_page import pack_words
from geo.report.sections.names import SettlementNames, service_name
from geo.study.diagnosis.words import BASES, REMEDIES
from geo.study.figures import people, percent
from geo.study.result import StudyResult
from geo.study.wording import LEVELS, area_name, word

#: Currency of the tables where no price names one.
_CURRENCY: Final = "KZT"


def transfer(result: StudyResult) -> Part:
    """Return the cost per unit, service and basis, and the interventions that it is the sum of."""
    title = _("Cost to the minimum standard")
    needs, own = result.tables["transfer_need"], result.tables["interventions"]
    if not len(needs):
        return Part("transfer", title, (_("Nothing was costed."),))
    texts = [
        _(
            "Two ways to count, never to be added: objects that norms ask for by the size of a settlement, and the "
            "fewest sites that bring everybody within the norm of access. Prices are not verified."
        )
    ]
    if not int(needs["n_priced"].sum()):
        texts.append(_("No price is known here, so the table counts what is needed and names no sum."))
    return Part("transfer", title, tuple(texts), (*_needs(result, needs, own), _interventions(result, own)))


def _needs(result: StudyResult, needs: pd.DataFrame, own: pd.DataFrame) -> list[TextTable]:
    """Return one table where the study has one unit here, else one per service and basis with a row per unit."""
    if len(set(needs["area_id"])) == 1:
        return [_costs(result, needs, own, _("Cost by basis"), "")]
    keys = ["service", "basis", "pack"]
    ordered = needs.sort_values(["below_persons", "area_id"], ascending=[False, True])
    return [
        _costs(result, part, own, f"{service_name(result, service)}: {_basis(basis, pack)}", "area_id")
        for (service, basis, pack), part in ordered.groupby(keys, sort=False)
    ]


def _basis(basis: object, pack: object) -> str:
    return f"{word(BASES, basis)}; {pack_words(pack)}"


def _costs(result: StudyResult, needs: pd.DataFrame, own: pd.DataFrame, title: str, by: str) -> TextTable:
    rows = []
    unit_of = own["settlement_id"].map(result.settlements["unit_id"].astype(str))
    for row in needs.to_dict("records"):
        about_it = (own["service"] == row["service"]) & (own["basis"] == row["basis"]) & (own["pack"] == row["pack"])
        mine = own[about_it & (unit_of == str(row["area_id"]))]
        about = [service_name(result, row["service"]), _basis(row["basis"], row["pack"])]
        rows.append(
            (
                *([area_name(result, str(row["area_id"]))] if by else about),
                places_and_people(row["below_settlements"], row["below_persons"]),
                numbers.persons(row["unknown_settlements"]),
                _priced(row),
                _sum(result, row, mine),
                fraction(row["coefficient"], 2),
                percent(row["self_containment"]),
            )
        )
    heads: tuple[str | Head, ...] = (
        *([_("District or region")] if by else [_("Service"), _("Basis")]),
        Head(_("Below: places (people)"), number=True),
        Head(_("Places not known"), number=True),
        Head(_("Interventions"), number=True),
        Head(_("Cost of opening"), number=True),
        Head(_("Remoteness coefficient"), number=True),
        Head(_("Met inside the unit"), number=True),
    )
    note = _(
        "Sums are by the year of the prices, and leave out interventions without a price. The remoteness coefficient "
        "(1 to 2, proposed) is shown and not multiplied in. Met inside: people with a way whose nearest facility "
        "stands inside. Running costs are in the table where known."
    )
    return long_table(title, heads, rows, note=note, table="transfer_need", shown=25)


def _priced(row: dict[Any, Any]) -> str:
    text = _("{priced} with a price, {unpriced} without")
    return text.format(priced=row["n_priced"], unpriced=row["n_unpriced"])


def _sum(result: StudyResult, row: dict[Any, Any], mine: pd.DataFrame) -> str:
    if not row["n_priced"]:
        return _("no price known") if row["n_unpriced"] else _("nothing needed")
    priced = mine[mine["capex"].notna()]
    # Money of different years is not added up: each year has its own sum.
    by_year = priced.groupby("price_year", dropna=False, sort=True)["capex"].sum()
    return "; ".join(_money(result, str(row["service"]), float(sum_), year) for year, sum_ in by_year.items())


def _money(result: StudyResult, service: str, amount: float, year: Any) -> str:
    """Return a sum with its currency and the year of its prices, as far as it is known."""
    prices = result.manifest.get("prices", {}).get(service)
    currency = prices[0] if prices else _CURRENCY
    if pd.isna(year):
        text = _("{amount} {currency}, price year unknown")
        return text.format(amount=numbers.persons(amount), currency=currency)
    return numbers.money(amount, currency, int(year))


def _interventions(result: StudyResult, own: pd.DataFrame) -> TextTable:
    names = SettlementNames(result)
    order = own.assign(_people=-pd.to_numeric(own["persons"]).astype("Float64").fillna(-1)).sort_values(
        ["basis", "service", "_people", "settlement_id"], ascending=[False, True, True, True], kind="stable"
    )
    rows = [
        (
            names.get(row["settlement_id"], "") or _("outside the settlements"),
            service_name(result, row["service"]),
            word(BASES, row["basis"]),
            people(row["persons"]),
            _remedy(row),
            _price(result, row),
            fraction(row["coefficient"], 2),
        )
        for row in order[order["remedy"] != "unknown"].to_dict("records")
    ]
    heads = (
        _("Place"),
        _("Service"),
        _("Basis"),
        Head(_("People"), number=True),
        _("What to do"),
        Head(_("Cost of opening"), number=True),
        Head(_("Remoteness coefficient"), number=True),
    )
    unknown = int((own["remedy"] == "unknown").sum())
    note = _("Rows of which it cannot be told what is needed: {n}.").format(n=unknown) if unknown else ""
    return long_table(_("Interventions"), heads, rows, _("Nothing is needed."), note, "interventions")


def _remedy(row: dict[Any, Any]) -> str:
    remedy, level = word(REMEDIES, row["remedy"]), word(LEVELS, row["level"])
    return _("{remedy}: {level}").format(remedy=remedy, level=level) if level else remedy


def _price(result: StudyResult, row: dict[Any, Any]) -> str:
    if pd.isna(row["capex"]):
        return _("no price known") if row["remedy"] != "other_form" else ""
    return _money(result, str(row["service"]), float(row["capex"]), row["price_year"])
