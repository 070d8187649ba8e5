"""The command that checks a study's files and changes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.cli.app import Command, Language, StudyPath, app
from geo.cli.terminal import err, out, progress, show_faults
from geo.language import gettext as _
from geo.language import mark, ngettext, use

if TYPE_CHECKING:
    from geo.study.inspect import Inspection


@app.command(
    cls=Command,
    help=mark("Check a study's files and list every finding with file, row, column and remedy. Changes nothing."),
    epilog=mark("Examples:  geo check studies/steppe   |   geo check studies/steppe --strict --html findings.html"),
)
def check(
    study: StudyPath,
    strict: Annotated[bool, typer.Option("--strict", help=mark("Warnings count as errors."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=mark("Write JSON, and nothing else, to the output."))] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", help=mark("Also write the findings and a map of them to this page.")),
    ] = None,
    assume_crs: Annotated[
        str | None,
        typer.Option("--assume-crs", help=mark("Reference system of layers that state none, e.g. EPSG:28412.")),
    ] = None,
    write_repaired: Annotated[
        Path | None,
        typer.Option(
            "--write-repaired", help=mark("Write the tables as they were read, as clean CSV, to this folder.")
        ),
    ] = None,
    lang: Language = "",
) -> None:
    """Check a study's files and list every finding with file, row, column and remedy. Changes nothing."""
    use(lang)
    from geo.errors import DataError
    from geo.study.inspect import Inspection, RawTables, inspect_study

    try:
        with progress() as tell:
            found = inspect_study(study, assume_crs=assume_crs, progress=tell)
    except DataError as error:  # no study file that could be understood: nothing else can be said
        folder = study if study.is_dir() else study.parent
        found = Inspection(folder, error.faults, None, None, RawTables(folder))
    if html is not None:
        from geo.maps.findings import write_findings

        write_findings(found, html, strict=strict)
    written = []
    if write_repaired is not None:
        from geo.study.inspect import write_repaired_tables

        written = write_repaired_tables(found, write_repaired)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(found, strict), ensure_ascii=False, indent=1) + "\n")
    else:
        show_faults(found.faults, keep=("error",))
        _summary(found, strict, [*([html] if html else []), *written])
    if not found.passes(strict=strict):
        raise typer.Exit(1)


def _as_json(found: Inspection, strict: bool) -> dict[str, Any]:
    from geo.study.checks.cases import case_of
    from geo.study.inspect import SEVERITIES

    return {
        "study": found.study.config.study.name if found.study else None,
        "passes": found.passes(strict=strict),
        "strict": strict,
        "counts": {severity: found.count(severity) for severity in SEVERITIES},
        "findings": [
            {
                "severity": fault.severity,
                "code": fault.code,
                "case": case_of(fault.code),
                "file": fault.file,
                "row": fault.row,
                "column": fault.column,
                "message": fault.message,
                "remedy": fault.remedy,
                "lon": fault.place[0] if fault.place else None,
                "lat": fault.place[1] if fault.place else None,
            }
            for fault in found.faults
        ],
    }


def _summary(found: Inspection, strict: bool, written: Sequence[Path]) -> None:
    study = found.study
    if study is not None and not found.count("error"):
        text = _("No errors: {settlements} settlements, {facilities} facilities, {roads} roads in {units} units.")
        out.print(
            text.format(
                settlements=len(study.settlements),
                facilities=len(study.facilities),
                roads=len(study.roads),
                units=len(study.units),
            )
        )
    else:
        n = found.count("error")
        err.print(
            ngettext("{n} error: the study cannot be run.", "{n} errors: the study cannot be run.", n).format(n=n)
        )
    n = found.count("warning")
    if strict and n:
        text = ngettext("{n} warning, which counts as an error.", "{n} warnings, which count as errors.", n)
        err.print(text.format(n=n))
    for path in written:
        out.print(_("Written: {path}").format(path=path), markup=False)
