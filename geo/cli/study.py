"""Commands that run studies: run, demo."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from geo.cli.app import Command, Language, Pdf, StudyPath, app
from geo.cli.terminal import err, out, progress
from geo.language import gettext as _
from geo.language import mark, ngettext, use

if TYPE_CHECKING:
    from geo.report.handover import HandedOver
    from geo.study import StudyData

_BUNDLED_STUDIES = ("steppe", "kazakhstan", "finland")


@app.command(
    cls=Command,
    help=mark("Run a study: maps, report, tables for every unit and for the whole."),
    epilog=mark(
        "Examples:  geo run studies/steppe   |   geo run studies/steppe --district 7032 --out results --lang ru"
    ),
)
def run(
    study: StudyPath,
    district: Annotated[
        list[str] | None,
        typer.Option("--district", help=mark("Only this unit; may be given several times ('all' = the whole study).")),
    ] = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help=mark("Folder for the results; default outputs/<study>."))
    ] = None,
    proposal: Annotated[
        Path | None,
        typer.Option("--proposal", help=mark("Proposal saved from a map (JSON): its unit is run, and it is measured.")),
    ] = None,
    pdf: Pdf = False,
    lang: Language = "",
) -> None:
    """Run a study: maps, report, tables for every unit and for the whole."""
    use(lang)
    delivered = _run(study, district or [], out_dir, lang, announce=False, proposal=proposal, pdf=pdf)
    _last_screen([delivered])


@app.command(
    cls=Command,
    help=mark("Run the studies that come with the program."),
    epilog=mark("Example:  geo demo --out results"),
)
def demo(
    out_dir: Annotated[Path, typer.Option("--out", help=mark("Folder for the results."))] = Path("outputs"),
    pdf: Pdf = False,
    lang: Language = "",
) -> None:
    """Run the studies that come with the program."""
    use(lang)
    from geo.read.bundled import bundled_folder

    folder = bundled_folder("studies")
    done = [_run(folder / name, [], out_dir / name, lang, announce=True, pdf=pdf) for name in _BUNDLED_STUDIES]
    _last_screen(done)


def _run(
    study: Path,
    units: Sequence[str],
    out_dir: Path | None,
    lang: str,
    *,
    announce: bool,
    proposal: Path | None = None,
    pdf: bool = False,
) -> HandedOver:
    from geo.report.handover import hand_over
    from geo.study import load_study
    from geo.study.proposal import load_proposal, units_of

    if pdf:
        from geo.report.pdf import check_pdf

        check_pdf()
    with progress() as tell:
        tell(_("Reading"), 0.0)
        data = load_study(study)
        proposed = None if proposal is None else load_proposal(proposal, data)
        chosen = units if proposed is None else units_of(proposed, units)
        target = out_dir or Path("outputs") / data.config.study.name
        _show_warnings(data)

        def first_map(path: Path) -> None:
            if announce:
                out.print(_("First map: {path}").format(path=escape(str(path))))

        return hand_over(data, chosen, target, lang, tell, first_map, proposed, pdf=pdf)


def _show_warnings(data: StudyData) -> None:
    n_warnings = sum(fault.severity != "note" for fault in data.faults)
    if n_warnings:
        text = ngettext(
            "{study}: {n} warning; see the data-quality page or geo check.",
            "{study}: {n} warnings; see the data-quality page or geo check.",
            n_warnings,
        )
        err.print(text.format(study=data.config.study.name, n=n_warnings))


def _last_screen(done: Sequence[HandedOver]) -> None:
    """Print per study one sentence with the answer, the index page, and what is synthetic or imputed."""
    failed = False
    for delivered in done:
        out.print(f"[bold]{escape(delivered.title)}[/bold]")
        out.print(f"  {escape(delivered.answer)}")
        if delivered.proposal:
            out.print(f"  {escape(delivered.proposal)}")
        out.print(f"  {escape(str(delivered.index))}")
        if delivered.caveats:
            out.print(f"  [yellow]{escape(delivered.caveats)}[/yellow]")
        for unit_id, message in delivered.failures:
            failed = True
            err.print(f"[red]{escape(unit_id)}: {escape(message)}[/red]")
    if failed:
        sys.exit(1)
