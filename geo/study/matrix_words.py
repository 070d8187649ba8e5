"""What `geo matrix` says when it is done."""

from __future__ import annotations

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.study.matrix_job import MatrixDone
from geo.study.wording import listed


def in_words(done: MatrixDone) -> list[str]:
    """Return the last screen: what was written, who has no way, and who is far from any road."""
    text = ngettext("{n} pair written to {file}.", "{n} pairs written to {file}.", done.n_rows)
    lines = [text.format(n=numbers.persons(done.n_rows), file=done.out)]
    text = _("Pairs without a way: {n} of {all}.")
    lines.append(text.format(n=numbers.persons(done.n_unreachable), all=numbers.persons(done.n_pairs)))
    place, metres = done.farthest
    text = _("Farthest from a road: {place}, {metres} m.")
    lines.append(text.format(place=place, metres=numbers.decimal(metres, 0)))
    if done.beyond:
        text = _("Farther from any road than {km} km, so that no road is used: {places}.")
        lines.append(text.format(km=f"{done.max_join_km:g}", places=listed(done.beyond)))
    return lines
