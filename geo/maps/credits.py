"""Where the data come from, in one line per source."""

from __future__ import annotations

from geo.language import gettext as _
from geo.language import numbers
from geo.study.result import StudyResult


def credit_lines(result: StudyResult) -> list[str]:
    """Return producer, title, date and licence of every source, each combination once, in a fixed order."""
    lines: list[str] = []
    for source in result.sources:
        title = (
            _("{title} ({date})").format(title=source.title, date=numbers.date(source.date))
            if source.date
            else source.title
        )
        line = _("{producer}: {title}. Licence: {licence}.").format(
            producer=source.producer, title=title, licence=source.licence
        )
        if source.attribution:
            line = f"{line} {source.attribution}"
        if line not in lines:
            lines.append(line)
    return lines
