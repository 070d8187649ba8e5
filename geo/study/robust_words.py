"""How sure a site is, in words: report, map and tables say the same."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark, ngettext, numbers
from geo.planning.robustness import ROBUST_SHARE, WEAK_SHARE
from geo.study.result import StudyResult
from geo.study.wording import season_label, word

LABELS: Final = {"robust": mark("robust"), "moderate": mark("fairly sure"), "weak": mark("weak")}
KINDS: Final = {
    "speed": mark("speed on roads"),
    "offroad": mark("speed across country"),
    "closure": mark("closure of roads"),
    "flood": mark("floods on roads"),
    "population": mark("people of the places near it"),
    "norm": mark("the norm"),
    "price": mark("prices"),
    "budget": mark("the budget"),
}
DIRECTIONS: Final = {
    "more": mark("more often where it is high"),
    "less": mark("less often where it is high"),
    "mixed": mark("neither end alone"),
}
_SPEEDS: Final = {
    "I": mark("speed on roads of category I"),
    "II": mark("speed on roads of category II"),
    "III": mark("speed on roads of category III"),
    "IV": mark("speed on roads of category IV"),
    "V": mark("speed on roads of category V"),
    "winter_road": mark("speed on winter roads"),
    "street": mark("speed on streets"),
    "track": mark("speed on tracks"),
    "path": mark("speed on paths for walkers"),
}
#: Reasons of closures that have words in every language; others stand as the table of closures has them.
_REASONS: Final = {
    "snow storms": mark("snow storms"),
    "low road under water": mark("low road under water"),
    "the ferry does not run": mark("the ferry does not run"),
}
#: When a site is chosen more often, by kind of assumption and its direction.
_MORE_OFTEN: Final = {
    ("speed", "more"): mark("chosen more often where it is faster"),
    ("speed", "less"): mark("chosen more often where it is slower"),
    ("offroad", "more"): mark("chosen more often where it is faster"),
    ("offroad", "less"): mark("chosen more often where it is slower"),
    ("closure", "more"): mark("chosen more often where the road is closed"),
    ("closure", "less"): mark("chosen more often where the road is open"),
    ("flood", "more"): mark("chosen more often where the road is closed"),
    ("flood", "less"): mark("chosen more often where the road is open"),
    ("population", "more"): mark("chosen more often where they are more"),
    ("population", "less"): mark("chosen more often where they are fewer"),
    ("norm", "more"): mark("chosen more often where it allows more time"),
    ("norm", "less"): mark("chosen more often where it allows less time"),
    ("price", "more"): mark("chosen more often where they are higher"),
    ("price", "less"): mark("chosen more often where they are lower"),
    ("budget", "more"): mark("chosen more often where it is larger"),
    ("budget", "less"): mark("chosen more often where it is smaller"),
}


def about_in_words(result: StudyResult, about: str) -> str:
    """Return what an assumption is about: a category of road, or season and reason of a closure."""
    if about in _SPEEDS:
        return word(_SPEEDS, about)
    season, _colon, reason = about.partition(":")
    known = {one.name for one in result.config.season}
    if season not in known:
        return about
    shown = _(_REASONS[reason]) if reason in _REASONS else reason
    return f"{season_label(result, season)}: {shown}" if shown else season_label(result, season)


def assumption_in_words(result: StudyResult, kind: str, about: str) -> str:
    """Return an assumption in words; empty for none."""
    if not kind:
        return ""
    if kind == "speed":
        return word(_SPEEDS, about) if about in _SPEEDS else word(KINDS, kind)
    text = word(KINDS, kind)
    return f"{text} ({about_in_words(result, about)})" if about else text


def robustness_row(result: StudyResult, service: str, site_id: str) -> pd.Series | None:
    """Return the row of `robustness` of a site; None where no runs were made."""
    rows = result.table("robustness", service=service, site_id=site_id)
    return rows.iloc[0] if len(rows) else None


def chosen_in(row: pd.Series) -> str:
    """Return in how many runs a site is chosen, and what that is called."""
    text = ngettext(
        "Chosen in {percent} % of {runs} sensitivity run: {label}.",
        "Chosen in {percent} % of {runs} sensitivity runs: {label}.",
        int(row["runs"]),
    )
    percent = percent_of_runs(row["chosen_runs"], row["runs"])
    return text.format(percent=percent, runs=numbers.persons(row["runs"]), label=word(LABELS, row["robustness_label"]))


def percent_of_runs(part: Any, runs: Any) -> str:
    """Return whole percent; no rounding makes some of none, all of some, or sure of weak."""
    part, runs = int(part), int(runs)
    share, rounded = part / runs, int(100 * part / runs + 0.5)
    if rounded == 0 < part:
        return "<1"
    if rounded == 100 and part < runs:
        return ">99"
    crosses = any(share < bound <= rounded / 100 for bound in (WEAK_SHARE, ROBUST_SHARE))
    return numbers.decimal(100 * share, 1) if crosses else str(rounded)


def depends_on(result: StudyResult, row: pd.Series) -> str:
    """Return the assumption that a site depends on most, and in which direction; empty where none stands out."""
    name = assumption_in_words(result, str(row["assumption"]), str(row["assumption_about"]))
    way = _MORE_OFTEN.get((str(row["assumption"]), str(row["direction"])))
    return f"{name} ({_(way)})" if name and way else name


def robustness_sentence(result: StudyResult, service: str, site_id: str) -> str:
    """Return in how many runs a site is chosen and on what it depends most; empty where no runs were made."""
    row = robustness_row(result, service, site_id)
    if row is None:
        return ""
    sentences = [chosen_in(row)]
    deciding = depends_on(result, row)
    if deciding:
        sentences.append(_("Depends most on: {assumption}.").format(assumption=deciding))
    if row["robustness_label"] == "weak":
        sentences.append(_("More than half of the runs choose otherwise: check this before deciding."))
    if bool(row["stranded"]):
        sentences.append(_("Its users are projected to become too few within its life, so it is not called robust."))
    return " ".join(sentences)
