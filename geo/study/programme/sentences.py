"""A programme as finished sentences in the language in use: the same tables, the same words, on every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from geo.language import current, mark, ngettext, numbers
from geo.language import gettext as _
from geo.study.config import StudyConfig
from geo.study.figures import at_least
from geo.study.programme.options import JOINED
from geo.study.result import StudyResult
from geo.study.wording import LEVELS, by_what_counts, listed, season_label, settlement_name, site_name, word

ACTIONS: Final = {
    "open": mark("to be opened"),
    "close": mark("to be closed"),
    "upgrade": mark("to be raised a level"),
    "downgrade": mark("to be lowered a level"),
    "renovate": mark("to be renovated"),
    "replace": mark("to get a new building"),
}
FUNDING: Final = {"funded": mark("money and ground are named"), "declarative": mark("declarative")}
LACKS: Final = {
    "money": mark("no room in the budget"),
    "proof": mark("in no year of the programme found, which is not proven: money may suffice"),
    "body": mark("no competent body named"),
    "basis": mark("no legal basis named"),
}
GOALS: Final = {
    "unmet-person-years": mark("fewest people below a norm, added up over the years"),
    "equally-distributed-equivalent": mark("least unequal trips"),
    "discounted-cost": mark("least cost, later money counting less"),
}
DEBTS: Final = {
    "norms": mark("norms not met"),
    "buildings": mark("worn buildings"),
    "roads": mark("roads of earth or in poor state"),
}
REFUSED: Final = {
    "protected": mark("protected"),
    "worsening": mark("trips would get longer"),
    "allowed": mark("not refused: the study sets no limit to longer trips"),
    "tolerated": mark("not refused: trips get longer, as far as the study tolerates"),
    "harmless": mark("not refused: nobody's trip gets longer"),
}
LANGUAGES: Final = {"kk": mark("Kazakh"), "ru": mark("Russian")}
#: Villages named in a sentence about a refusal before the rest is counted.
_NAMED: Final = 3
#: Places named per year before the rest is counted.
_SHOWN: Final = 6


def amount(result: StudyResult, sum_of_money: Any) -> str:
    """Return a sum with its currency, e.g. ``134M KZT``; unknown without a price."""
    if pd.isna(sum_of_money):
        return _("no price known")
    prices = [found[0] for found in result.manifest.get("prices", {}).values() if found]
    return numbers.amount(float(sum_of_money), prices[0] if prices else "KZT")


def price_years(result: StudyResult) -> str:
    """Return the years of the prices that sums of the programme are made of; empty where no price is known."""
    years = sorted({found[1] for found in result.manifest.get("prices", {}).values() if found})
    return listed([str(year) for year in years])


def body_name(config: StudyConfig, name: object) -> str:
    """Return the body that decides, or the ground, in the language in use: tables have the English one."""
    if not isinstance(name, str) or not name:
        return ""
    rows = config.programme.authority if config.programme else ()
    known = [service.competent_body for service in config.service]
    known += [row.competent_body for row in rows] + [row.legal_basis for row in rows]
    if config.provision is not None:
        known += [config.provision.road_body, config.provision.bus_body]
    if config.equity:
        known += list(config.equity.bodies.values())
    spoken = {text.en: text.in_language(current()) for text in known if text}
    return JOINED.join(spoken.get(part, part) for part in name.split(JOINED))


def place_of(result: StudyResult, row: dict[Any, Any] | pd.Series) -> str:
    """Return the settlement where an item is, or its site where it stands in none."""
    if row["settlement_id"]:
        return settlement_name(result, str(row["settlement_id"]))
    return site_name(result, str(row["services"]).split()[0], str(row["site_id"]))


def levels_of(result: StudyResult, row: dict[Any, Any] | pd.Series) -> str:
    """Return the levels of an item in words, e.g. ``feldsher point and basic school``; a new site as the study does."""
    found = []
    for name, level in zip(str(row["services"]).split(), str(row["levels"]).split(), strict=True):
        service = result.service(name)
        is_site = level == service.serving_level
        found.append(service.site_label.in_language(current()) if is_site else word(LEVELS, level))
    return listed(found)


def item(result: StudyResult, row: dict[Any, Any] | pd.Series) -> str:
    """Return what an item of the programme is, with its place."""
    return _("{place}: {what}").format(place=place_of(result, row), what=what(result, row))


def what(result: StudyResult, row: dict[Any, Any] | pd.Series) -> str:
    """Return what an item of the programme is, for where its place is named already."""
    several = len(str(row["levels"]).split()) > 1
    texts = {
        "open": _("new {levels} under one roof") if several else _("new {levels}"),
        "upgrade": _("{former} raised to {levels}"),
        "downgrade": _("{former} lowered to {levels}"),
        "close": _("{levels} given up"),
        "renovate": _("{levels} renovated"),
        "replace": _("new building for the {levels}"),
    }
    return texts[str(row["action"])].format(levels=levels_of(result, row), former=_former(result, row))


def _former(result: StudyResult, row: dict[Any, Any] | pd.Series) -> str:
    """Return the level of a facility today in words."""
    rows = result.sites[(result.sites["site_id"] == row["site_id"]) & (result.sites["kind"] == "existing")]
    return word(LEVELS, rows["level"].iloc[0]) if len(rows) else _("facility")


def lacks(row: dict[Any, Any] | pd.Series) -> str:
    """Return why an item is declarative; empty where nothing is lacking."""
    return ", ".join(word(LACKS, code) for code in str(row["lacks"]).split())


def grounds(result: StudyResult) -> list[str]:
    """Return who decides about what, and on what ground, one sentence for all items that share both."""
    items = result.tables["programme_items"]
    found: dict[tuple[str, str], list[str]] = {}
    for row in items.to_dict("records"):
        key = (str(row["competent_body"] or ""), str(row["legal_basis"] or ""))
        for service in str(row["services"]).split():
            label = result.service(service).label.in_language(current())
            if label not in found.setdefault(key, []):
                found[key].append(label)
    texts = []
    for (body, basis), labels in found.items():
        decides = body_name(result.config, body) or _("nobody is named who decides")
        ground = body_name(result.config, basis) or _("no legal basis is named, so that its items are declarative")
        text = _("{services}: {body}; {basis}.")
        texts.append(text.format(services=", ".join(labels), body=decides, basis=ground))
    return texts


def declared(result: StudyResult) -> list[str]:
    """Return how many items are only declared, and why, in sentences; that none is where none is."""
    items = result.tables["programme_items"]
    lacking = items.loc[items["funding"] == "declarative", "lacks"].str.split()
    if not len(lacking):
        return [_("Every item has money, a competent body and a legal basis.")]
    text = _(
        "An item is declarative where money, a competent body or a legal basis is lacking: {n} items, {unfunded} of "
        "them without money. They are no promise."
    )
    unfunded = sum("money" in codes for codes in lacking)
    unproven = sum("proof" in codes for codes in lacking)
    texts = [text.format(n=numbers.persons(len(lacking)), unfunded=numbers.persons(unfunded))]
    if unproven:
        found = ngettext(
            "{n} item is in no year because the programme that was found is not proven to be the best: a better one "
            "might pay for it.",
            "{n} items are in no year because the programme that was found is not proven to be the best: a better one "
            "might pay for some of them.",
            unproven,
        )
        texts.append(found.format(n=numbers.persons(unproven)))
    return texts


def in_short(result: StudyResult) -> list[str]:
    """Return the programme in a few sentences: money, number of items, people below a norm before and after."""
    items, years = result.tables["programme_items"], result.tables["programme_years"]
    if not len(years):
        return []
    planned = items[items["year"].notna()]
    first, last = years.iloc[0], years.iloc[-1]
    texts = [_money_sentence(result, years, len(planned))]
    text = by_what_counts(
        result.config,
        _(
            "Below a norm in {first} if nothing is done: {before} people. At the end of {year}: {after}; if nothing "
            "was ever done: {without}."
        ),
        _(
            "Settlements below a norm in {first} if nothing is done: {before}. At the end of {year}: {after}; if "
            "nothing was ever done: {without}."
        ),
    )
    texts.append(
        text.format(
            first=int(first["year"]),
            before=below(first, "unmet_before"),
            year=int(last["year"]),
            after=below(last, "unmet", alone=True),
            without=below(last, "unmet_before", alone=True),
        )
    )
    unknown = max(int(years[f"{state}_unknown_settlements"].max()) for state in ("unmet", "unmet_before"))
    if unknown:
        more = ngettext(
            "Besides, up to {n} settlement of unknown size is below a norm: it is in no number of people here.",
            "Besides, up to {n} settlements of unknown size are below a norm: they are in no number of people here.",
            unknown,
        )
        texts.append(more.format(n=numbers.persons(unknown)))
    if len(result.config.service) > 1:
        whoever = _("Whoever lacks two services is counted twice in these sums.")
        places = _("A settlement that lacks two services is counted twice in these sums.")
        texts.append(by_what_counts(result.config, whoever, places))
    return texts


def below(row: pd.Series | dict[Any, Any], state: str, *, alone: bool = False) -> str:
    """Return how many people are below a norm in a row of `programme_years`: at least, where some are unknown.

    Parameters
    ----------
    state
        ``unmet`` with the programme, ``unmet_before`` if nothing was done.
    alone
        Whether no word for people follows.
    """
    unknown = bool(row[f"{state}_unknown_settlements"])
    return at_least(int(row[f"{state}_persons"]), some_unknown=unknown, alone=alone)


def _money_sentence(result: StudyResult, years: pd.DataFrame, n_items: int) -> str:
    first, last = int(years["year"].iloc[0]), int(years["year"].iloc[-1])
    if years["budget"].isna().all():
        text = ngettext(
            "{first}-{last}: {n} item. New sites a year: at most {sites}. No price is known, so sites are counted.",
            "{first}-{last}: {n} items. New sites a year: at most {sites}. No price is known, so sites are counted.",
            n_items,
        )
        return text.format(first=first, last=last, n=n_items, sites=numbers.persons(years["sites_budget"].iloc[0]))
    spent = float(years["spent_access"].sum() + years["spent_renewal"].sum())
    text = ngettext(
        "{first}-{last}: {n} item for {spent} of {budget}.",
        "{first}-{last}: {n} items for {spent} of {budget}.",
        n_items,
    )
    return text.format(
        first=first, last=last, n=n_items, spent=amount(result, spent), budget=amount(result, years["budget"].sum())
    )


def caveat(result: StudyResult) -> str:
    """Return what one must know of prices, grounds and people to read the numbers."""
    prices = price_years(result)
    texts = []
    if prices:
        text = _("Prices are those of the study's table ({years}), not verified and not brought to one year.")
        texts.append(text.format(years=prices))
    if not result.tables["programme_items"]["verified"].fillna(value=False).all():
        texts.append(_("No lawyer has checked who decides and on what ground."))
    if prices:
        texts.append(
            _("Shares of money and thresholds of wear are proposed by this project; change them in study.toml.")
        )
    return " ".join(texts)


def year_sentence(result: StudyResult, year: int) -> str:
    """Return what is done in a year, what it costs, and who is below a norm afterwards."""
    items = result.tables["programme_items"]
    own = items[items["year"] == year].to_dict("records")
    row = result.row("programme_years", year=year)
    left = below(row, "unmet")
    if not own:
        nothing = by_what_counts(
            result.config,
            _("{year}: nothing is planned. Below a norm at the end of the year: {below} people."),
            _("{year}: nothing is planned. Settlements below a norm at the end of the year: {below}."),
        )
        return nothing.format(year=year, below=left)
    items_ = items_listed([item(result, one) for one in own])
    if pd.isna(row["budget"]):
        text = by_what_counts(
            result.config,
            _("{year}: {what}. Below a norm at the end of the year: {below} people."),
            _("{year}: {what}. Settlements below a norm at the end of the year: {below}."),
        )
        return text.format(year=year, what=items_, below=left)
    text = by_what_counts(
        result.config,
        _("{year}: {what}. Cost: {cost} of {budget}. Below a norm at the end of the year: {below} people."),
        _("{year}: {what}. Cost: {cost} of {budget}. Settlements below a norm at the end of the year: {below}."),
    )
    cost = amount(result, row["spent_access"] + row["spent_renewal"])
    return text.format(year=year, what=items_, cost=cost, budget=amount(result, row["budget"]), below=left)


def items_listed(texts: Sequence[str]) -> str:
    """Return items as a list: the first ones and how many more."""
    if len(texts) <= _SHOWN + 1:
        return "; ".join(texts)
    rest = len(texts) - _SHOWN
    more = ngettext("{n} more item", "{n} more items", rest).format(n=rest)
    return "; ".join([*texts[:_SHOWN], more])


def proof(result: StudyResult) -> str:
    """Return how good the programme is, in words: proven, or how much better one could exist, goal by goal."""
    goals = result.tables["programme_goals"]
    if goals["value"].isna().all():
        return _("No programme meets the conditions.")
    if (goals["status"] == "optimal").all():
        equity = (goals["goal"] == "equally-distributed-equivalent").any()
        money = result.tables["programme_years"]["budget"].notna().any()
        return " ".join([_proven(result, equity=bool(equity)), *([_worn_apart()] if money else [])])
    parts = []
    for row in goals.to_dict("records"):
        if row["status"] == "optimal":
            text = _("{goal}: proven")
            parts.append(text.format(goal=_goal(result, row)))
        elif pd.isna(row["gap"]):
            parts.append(_("{goal}: not proven").format(goal=_goal(result, row)))
        else:
            text = _("{goal}: at most {percent} % better could exist")
            percent = numbers.decimal(100 * float(row["gap"]))
            parts.append(text.format(goal=_goal(result, row), percent=percent))
    return _("How good it is: {goals}.").format(goals="; ".join(parts))


def _goal(result: StudyResult, row: dict[Any, Any]) -> str:
    if row["goal"] == "unmet-person-years":
        settlements = _("fewest settlements below a norm, added up over the years")
        return by_what_counts(result.config, word(GOALS, row["goal"]), settlements)
    return word(GOALS, row["goal"])


def _proven(result: StudyResult, *, equity: bool) -> str:
    if result.config.demand.counts == "settlements":
        return _proven_of_settlements(equity=equity)
    if equity:
        return _(
            "Proven: with these limits and these data no other programme leaves fewer people below a norm, added up "
            "over the years; of those that leave as few, none has less unequal trips, and of those none costs less."
        )
    return _(
        "Proven: with these limits and these data no other programme leaves fewer people below a norm, added up over "
        "the years; of those that leave as few, none costs less."
    )


def _proven_of_settlements(*, equity: bool) -> str:
    if equity:
        return _(
            "Proven: with these limits and these data no other programme leaves fewer settlements below a norm, added "
            "up over the years; of those that leave as few, none has less unequal trips, and of those none costs less."
        )
    return _(
        "Proven: with these limits and these data no other programme leaves fewer settlements below a norm, added up "
        "over the years; of those that leave as few, none costs less."
    )


def _worn_apart() -> str:
    return _("Worn buildings are chosen by a rule, the most worn first, and are not part of the proof.")


def refusals(result: StudyResult) -> list[str]:
    """Return one sentence per closing that would harm or is refused, with villages by name; one for all the others.

    They differ where nothing was examined, where a closing harms nobody, and where it harms within the tolerance only.
    """
    table = result.tables["closure_refusals"]
    texts, harmless = [], []
    for _key, rows in table.groupby(["site_id", "action", "level"], sort=False):
        if rows["refused_because"].iloc[0] == "harmless":
            harmless.append(_examined(result, rows.iloc[0]))
        else:
            texts.append(_refusal(result, rows))
    if harmless:
        text = _("Would make nobody's trip longer, in any season, here or next door: {examined}.")
        texts.append(text.format(examined="; ".join(harmless)))
    if not texts:
        texts.append(_("No closing was examined: no facility here is marked as one that may be closed or lowered."))
    return texts


def _examined(result: StudyResult, row: pd.Series) -> str:
    facility = site_name(result, str(row["service"]), str(row["site_id"]))
    if row["action"] == "downgrade":
        return _("Lowering {facility} to {level}").format(facility=facility, level=word(LEVELS, row["level"]))
    return _("Closing {facility}").format(facility=facility)


def _refusal(result: StudyResult, rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    what = _examined(result, first)
    harm = _harm(result, rows)
    if first["refused_because"] == "protected":
        text = _("{what} is refused: it is protected ({reason}). {harm}")
        return text.format(what=what, reason=_reason(first["protected_reason"]), harm=harm).strip()
    if first["refused_because"] == "allowed":
        return _("{what} was examined. {harm}").format(what=what, harm=harm)
    if first["refused_because"] == "tolerated":
        text = _("{what} is not refused: it makes trips longer, but only as far as the study tolerates. {harm}")
        return text.format(what=what, harm=harm)
    if first["possible"]:
        text = _("{what} is refused as things stand. {harm} Another facility near enough could make up for it.")
    else:
        text = _("{what} is refused. {harm} No other facility could make up for it.")
    return text.format(what=what, harm=harm)


def _reason(reason: object) -> str:
    return _("named in the study file") if reason == "study.toml" else str(reason)


def _harm(result: StudyResult, rows: pd.DataFrame) -> str:
    """Return whom a closing would harm: per village the season in which its trip grows most, from - to."""
    own = rows[rows["harmed_settlement_id"].notna() & (rows["harmed_settlement_id"] != "")]
    if not len(own):
        return ""
    lost = pd.to_numeric(own["longer_minutes"]).fillna(float("inf"))
    worst = own.assign(_longer=lost).sort_values(["_longer", "persons"], ascending=False, kind="stable")
    worst = worst.drop_duplicates("harmed_settlement_id")
    texts = [_village(result, row) for row in worst.head(_NAMED).to_dict("records")]
    rest = len(worst) - _NAMED
    if rest > 0:
        texts.append(ngettext("and {n} more village", "and {n} more villages", rest).format(n=rest))
    return _("In {year}: {villages}.").format(year=int(own["year"].iloc[0]), villages="; ".join(texts))


def _village(result: StudyResult, row: dict[Any, Any]) -> str:
    before = numbers.minutes(float(row["before_minutes"]))
    if result.config.demand.counts == "settlements":
        return _village_alone(result, row, before)
    if pd.isna(row["persons"]):
        return _("{trip}, number of people unknown").format(trip=_village_alone(result, row, before))
    season = season_label(result, str(row["season"]))
    people = int(row["persons"])
    common = {
        "village": settlement_name(result, str(row["harmed_settlement_id"])),
        "people": numbers.persons(people),
        "before": before,
        "season": season,
    }
    if pd.isna(row["after_minutes"]):
        text = ngettext(
            "{village}: {people} person would have no way any more, today {before} ({season})",
            "{village}: {people} people would have no way any more, today {before} ({season})",
            people,
        )
        return text.format(**common)
    text = ngettext(
        "{village}: {people} person would travel {after} instead of {before} ({season})",
        "{village}: {people} people would travel {after} instead of {before} ({season})",
        people,
    )
    return text.format(after=numbers.minutes(float(row["after_minutes"])), **common)


def _village_alone(result: StudyResult, row: dict[Any, Any], before: str) -> str:
    """Return whom a closing would harm without a number of people: it is unknown, or settlements are counted."""
    common = {
        "village": settlement_name(result, str(row["harmed_settlement_id"])),
        "before": before,
        "season": season_label(result, str(row["season"])),
    }
    if pd.isna(row["after_minutes"]):
        return _("{village}: no way any more, today {before} ({season})").format(**common)
    text = _("{village}: {after} instead of {before} ({season})")
    return text.format(after=numbers.minutes(float(row["after_minutes"])), **common)


def losers(result: StudyResult) -> str:
    """Return who is worse off in some year of the programme, or that nobody is."""
    rows = result.tables["programme_losers"]
    if not len(rows):
        return _("Nobody's trip gets longer, in any season and any service: the list of those worse off is empty.")
    worse = _("Worse off in some year of the programme: {names}.").format(names=_names(result, rows))
    unknown = rows[rows["persons"].isna()]
    if not len(unknown):
        return worse
    return " ".join([worse, _("Number of people unknown: {names}.").format(names=_names(result, unknown))])


def _names(result: StudyResult, rows: pd.DataFrame) -> str:
    return listed([settlement_name(result, str(one)) for one in rows["settlement_id"].drop_duplicates()])
