"""Codes of the tables in words and names, as the workbook shows them; CSV files keep the codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import pandas as pd

from geo.language import current, mark
from geo.language import gettext as _
from geo.maps.sites import with_id
from geo.maps.words import PLAN_STATUS, SEVERITY
from geo.norms import SETTLEMENT_SERVICE, load_pack, packs
from geo.report.sections.names import SettlementNames
from geo.report.workbook.norm_codes import NORM_TABLES, NORM_WORDS, about_settlements
from geo.study import explain
from geo.study.diagnosis.words import FACTS, remoteness_title, rule_in_words
from geo.study.diagnosis.words import WORDS as DIAGNOSIS_WORDS
from geo.study.programme import sentences
from geo.study.programme.choice_words import SETTLEMENT_LISTS, SITE_LISTS
from geo.study.programme.choice_words import WORDS as CHOICE_WORDS
from geo.study.programme.people_words import PEOPLE_WORDS
from geo.study.programme.provision_words import PROVISION_WORDS
from geo.study.result import BASELINE, HEADLINE, StudyResult
from geo.study.robust_words import DIRECTIONS, KINDS, LABELS, about_in_words
from geo.study.wording import LEVELS, area_name, counted, goal, names_of, word
from geo.tables import OUTPUT_TABLES
from geo.tables.schema import SHARE, Table, unit_in_words

#: Columns of codes that name settlements or sites; each gets a column with the name beside it.
SETTLEMENT_CODES: Final = (
    *("settlement_id", "from_id", "to_id", "worst_settlement_id", "harmed_settlement_id", "parent_settlement_id"),
)
SITE_CODES: Final = ("site_id", "before_site_id", "second_best_site_id", "to_site_id")

_VERDICTS: Final = {
    "within": mark("within the norm"),
    "beyond": mark("beyond the norm"),
    "unreachable": mark("cut off"),
    "not_assessable": mark("not assessable"),
}
_REASONS: Final = {
    "no-facility": mark("no facility is known"),
    "far-from-road": mark("no road within reach"),
    "closed-in-season": mark("roads closed in this season"),
    "not-connected": mark("no road leads to a facility"),
}
_ACTIONS: Final = {
    **sentences.ACTIONS,
    "keep": mark("stays"),
    "second_best": mark("second best"),
    "none": mark("not chosen"),
}
_KINDS: Final = {"existing": mark("existing"), "candidate": mark("candidate")}
_SECOND_BEST: Final = {
    "norm": mark("fewer people within the norm"),
    "ede": mark("times more unequal"),
    "cost": mark("dearer"),
    "tie": mark("just as good"),
}
_OUTCOMES: Final = {
    "own-school": mark("school in the settlement"),
    "walks": mark("on foot"),
    "carried": mark("by bus"),
    "beyond-cap": mark("ride too long for a bus"),
    "no-road": mark("no road to the school"),
    "no-school": mark("no school within reach"),
    "unknown": mark("unknown"),
}
_BLOCKED_BY: Final = {
    "tolerance": mark("the trip would get longer than allowed"),
    "tolerance-jointly": mark("together, trips would get longer than allowed"),
    "limit": mark("out of reach of every site"),
    "limit-jointly": mark("too few sites for all of them"),
}

_QUANTITIES: Final = {"sites": mark("sites"), "buildings": mark("buildings"), "km": mark("km")}

Speak = Callable[[str], str]


class Codes:
    """What the codes of a result's tables are called in the language in use."""

    def __init__(self, result: StudyResult) -> None:
        self._result = result
        self.counted = counted(result.config)
        self._settlements = SettlementNames(result)
        sites = with_id(result.sites, "site_id")
        self._sites = dict(zip(sites["site_id"].astype(str), names_of(sites), strict=True))
        self._norms = {
            (norm.pack, norm.norm_id): norm.title(current())
            for norm in (*(norm for pack in packs() for norm in load_pack(pack)), *result.norms.values())
        }
        self._speak: Mapping[str, Speak] = {
            "service": self._service,
            "need": self._service,
            "plan": self._plan,
            "objective": goal,
            "season": self._season,
            "season_rule": self._season_rule,
            "scenario": self._scenario,
            "indicator": lambda code: OUTPUT_TABLES["access_district"].column(code).title,
            "unit": _unit,
            "value_unit": _unit,
            "open_sites": self._site_list,
            "closed_sites": self._site_list,
            "same_sites": self._site_list,
            "closed_seasons": self._season_list,
            "beyond_cap_seasons": self._season_list,
            "lodging_seasons": self._season_list,
            "cut_off_seasons": self._season_list,
            "target_id": lambda code: self._sites.get(code, code),
            "blockers": self._settlement_list,
            **dict.fromkeys(SETTLEMENT_LISTS, self._settlement_list),
            **dict.fromkeys(SITE_LISTS, self._site_list),
            "competent_body": self._body,
            **{
                column: partial(word, words)
                for column, words in {**DIAGNOSIS_WORDS, **PROVISION_WORDS, **_WORDS}.items()
            },
            "legal_basis": self._body,
            "services": lambda codes: "; ".join(self._service(code) for code in codes.split()),
            "levels": lambda codes: "; ".join(word(LEVELS, code) for code in codes.split()),
            "lacks": lambda codes: "; ".join(word(sentences.LACKS, code) for code in codes.split()),
            **{column: partial(word, known) for column, known in _every_word().items()},
            "area_id": lambda code: area_name(self._result, code),
            "unknown_facts": lambda codes: "; ".join(word(FACTS, code) for code in codes.split()),
            "remoteness_class": remoteness_title,
            "rule": rule_in_words,
            "assumption_about": partial(about_in_words, result),
            "low_sites": self._site_list,
            "high_sites": self._site_list,
        }

    def settlement(self, code: object) -> str:
        """Return a settlement's name; one outside the unit is named by its code."""
        return self._settlements.get(code) or explain.settlement_name(self._result, str(code))

    def site(self, code: object) -> str:
        """Return the name of a facility or candidate; one that is not among the unit's is named by its code."""
        return self._sites.get(str(code)) or _("unnamed place {id}").format(id=code)

    def in_words(self, table: Table, column: str, frame: pd.DataFrame) -> pd.Series:
        """Return a column of codes in words; other columns stay as they are."""
        if column == "norm_id":
            return self._norm_titles(frame)
        speak = self._speak.get(column)
        if table.name in NORM_TABLES and column in NORM_WORDS:
            speak = partial(word, NORM_WORDS[column])
        if speak is None:
            return frame[column]
        known = {code: speak(str(code)) for code in frame[column].dropna().unique() if code != ""}
        return frame[column].map(lambda code: known.get(code, ""))

    def _service(self, code: str) -> str:
        if code == SETTLEMENT_SERVICE:
            return about_settlements()
        return self._result.service(code).label.in_language(current())

    def _body(self, name: str) -> str:
        """Return the body that decides, or the ground: tables have its English name."""
        return sentences.body_name(self._result.config, name)

    def _plan(self, code: str) -> str:
        names = {
            BASELINE: _("today"),
            HEADLINE: _("headline plan"),
            "proposal": _("proposal"),
            "programme": _("programme"),
            "weighted": _("plan that counts vulnerable people for more"),
        }
        return names.get(code) or goal(code)

    def _season(self, code: str) -> str:
        known = {season.name for season in self._result.config.season} | {"worst"}
        return explain.season_label(self._result, code) if code in known else code

    def _season_rule(self, code: str) -> str:
        return _("any season") if code == "any" else self._season(code)

    def _season_list(self, codes: str) -> str:
        return "; ".join(self._season(code) for code in codes.split())

    def _scenario(self, code: str) -> str:
        if code == "base":
            return _("as the study is")
        labels = {one.name: one.label for one in self._result.config.scenario}
        label = labels.get(code)
        return label.in_language(current()) if label else code

    def _settlement_list(self, codes: str) -> str:
        return "; ".join(self.settlement(code) for code in codes.split())

    def _site_list(self, codes: str) -> str:
        return "; ".join(self.site(code) for code in codes.split())

    def _norm_titles(self, frame: pd.DataFrame) -> pd.Series:
        """Return the requirement in words: the pack stands in its own column, or before a slash."""
        titles = []
        for number, code in enumerate(frame["norm_id"].fillna("")):
            pack, slash, norm_id = str(code).partition("/")
            key = (pack, norm_id) if slash else (str(frame["pack"].iloc[number]) if "pack" in frame else "", pack)
            titles.append(self._norms.get(key, str(code)))
        return pd.Series(titles, index=frame.index, dtype="object")


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "verdict": _VERDICTS,
    "reason": _REASONS,
    "status": PLAN_STATUS,
    "action": _ACTIONS,
    "kind": {**_KINDS, **sentences.DEBTS},
    "level": LEVELS,
    "second_best_reason": _SECOND_BEST,
    "outcome": _OUTCOMES,
    "blocked_by": _BLOCKED_BY,
    "severity": SEVERITY,
    "to_level": LEVELS,
    "harmed_level": LEVELS,
    "funding": sentences.FUNDING,
    "goal": sentences.GOALS,
    "refused_because": sentences.REFUSED,
    "language": sentences.LANGUAGES,
    "quantity_unit": _QUANTITIES,
    "robustness_label": LABELS,
    "assumption": KINDS,
    "direction": DIRECTIONS,
}


def _every_word() -> Mapping[str, Mapping[str, str]]:
    """Return what codes mean by column; a column of several tables has the codes of all of them."""
    found: dict[str, dict[str, str]] = {}
    for known in (DIAGNOSIS_WORDS, PEOPLE_WORDS, CHOICE_WORDS, PROVISION_WORDS, _WORDS):
        for column, meanings in known.items():
            found.setdefault(column, {}).update(meanings)
    return found


def _unit(code: str) -> str:
    return "%" if code == SHARE else unit_in_words(code)
