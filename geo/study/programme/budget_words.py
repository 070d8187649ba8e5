"""What a programme would be with other sums of money, in words."""

from __future__ import annotations

from geo.language import gettext as _
from geo.language import numbers
from geo.study.programme import sentences
from geo.study.result import StudyResult


def other_sums(result: StudyResult) -> list[str]:
    """Return a sentence per other sum: who stays below a norm, and whether the smaller programme begins the larger."""
    table = result.tables["programme_budgets"]
    rows = table.sort_values("budget_share", kind="stable").to_dict("records")
    now = next((row for row in rows if row["budget_share"] == 1), None)
    texts = []
    for place, row in enumerate(rows):
        if now is None or row is now:
            continue
        # The table says of each sum whether it contains the smaller one before it.
        larger = rows[place + 1] if row["budget_share"] < 1 else row
        text = _("With {percent} % of the money ({amount}): {below} below a norm at the end, instead of {now}. {order}")
        order = (
            _("The smaller programme is the beginning of the larger one, which can follow when money comes.")
            if bool(larger["nested"])
            else _("The smaller programme is not the beginning of the larger one: the sum must be known first.")
        )
        texts.append(
            text.format(
                percent=numbers.decimal(100 * float(row["budget_share"]), 0),
                amount=sentences.amount(result, row["budget"]),
                below=numbers.persons(row["unmet_persons"]),
                now=numbers.persons(now["unmet_persons"]),
                order=order,
            )
        )
    return texts
