"""Proposals of communities: where they are, and what the files that they name open and close."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.proposals import Proposal
from geo.study.load import StudyData
from geo.study.proposal import load_proposal
from geo.study.supply import inside_exclusion, settlements_at, units_at
from geo.tables.check import FILE_ROW

#: A proposal this near to a candidate of its settlement is that candidate.
SAME_PLACE_METRES: Final = 500.0


def placed(study: StudyData) -> pd.DataFrame:
    """Return the proposals of a study with where they are.

    Returns
    -------
    GeoDataFrame
        The rows of `proposals` with `settlement_id` (missing = in none), `unit_id` (empty = outside all) and `excluded`
        (in a zone where nothing may be built).
    """
    rows = study.proposals
    settlement = settlements_at(study, rows)
    found: pd.DataFrame = rows.assign(
        settlement_id=pd.Series(settlement, index=rows.index, dtype="object"),
        unit_id=units_at(study, rows.geometry, settlement),
        excluded=inside_exclusion(study, rows.geometry),
    )
    return found


def what_if_files(study: StudyData) -> Mapping[str, Proposal]:
    """Return the what-if files that proposals name, by proposal.

    Raises
    ------
    DataError
        With everything that is wrong with them.
    """
    found: dict[str, Proposal] = {}
    faults: list[Fault] = []
    rows = study.proposals
    for proposal_id, row in rows[rows["file"].notna()].iterrows() if len(rows) else ():
        file, service = str(row["file"]), str(row["service"])
        try:
            proposal = load_proposal(_inside(study.folder, file), study)
        except DataError as error:
            faults.extend(error.faults)
            continue
        if service not in proposal.services:
            message = _("The file {file} changes nothing of service “{service}”.").format(file=file, service=service)
            name = str(study.config.inputs.proposals)
            place = (name, int(row[FILE_ROW]), "service", "other-service", message)
            faults.append(Fault(*place, _("Correct the service, or name another file.")))
            continue
        found[str(proposal_id)] = proposal
    if faults:
        raise DataError(faults)
    return found


def _inside(folder: Path, file: str) -> Path:
    """Return the path of a file of the study folder; one that leaves it does not exist."""
    path = (folder / file).resolve()
    return path if path.is_relative_to(folder.resolve()) else folder / Path(file).name
