"""One-line versions of results, for the last screen of a run."""

from __future__ import annotations

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.study.headline import assessed_sentence
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult


def answer(result: StudyResult) -> str:
    """Return the answer of a unit in one sentence, a clause per service."""
    clauses = [_clause(result, service.name) for service in result.config.service]
    assessed = assessed_sentence(result, result.config.service[0].name).split(". ")[0].rstrip(".")
    return "; ".join([assessed, *clauses] if assessed else clauses) + "."


def _clause(result: StudyResult, service: str) -> str:
    label = result.service(service).label.in_language(current())
    plan = result.row("plans", service=service, plan=HEADLINE)
    if plan["status"] == "infeasible":
        return _("{service}: no plan meets the conditions").format(service=label)
    before, after = (
        result.row("access_district", service=service, plan=name, season=WORST) for name in (BASELINE, HEADLINE)
    )
    n, n_closed = (len(str(plan[column]).split()) for column in ("open_sites", "closed_sites"))
    text = ngettext(
        "{service}: {before} people are below the norm, {after} with {n} more site",
        "{service}: {before} people are below the norm, {after} with {n} more sites",
        n,
    )
    if n_closed:
        text = _("{service}: {before} people are below the norm, {after} with {n} more sites and {closed} closed")
    today, then = (numbers.persons(row["beyond_persons"]) for row in (before, after))
    return text.format(service=label, before=today, after=then, n=n, closed=n_closed)


def caveats(result: StudyResult) -> str:
    """Return in a few words what is synthetic, imputed, unknown or unverified; empty where nothing is."""
    found = []
    if result.config.study.synthetic:
        found.append(_("synthetic data, not a real place"))
    if result.config.demand.counts == "settlements":
        found.append(_("each settlement counts as one: nobody is counted"))
    imputed = result.settlements[result.settlements["population_imputed"].astype(bool)]
    if len(imputed):
        people = numbers.persons(int(imputed["population_persons"].fillna(0).sum()))
        found.append(_("≈{people} people imputed").format(people=people))
    unknown = int(result.settlements["population_persons"].isna().sum())
    if unknown:
        found.append(
            ngettext("{n} place of unknown population", "{n} places of unknown population", unknown).format(n=unknown)
        )
    served = set(result.sites[(result.sites["kind"] == "existing") & result.sites["serves"]]["service"])
    if not served >= {service.name for service in result.config.service}:
        found.append(_("a service without any known facility"))
    if not all(norm.verified for norm in result.norms.values()):
        found.append(_("norms not legally verified"))
    return "; ".join(found)
