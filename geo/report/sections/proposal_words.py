"""A planner's proposal in sentences: what it does, what comes of it, and how far it is from the best."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.study import explain
from geo.study.figures import tenths
from geo.study.result import BASELINE, HEADLINE, PROPOSAL, WORST, StudyResult
from geo.study.whatif import Optimum, optimum

#: Equally-distributed trips, and norms, that differ by less read the same.
_SAME_MINUTES: Final = 0.05


def sentences(result: StudyResult, service: str) -> tuple[str, ...]:
    """Return what a proposal does, what comes of it, how far it is from the best, and what of the study it breaks."""
    found = (
        _what(result, service),
        _effect(result, service),
        _other_norm(result, service),
        _beside_the_plan(result, service),
        how_far(result, service),
        _cost(result, service),
        *_breaches(result, service),
    )
    return tuple(sentence for sentence in found if sentence)


def in_one_sentence(result: StudyResult) -> str:
    """Return what a proposal comes to, service by service; empty without one."""
    return " ".join(in_short(result, service) for service in result.proposal)


def in_short(result: StudyResult, service: str) -> str:
    """Return what a proposal comes to in one service, and how far it is from the best; empty without one."""
    if service not in result.proposal:
        return ""
    plans = measured(result, service)
    facts = {
        "service": result.service(service).label.in_language(current()),
        "limit": numbers.minutes(result.norms[service].value),
        **{plan: numbers.persons(float(row["beyond_persons"])) for plan, row in plans.items()},
    }
    text = (
        _("Proposal, {service}: {proposal} people beyond {limit}; today {baseline}, with the plan {headline}.")
        if HEADLINE in plans
        else _("Proposal, {service}: {proposal} people beyond {limit}; today {baseline}.")
    )
    same = _same_as_the_plan() if _is_the_plan(result, service) else ""
    found = (text.format(**facts), _other_norm(result, service), same, how_far(result, service))
    return " ".join(sentence for sentence in found if sentence)


def _other_norm(result: StudyResult, service: str) -> str:
    """Return that the map showed another norm when the proposal was saved; empty where it showed the study's.

    The file holds one norm, of the service that was looked at: the norm of any service is the study's.
    """
    shown = result.manifest.get(PROPOSAL, {}).get("norm_minutes")
    if shown is None or any(abs(norm.value - shown) < _SAME_MINUTES for norm in result.norms.values()):
        return ""
    text = _("The map's norm was {shown}; these figures are for the study's norm, {limit}.")
    return text.format(shown=numbers.minutes(shown), limit=numbers.minutes(result.norms[service].value))


def _same_as_the_plan() -> str:
    return _("The proposal is the plan itself.")


def _is_the_plan(result: StudyResult, service: str) -> bool:
    rows = result.table("plans", service=service).set_index("plan")
    if HEADLINE not in measured(result, service):
        return False
    columns = ["open_sites", "closed_sites"]
    sites = [[set(str(text).split()) for text in rows.loc[plan, columns]] for plan in (HEADLINE, PROPOSAL)]
    return sites[0] == sites[1]


def how_far(result: StudyResult, service: str) -> str:
    """Return how far a proposal is from the best with as many new sites; empty where it opens none."""
    opened = len(result.proposal[service].opened)
    if not opened:
        return ""
    best = optimum(result.what_if[service], WORST, opened)
    if best is None:
        return _("How far it is from the best with as many new sites was not computed.")
    own = measured(result, service)[PROPOSAL]
    parts = [_against(best, int(own["beyond_persons"]), float(own["ede_minutes"]))]
    if not best.proven and best.persons_beyond_bound < best.persons_beyond:
        bound = numbers.persons(best.persons_beyond_bound)
        parts.append(_("The best is not proven: it could lie as low as {bound} people.").format(bound=bound))
    return " ".join(parts)


def _against(best: Optimum, beyond: int, ede_minutes: float) -> str:
    fewer = beyond - best.persons_beyond
    if fewer > 0:
        text = _(
            "The best choice of as many new sites, closing nothing, leaves {best} people beyond the norm: {n} fewer."
        )
        return text.format(best=numbers.persons(best.persons_beyond), n=numbers.persons(fewer))
    if ede_minutes <= best.ede_minutes + _SAME_MINUTES:
        if not best.proven:
            return _("No choice of as many new sites is known to do better.")
        text = ngettext(
            "No other choice of {n} new site does better.",
            "No other choice of {n} new sites does better.",
            best.n_added,
        )
        return text.format(n=best.n_added)
    text = _(
        "No choice of as many new sites leaves fewer people beyond the norm; among the best of them the "
        "equally-distributed trip is {best} min, with the proposal {own} min."
    )
    return text.format(best=tenths(best.ede_minutes), own=tenths(ede_minutes))


def measured(result: StudyResult, service: str) -> dict[str, pd.Series[Any]]:
    """Return today, the plan where there is one, and the proposal, each measured in the worst season."""
    known = set(result.table("access_district", service=service)["plan"])
    return {
        plan: result.row("access_district", service=service, plan=plan, season=WORST)
        for plan in (BASELINE, HEADLINE, PROPOSAL)
        if plan in known
    }


def _names(result: StudyResult, service: str, sites: tuple[str, ...]) -> str:
    return explain.listed([explain.site_name(result, service, site) for site in sites], shown=len(sites))


def _what(result: StudyResult, service: str) -> str:
    proposed = result.proposal[service]
    text = {
        (True, True): _("The proposal opens {opened} and closes {closed}."),
        (True, False): _("The proposal opens {opened}."),
        (False, True): _("The proposal closes {closed}."),
        (False, False): _("The proposal changes nothing: its figures are those of today."),
    }[bool(proposed.opened), bool(proposed.closed)]
    opened, closed = (_names(result, service, sites) for sites in (proposed.opened, proposed.closed))
    return text.format(opened=opened, closed=closed)


def _effect(result: StudyResult, service: str) -> str:
    plans = measured(result, service)
    before, after = (int(plans[plan]["beyond_persons"]) for plan in (BASELINE, PROPOSAL))
    if not before and not after:
        text = _("Nobody is beyond {limit}, neither today nor with it.")
    elif after < before:
        text = _(
            "It brings {change} of the {before} people now beyond {limit} within the norm; {after} stay beyond it."
        )
    elif after == before:
        text = _("As many people as today are beyond {limit}: {after}.")
    else:
        text = _("With it {after} people are beyond {limit}, {change} more than today.")
    return text.format(
        limit=numbers.minutes(result.norms[service].value),
        before=numbers.persons(before),
        after=numbers.persons(after),
        change=numbers.persons(abs(before - after)),
    )


def _beside_the_plan(result: StudyResult, service: str) -> str:
    plans = measured(result, service)
    if HEADLINE not in plans:
        return ""
    if _is_the_plan(result, service):
        return _same_as_the_plan()
    plan, own = (plans[name] for name in (HEADLINE, PROPOSAL))
    fewer = int(own["beyond_persons"] - plan["beyond_persons"])
    if fewer > 0:
        text = _("The plan leaves {n} fewer people beyond the norm.")
    elif fewer < 0:
        text = _("The plan leaves {n} more people beyond the norm.")
    else:
        text = _(
            "The plan leaves as many people beyond the norm; its equally-distributed trip is {plan} min, that of the "
            "proposal {own} min."
        )
    ede = {"plan": tenths(plan["ede_minutes"]), "own": tenths(own["ede_minutes"])}
    return text.format(n=numbers.persons(abs(fewer)), **ede)


def money_of(result: StudyResult, service: str, plan: str) -> str:
    """Return what the new sites of a plan cost; empty where no price is known."""
    prices = result.manifest.get("prices", {}).get(service)
    cost = result.row("plans", service=service, plan=plan)["cost"]
    return "" if not prices or pd.isna(cost) else numbers.money(float(cost), prices[0], int(prices[1]))


def _cost(result: StudyResult, service: str) -> str:
    money = money_of(result, service, PROPOSAL)
    if not money or not result.proposal[service].opened:
        return ""
    return _("Cost of its new sites: {money}, prices not verified.").format(money=money)


def _breaches(result: StudyResult, service: str) -> list[str]:
    """Return what of the study a proposal breaks, one sentence each."""
    proposed, wanted = result.proposal[service], result.service(service).close
    sites = result.sites[result.sites["service"] == service].set_index("site_id")
    closable = sites["closable"].astype(bool)
    forbidden = tuple(site for site in proposed.closed if not closable[site] and site not in wanted)
    kept = tuple(
        site for site in wanted if site in sites.index and sites.loc[site, "in_unit"] and site not in proposed.closed
    )
    found = []
    if forbidden:
        text = _("The study does not allow closing this: {sites}.")
        found.append(text.format(sites=_names(result, service, forbidden)))
    if kept:
        text = _("The study wants this closed, the proposal leaves it open: {sites}.")
        found.append(text.format(sites=_names(result, service, kept)))
    words = {
        "n-open": _("More sites are open than the study allows."),
        "budget": _("It costs more than the budget of the study."),
        "worsening": _("Somebody's trip gets longer by more than the study allows; the list below names them."),
    }
    return found + [words[breach] for breach in proposed.breaches if breach in words]
