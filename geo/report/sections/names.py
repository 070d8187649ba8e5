"""Names of settlements by identifier."""

from __future__ import annotations

from geo.study.result import StudyResult
from geo.study.wording import names_of


class SettlementNames(dict[object, str]):
    """Names of a unit's settlements in the language in use."""

    def __init__(self, result: StudyResult) -> None:
        super().__init__(zip(result.settlements.index, names_of(result.settlements), strict=True))
