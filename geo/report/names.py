"""Names of settlements by identifier."""

from __future__ import annotations

from geo.study.explain import name_of
from geo.study.result import StudyResult


class SettlementNames(dict[object, str]):
    """Names of a unit's settlements in the language in use."""

    def __init__(self, result: StudyResult) -> None:
        super().__init__((identifier, name_of(row)) for identifier, row in result.settlements.iterrows())
