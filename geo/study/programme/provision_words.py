"""Forms of provision in words, for report, map and workbook alike."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.language import current, mark, ngettext, numbers
from geo.language import gettext as _
from geo.study.result import BASELINE, StudyResult
from geo.study.wording import by_what_counts, listed, season_label, settlement_name, word

FORM_WORDS: Final = {
    "met": mark("within the norm"),
    "road": mark("better road"),
    "build": mark("building of its own"),
    "share": mark("shared with a neighbouring village"),
    "bus": mark("school bus"),
    "mobile": mark("visiting team"),
    "boarding": mark("boarding place"),
    "floor": mark("service floor: ambulance on call, telemedicine, distance teaching"),
}
REFUSAL_WORDS: Final = {
    "no-road-helps": mark("no road looked at brings it within the norm"),
    "no-plot": mark("nothing may be built here"),
    "too-few-people": mark("too few people in the years to come"),
    "people-unknown": mark("people not known"),
    "no-neighbour": mark("no neighbour within the norm"),
    "no-bus": mark("no bus is planned"),
    "ride-too-long": mark("ride too long for a bus"),
    "too-young": mark("nobody old enough for a boarding place"),
    "day-too-short": mark("too far for a working day"),
    "no-way": mark("no way in any season"),
}
WHY_WORDS: Final = {
    "within-norm": mark("within the norm in every season"),
    "road-within-norm": mark("a facility that exists comes within the norm on a better road"),
    "viable": mark("enough people in the years to come"),
    "viable-together": mark("enough people together with neighbours"),
    "bus-within-limit": mark("the ride keeps its limit"),
    "visits": mark("no building by the rule, and a team can come"),
    "beyond-bus": mark("no bus keeps the limits of ride and cost"),
    "nobody-needs-it": mark("nobody here needs it now"),
    "nothing-else": mark("no other form is possible"),
    "not-assessable": mark("its ways are not known"),
}
SAFEGUARD_WORDS: Final = {
    "stock-and-air": mark("stock of medicines and air ambulance"),
    "lodging": mark("temporary lodging at the school"),
}
PRICE_WORDS: Final = {"priced": mark("price known"), "no-price": mark("no price")}
SURFACE_WORDS: Final = {"gravel": mark("gravel"), "asphalt": mark("asphalt")}
#: Words of codes by column of the tables.
PROVISION_WORDS: Final = {
    "form": FORM_WORDS,
    "cheapest_form": FORM_WORDS,
    "whole_form": FORM_WORDS,
    "whole_cheapest_form": FORM_WORDS,
    "refusal": REFUSAL_WORDS,
    "why": WHY_WORDS,
    "safeguard": SAFEGUARD_WORDS,
    "price_status": PRICE_WORDS,
    "surface": SURFACE_WORDS,
}


def form_line(result: StudyResult, row: pd.Series) -> str:
    """Return the form of one row of `provision_chosen` in a line: what, for whom, and what is needed besides."""
    text = word(FORM_WORDS, row["form"])
    if is_partial(row) and result.config.demand.counts == "people":
        partial = _("{form} for {served} of {people}, the service floor for the others")
        served, persons = (numbers.persons(int(row[name])) for name in ("served_persons", "persons"))
        text = partial.format(form=text, served=served, people=persons)
    safeguard = word(SAFEGUARD_WORDS, row["safeguard"]) if row["safeguard"] else ""
    if not safeguard:
        return text
    seasons = ", ".join(season_label(result, season) for season in str(row["cut_off_seasons"]).split())
    return _("{form}; besides, {safeguard} ({seasons})").format(form=text, safeguard=safeguard, seasons=seasons)


def is_partial(row: pd.Series) -> bool:
    """Say whether the form of a row of `provision_chosen` serves only some of the people there."""
    if row["form"] in ("met", "floor") or pd.isna(row["served_persons"]) or pd.isna(row["persons"]):
        return False
    return int(row["served_persons"]) < int(row["persons"])


def millions(amount: float) -> str:
    """Return money in millions with one decimal, as officials say it."""
    return _("{millions} million").format(millions=numbers.decimal(amount / 1e6, 1))


def road_sentences(result: StudyResult, service: str, most: int = 3) -> list[str]:
    """Return where a better road costs less a year than a building, for the same people or more; most people first.

    All places below the norm today are looked at, those where the plan builds included.
    """
    packages = result.tables["road_packages"].set_index("package_id")
    label = result.service(service).site_label.in_language(current())
    found = []
    for saved, road, building in _cheaper(result, service, "road")[:most]:
        package = packages.loc[road["target_id"]]
        text = by_what_counts(
            result.config,
            _(
                "For {village} ({people} people who need it) {km} km of {surface} road cost {road} a year and bring "
                "everybody within {limit} in every season; a new {site} would cost {building} a year, {saved} more."
            ),
            _(
                "For {village} {km} km of {surface} road cost {road} a year and bring everybody within {limit} in "
                "every season; a new {site} would cost {building} a year, {saved} more."
            ),
        )
        sentence = text.format(
            village=settlement_name(result, str(road["settlement_id"])),
            people=numbers.persons(int(road["own_persons"])),
            km=numbers.decimal(float(package["length_km"])),
            surface=word(SURFACE_WORDS, package["surface"]),
            road=millions(float(road["annual_cost"])),
            limit=numbers.minutes(result.norms[service].value),
            site=label,
            building=millions(float(building["annual_cost"])),
            saved=millions(saved),
        )
        beside = int(road["persons"]) - int(road["own_persons"])
        if beside > 0:
            more = by_what_counts(
                result.config,
                ngettext(
                    "{n} person of neighbouring places comes within the norm with it.",
                    "{n} people of neighbouring places come within the norm with it.",
                    beside,
                ),
                ngettext(
                    "{n} neighbouring place comes within the norm with it.",
                    "{n} neighbouring places come within the norm with it.",
                    beside,
                ),
            )
            sentence = f"{sentence} {more.format(n=numbers.persons(beside))}"
        found.append(_with_plan(result, service, sentence, road))
    return found


def _with_plan(result: StudyResult, service: str, sentence: str, row: pd.Series) -> str:
    """Return a sentence, and that the plan builds there where it does."""
    opened = result.table("recommendations", service=service, action="open")["settlement_id"]
    opens = _("The plan opens one there.")
    return f"{sentence} {opens}" if row["settlement_id"] in set(opened) else sentence


def bus_sentences(result: StudyResult, service: str, most: int = 3) -> list[str]:
    """Return where school buses cost less a year than a school of the place's own, for the same pupils or more."""
    transport = result.service(service).transport
    if transport is None:
        return []
    label = result.service(service).site_label.in_language(current())
    found = []
    for saved, bus, building in _cheaper(result, service, "bus")[:most]:
        text = by_what_counts(
            result.config,
            _(
                "For {village} ({people} pupils) school buses cost {bus} a year, and no ride is longer than {limit}; "
                "a new {site} would cost {building} a year, {saved} more."
            ),
            _(
                "For {village} school buses cost {bus} a year, and no ride is longer than {limit}; a new {site} would "
                "cost {building} a year, {saved} more."
            ),
        )
        sentence = text.format(
            village=settlement_name(result, str(bus["settlement_id"])),
            people=numbers.persons(int(bus["persons"])),
            bus=millions(float(bus["annual_cost"])),
            limit=numbers.minutes(transport.max_ride_minutes),
            site=label,
            building=millions(float(building["annual_cost"])),
            saved=millions(saved),
        )
        seasons = [season_label(result, season) for season in str(bus["lodging_seasons"]).split()]
        if seasons:
            lodging = _("Lodging at the school when no bus can do that ({seasons}) is included.")
            sentence = f"{sentence} {lodging.format(seasons=listed(seasons))}"
        if pd.notna(bus["whole_annual_cost"]) and bus["whole_annual_cost"] > building["annual_cost"]:
            alone = _(
                "That is its share of the buses, by pupils: whole buses for it alone would cost {whole} a year, more "
                "than the {site}. The bus is cheaper only as long as other villages ride along."
            )
            whole = millions(float(bus["whole_annual_cost"]))
            sentence = f"{sentence} {alone.format(whole=whole, site=label)}"
        found.append(_with_plan(result, service, sentence, bus))
    return found


def _cheaper(result: StudyResult, service: str, form: str) -> list[tuple[float, pd.Series, pd.Series]]:
    """Return what a form saves a year beside a building of the place's own, most people first, with both rows."""
    rows = result.table("provision", service=service, plan=BASELINE)
    rows = rows[rows["annual_cost"].notna() & (rows["persons"] > 0)]
    built = {row["settlement_id"]: row for _number, row in rows[rows["form"] == "build"].iterrows()}
    own = rows[(rows["form"] == form) & rows["eligible"].fillna(value=False).astype(bool)]
    found = []
    for _number, row in own.iterrows():
        building = built.get(row["settlement_id"])
        if building is None or row["persons"] < building["persons"] or row["closed_seasons"]:
            continue
        saved = float(building["annual_cost"]) - float(row["annual_cost"])
        if saved > 0:
            found.append((saved, row, building))
    return sorted(found, key=lambda item: (-int(item[1]["persons"]), -item[0], str(item[1]["settlement_id"])))


def counts_sentence(result: StudyResult, service: str) -> str:
    """Return how many inhabited places are within the norm with the plan, and what the others get."""
    rows = result.table("provision_chosen", service=service)
    counts = rows["form"].value_counts()
    others = [
        _("{form}: {n}").format(form=word(FORM_WORDS, form), n=numbers.persons(int(counts[form])))
        for form in FORM_WORDS
        if form != "met" and counts.get(form, 0)
    ]
    label = result.service(service).label.in_language(current())
    text = ngettext(
        "{service}: of {n} inhabited place {met} are within the norm with the plan.",
        "{service}: of {n} inhabited places {met} are within the norm with the plan.",
        len(rows),
    )
    sentence = text.format(service=label, n=numbers.persons(len(rows)), met=numbers.persons(int(counts.get("met", 0))))
    if not others:
        return sentence
    return " ".join([sentence, _("The others get, in places: {forms}.").format(forms="; ".join(others))])


def joint_sentence(result: StudyResult, service: str) -> str:
    """Return what choosing roads together with sites gives for the same money; empty where nothing was tried."""
    rows = result.table("provision_joint", service=service)
    if len(rows) < 2:
        return ""
    alone, best = rows.iloc[0], rows[rows["chosen"].astype(bool)].iloc[0]
    label = result.service(service).label.in_language(current())
    tried = numbers.persons(len(rows) - 1)
    unproven = ""
    if not (rows["status"] == "optimal").all():
        unproven = " " + _("Not every one of these choices is proven: another one could do better than was found.")
    if not best["packages"]:
        text = _(
            "{service}: for the money of the plan, no choice of roads among the {n} tried does better than sites alone."
        )
        if unproven:
            text = _(
                "{service}: for the money of the plan, none of the plans found for the {n} choices of roads that were "
                "tried does better than the one found with sites alone."
            )
        return text.format(service=label, n=tried) + unproven
    text = _together_with_roads(result, proven=not unproven)
    sentence = text.format(
        service=label,
        roads=listed([road_name(result, code) for code in str(best["packages"]).split()]),
        sites=len(str(best["open_sites"]).split()),
        people=numbers.persons(int(best["beyond_persons"])),
        alone=numbers.persons(int(alone["beyond_persons"])),
        n=tried,
    )
    return sentence + unproven


def _together_with_roads(result: StudyResult, *, proven: bool) -> str:
    if proven:
        return by_what_counts(
            result.config,
            _(
                "{service}: for the same money, {roads} together with {sites} new sites leave {people} people below "
                "the norm, sites alone {alone}; the best of the {n} choices with roads that were tried."
            ),
            _(
                "{service}: for the same money, {roads} together with {sites} new sites leave {people} settlements "
                "below the norm, sites alone {alone}; the best of the {n} choices with roads that were tried."
            ),
        )
    return by_what_counts(
        result.config,
        _(
            "{service}: for the same money, {roads} together with {sites} new sites leave {people} people below the "
            "norm, sites alone {alone} with the plan that was found; the best that was found among the {n} choices "
            "with roads that were tried."
        ),
        _(
            "{service}: for the same money, {roads} together with {sites} new sites leave {people} settlements below "
            "the norm, sites alone {alone} with the plan that was found; the best that was found among the {n} "
            "choices with roads that were tried."
        ),
    )


def road_name(result: StudyResult, package_id: str) -> str:
    """Return a road package in words: its length and surface, and its name where the study gives one."""
    package = result.row("road_packages", package_id=package_id)
    text = _("{km} km of {surface} road ({code})")
    provision = result.config.provision
    labels = {} if provision is None else {f"own-{n}": road.label for n, road in enumerate(provision.road, start=1)}
    label = labels.get(package_id)
    return text.format(
        km=numbers.decimal(float(package["length_km"])),
        surface=word(SURFACE_WORDS, package["surface"]),
        code=package_id if label is None else label.in_language(current()),
    )


def whole_sentence(result: StudyResult, service: str) -> str:
    """Return where the order of forms changes with whole vehicles; empty where no form has any."""
    rows = result.table("provision_chosen", service=service)
    rows = rows[(rows["form"] != "met") & (rows["whole_form"] != "")]
    offered = result.table("provision", service=service)
    if not len(rows) or offered["whole_annual_cost"].isna().all():
        return ""
    rule, cheapest = (rows[f"whole_{name}"] != rows[name] for name in ("form", "cheapest_form"))
    turned = rows[rule | cheapest]
    if not len(turned):
        return _(
            "Buses and teams are compared by a place's share of them; with whole vehicles neither the form by the rule "
            "nor the cheapest one changes in any place."
        )
    text = ngettext(
        "Buses and teams are compared by a place's share of them. With whole vehicles the order of forms changes in "
        "{n} place: {places}.",
        "Buses and teams are compared by a place's share of them. With whole vehicles the order of forms changes in "
        "{n} places: {places}.",
        len(turned),
    )
    return text.format(
        n=numbers.persons(len(turned)), places=listed([_turned(result, row) for _number, row in turned.iterrows()])
    )


def _turned(result: StudyResult, row: pd.Series) -> str:
    name = settlement_name(result, str(row["settlement_id"]))
    if row["whole_form"] != row["form"]:
        text = _("{village} (by the rule {whole}, not {form})")
        forms = row["whole_form"], row["form"]
    else:
        text = _("{village} (cheapest: {whole}, not {form})")
        forms = row["whole_cheapest_form"], row["cheapest_form"]
    whole, form = (word(FORM_WORDS, one) if one else _("no form") for one in forms)
    return text.format(village=name, whole=whole, form=form)


def teams_sentence(result: StudyResult, service: str) -> str:
    """Return how many villages teams visit, with how many vehicles, at what cost; empty where none is visited."""
    rows, provision = result.table("mobile_teams", service=service), result.config.provision
    if not len(rows) or provision is None:
        return ""
    visited = result.table("mobile_circuits", service=service)["settlement_id"].nunique()
    text = _(
        "Visiting teams: every {days} days {villages} villages from {bases} bases, {vehicles} vehicles in all; each "
        "village once per round, while its road is open."
    )
    sentence = text.format(
        days=provision.visit_interval_days,
        villages=numbers.persons(int(visited)),
        bases=numbers.persons(len(rows)),
        vehicles=numbers.persons(int(rows["vehicles"].sum())),
    )
    if rows["annual_cost"].isna().any():
        return sentence
    total = float(rows["annual_cost"].sum())
    cost = _("Together they cost {cost} a year.").format(cost=millions(total))
    chosen = result.table("provision_chosen", service=service, form="mobile")["annual_cost"]
    shares = float(chosen.sum())
    if chosen.isna().any() or shares >= total:
        return f"{sentence} {cost}"
    both = _(
        "Forms are compared with a village's share of a vehicle by the time it takes, {shares} a year for all these "
        "villages; whole vehicles, which stand still for the rest of the time, cost {more} more."
    )
    return f"{sentence} {cost} {both.format(shares=millions(shares), more=millions(total - shares))}"
