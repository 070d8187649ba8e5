"""Parts of the road network that do not meet, and the settlements that stand on the lost ones."""

from __future__ import annotations

from typing import Final

from geo.errors import Fault
from geo.language import gettext as _
from geo.language import numbers
from geo.study.conditions import study_network
from geo.study.load import StudyData
from geo.study.wording import name_of

#: Settlements named in one message; a district rarely has more.
_NAMED: Final = 100


def lost_parts(study: StudyData) -> list[Fault]:
    """Warn of a network in several parts, with the settlements whose nearest road is not in the longest."""
    network = study_network(study)
    part = network.component[network.edge_from]
    n_parts = int(part.max(initial=0)) + 1
    if n_parts == 1:
        return []
    nearest = network.tree.nearest(study.settlements.geometry.to_crs(study.crs).to_numpy())
    lost = study.settlements[part[nearest] != 0]
    share = network.edge_metres[part == 0].sum() / network.edge_metres.sum()
    message = _("The roads fall into {n} parts that do not meet; the longest has {percent} % of their length.").format(
        n=n_parts, percent=numbers.decimal(100 * float(share), 1)
    )
    if len(lost):
        names = ", ".join(f"{name_of(row)} ({place})" for place, row in lost.iloc[:_NAMED].iterrows())
        names += f" … (+{len(lost) - _NAMED})" if len(lost) > _NAMED else ""
        message += " " + _("Settlements whose nearest road is in another part: {n}: {names}.").format(
            n=len(lost), names=names
        )
    remedy = _("Where a road is missing, add it in OpenStreetMap or to the table of roads.")
    file = study.config.inputs.roads or ""
    return [Fault(file, 0, "geometry", "road-parts", message, remedy, "warning" if len(lost) else "note")]
