"""What `geo solve` says to people: the plan, how good it is proven to be, and who is left out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Final

from geo.language import gettext as _
from geo.language import mark
from geo.language.numbers import decimal, minutes, persons
from geo.study.solve_matrix import Answer
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

#: Names listed before the rest is counted.
_LISTED: Final = 20

_VALUES: Final = {
    "p-median": mark("Travel of all: {value} person-minutes"),
    "kolm-pollak": mark("Equally-distributed equivalent: {value} minutes"),
    "max-cover": mark("Demand within the limit: {value} of {all}"),
    "set-cover": mark("Sites that cover everybody: {value}"),
    "p-center": mark("Longest time: {value} minutes"),
    "capacitated": mark("Travel of all: {value} person-minutes"),
}
#: What an infeasible problem with places is short of (`geo.siting.capacity.instance.Shortage`).
_SHORT: Final = {
    "reach": mark("Somebody reaches no site that may be open."),
    "capacity": mark("All sites that may be open have too few places."),
    "whole": mark(
        "Every settlement goes to one site, and so they do not fit; shared between sites (--split) they would."
    ),
    "number": mark("So few sites have too few places."),
    "budget": mark("The budget pays for too few places."),
    "load": mark("There is not enough demand for the least loads."),
    "jointly": mark("Places, least loads and the number of sites or the budget do not go together."),
}


def in_words(answer: Answer) -> list[str]:
    """Return a readable summary, line by line."""
    solution = answer.solution
    if solution.status == "infeasible":
        return [*_why_not(answer), _pairs(answer)]
    value, bound = answer.shown(solution.value), answer.shown(solution.bound)
    total = _number(answer.demand_of(int(answer.problem.persons.sum())))
    lines = [_(_VALUES[solution.objective]).format(value=_number(value), all=total)]
    if solution.status == "optimal":
        lines.append(_("Proven: no plan is better."))
    else:
        text = _("Not proven: no plan is better than {bound} (gap {gap} %).")
        lines.append(text.format(bound=_number(bound), gap=decimal(100 * (solution.gap or 0.0), 4)))
    sites = [answer.problem.site_ids[j] for j in solution.open_sites]
    lines.append(_open_line(answer, sites))
    if answer.problem.kappa is not None:
        lines.append(_("kappa: {kappa} per minute").format(kappa=f"{answer.problem.kappa:.6g}"))
    if answer.unserved:
        text = _("Reach no open site: {names} (demand {demand}).")
        demand = _number(answer.demand_of(solution.persons_unserved))
        lines.append(text.format(names=_listed(answer.unserved), demand=demand))
    return [*lines, _pairs(answer)]


def _open_line(answer: Answer, sites: Sequence[str]) -> str:
    n_open = answer.problem.n_open
    if n_open is not None and len(sites) < n_open:
        text = _("Open: {names} ({n} of at most {most})")
        return text.format(names=_listed(sites) or "–", n=len(sites), most=n_open)
    return _("Open: {names} ({n})").format(names=_listed(sites) or "–", n=len(sites))


def _why_not(answer: Answer) -> list[str]:
    """Return who cannot be served, and what would do."""
    problem, solution = answer.problem, answer.solution
    lines = [_("There is no such plan.")]
    if solution.short is not None:
        lines.append(_(_SHORT[solution.short]))
    for blocker in solution.blockers[:_LISTED]:
        name, best = problem.settlement_ids[blocker.settlement], blocker.best_possible_ms
        if best >= UNREACHABLE_MS:
            lines.append(_("{name}: no site that may be open can be reached.").format(name=name))
        elif blocker.reason == "limit":
            text = _("{name}: the nearest site that may be open is {minutes} away.")
            lines.append(text.format(name=name, minutes=minutes(best / MS_PER_MINUTE)))
        elif blocker.reason == "limit-jointly":
            lines.append(_("{name}: beyond the limit in the best plan.").format(name=name))
        else:
            lines.append(_("{name}: would travel longer than today.").format(name=name))
    rest = len(solution.blockers) - _LISTED
    if rest > 0:
        lines.append(_("and {n} more").format(n=rest))
    return lines + _what_would_do(answer)


def _what_would_do(answer: Answer) -> list[str]:
    solution = answer.solution
    lines = []
    if solution.smallest_n_open is not None:
        lines.append(_("It would do to open {n} sites in all.").format(n=solution.smallest_n_open))
    if solution.smallest_budget is not None:
        amount = _at_least(solution.smallest_budget, 1, 2)
        lines.append(_("A budget of {amount} would do.").format(amount=_number(float(amount))))
    if solution.smallest_limit_ms is not None:
        limit = _at_least(solution.smallest_limit_ms, MS_PER_MINUTE, 4)
        lines.append(_("A limit of {minutes} minutes would do.").format(minutes=f"{limit.normalize():f}"))
    return lines


def _at_least(value: float, per_unit: int, digits: int) -> Decimal:
    """Return a value in units of so many, rounded up, so that what is shown would indeed do."""
    exact = Decimal(repr(value)) / per_unit
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_CEILING)


def _pairs(answer: Answer) -> str:
    n_pairs = answer.problem.n_settlements * answer.problem.n_sites
    text = _("Pairs without a way: {n} of {all}.")
    return text.format(n=persons(answer.n_unreachable_pairs), all=persons(n_pairs))


def _number(value: float | None) -> str:
    """Return a number with as many decimals as it needs, two at most."""
    if value is None:
        return "–"
    return persons(value) if float(value).is_integer() else decimal(value, 2)


def _listed(names: Sequence[str]) -> str:
    """Return names in a row, the first ones where there are many."""
    rest = len(names) - _LISTED
    shown = ", ".join(names[:_LISTED])
    return shown if rest <= 0 else f"{shown} " + _("and {n} more").format(n=rest)
