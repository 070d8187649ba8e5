"""The command line. The only module that prints; heavy libraries are imported inside the commands."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from geo.errors import DataError, Fault, GeoError
from geo.language import LANGUAGES, VARIABLE, current, mark, ngettext, preferred, use
from geo.language import gettext as _

if TYPE_CHECKING:
    from geo.report.handover import HandedOver
    from geo.study import StudyData


class _UsageInWords:
    """The line of usage with its first word in the language in use."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_("Usage:") + " ")


class _Command(_UsageInWords, TyperCommand):
    """One command."""


class _Group(_UsageInWords, TyperGroup):
    """All commands."""


app = typer.Typer(
    cls=_Group,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help=mark("Where the next school or clinic of a sparsely populated district should go, and why."),
)

#: Faults shown in full before the rest is counted.
_FAULTS_SHOWN = 40
_BUNDLED_STUDIES = ("steppe", "kazakhstan", "finland")


def _language(value: str) -> str:
    """Make a language the one in use; without one, what the environment prefers is in use already."""
    if value:
        use(value)
    return current()


Language = Annotated[
    str,
    typer.Option(
        "--lang",
        help=mark("Language of pages and messages: en, ru or kk; default: GEO_LANG, else the system's."),
        callback=_language,
        show_default=False,
    ),
]
Pdf = Annotated[bool, typer.Option("--pdf", help=mark("Also write report and hearing pack as PDF; needs WeasyPrint."))]
StudyPath = Annotated[Path, typer.Argument(help=mark("Study folder, or its study.toml."))]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command line and turn every mendable error into a message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        use(preferred(sys.argv[1:], os.environ))
        _listen()
        _warn_of_unknown_language(os.environ.get(VARIABLE, ""))
        command = typer.main.get_command(app)
        _speak(command)
        command(prog_name="geo")
    except DataError as error:
        _show_faults(error.faults)
        sys.exit(error.exit_code)
    except GeoError as error:
        err.print(f"[red]{escape(str(error))}[/red]")
        sys.exit(error.exit_code)


def _listen() -> None:
    """Show what libraries below tell of steps that take long and happen once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("geo")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)


def _warn_of_unknown_language(asked: str) -> None:
    """Say once that the language of the environment does not exist, instead of passing it over in silence."""
    if asked and asked not in LANGUAGES:
        text = _("{variable}: no such language: {language}. Use one of {known}.")
        message = text.format(variable=VARIABLE, language=asked, known=", ".join(LANGUAGES))
        err.print(f"[yellow]{escape(message)}[/yellow]")


def _speak(command: Any) -> None:
    """Put the help of a command and of all below it into the language in use."""
    from typer import rich_utils

    rich_utils.DEFAULT_STRING, rich_utils.REQUIRED_LONG_STRING = _("[default: {}]"), _("[required]")
    own = command.get_help_option(typer.Context(command))
    own.help = mark("Show this message and exit.")
    panels = {"argument": _("Arguments"), "option": _("Options")}
    for parameter in (*command.params, own):
        parameter.help = _(parameter.help) if parameter.help else None
        parameter.rich_help_panel = panels[parameter.param_type_name]
    command.help = _(command.help) if command.help else None
    command.epilog = _(command.epilog) if command.epilog else None
    for below in getattr(command, "commands", {}).values():
        below.rich_help_panel = _("Commands")
        _speak(below)


@app.callback()
def _everything(lang: Language = "") -> None:
    """Take the language also where it stands before the command."""
    use(lang)


@app.command(
    cls=_Command,
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
    cls=_Command,
    help=mark("Check a study's files and list every finding with file, row, column and remedy. Changes nothing."),
    epilog=mark("Example:  geo check studies/steppe"),
)
def check(study: StudyPath, lang: Language = "") -> None:
    """Check a study's files and list every finding with file, row, column and remedy. Changes nothing."""
    use(lang)
    from geo.study import load_study
    from geo.study.prepare import verify

    with _progress() as tell:
        tell(_("Reading"), 0.0)
        data = load_study(study)
        tell(_("Checking"), 0.5)
        verify(data)
    _show_faults(data.faults)
    text = _("No errors: {settlements} settlements, {facilities} facilities, {roads} roads in {units} units.")
    out.print(
        text.format(
            settlements=len(data.settlements),
            facilities=len(data.facilities),
            roads=len(data.roads),
            units=len(data.units),
        )
    )


@app.command(
    cls=_Command,
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


@app.command(
    cls=_Command,
    help=mark("Solve a location problem on a matrix of minutes of one's own, and prove how good the answer is."),
    epilog=mark("Example:  geo solve --matrix M.csv --demand D.csv --objective p-median --open 2 --fixed A"),
)
def solve(  # noqa: PLR0913, PLR0917 - one argument for each option
    matrix: Annotated[
        Path,
        typer.Option(
            "--matrix", help=mark("CSV of minutes: a column for each site, or settlement_id,site_id,minutes.")
        ),
    ],
    demand: Annotated[Path, typer.Option("--demand", help=mark("CSV of settlement_id,demand."))],
    objective: Annotated[
        str,
        typer.Option(
            "--objective",
            help=mark("Goal: p-median, kolm-pollak, max-cover, set-cover, p-center or capacitated."),
            show_default=False,
        ),
    ],
    n_open: Annotated[
        int | None, typer.Option("--open", help=mark("Most open sites in all, those of today included."))
    ] = None,
    limit: Annotated[
        float | None, typer.Option("--limit", help=mark("Norm in minutes, for the covering objectives."))
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", help=mark("Most money for opening sites, instead of --open."))
    ] = None,
    sites: Annotated[
        Path | None, typer.Option("--sites", help=mark("CSV of site_id,status,capacity,min_load,cost."))
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--fixed", help=mark("Site that is open today and stays so; may be given several times.")),
    ] = None,
    aversion: Annotated[
        float | None, typer.Option("--aversion", help=mark("Aversion to inequality, for kolm-pollak; default -1."))
    ] = None,
    kappa: Annotated[
        float | None, typer.Option("--kappa", help=mark("The same per minute, instead of --aversion."))
    ] = None,
    split: Annotated[
        bool, typer.Option("--split", help=mark("A settlement may be shared between sites, for capacitated."))
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help=mark("Seed: the same one gives the same answer."))] = 0,
    as_json: Annotated[bool, typer.Option("--json", help=mark("Write JSON, and nothing else, to the output."))] = False,
    lang: Language = "",
) -> None:
    """Solve a location problem on a matrix of minutes of one's own, and prove how good the answer is."""
    use(lang)
    import json

    from geo.study import solve_matrix as given
    from geo.study.solve_question import Question
    from geo.study.solve_words import in_words

    question = Question(
        objective=objective,
        n_open=n_open,
        limit_minutes=limit,
        budget=budget,
        fixed=tuple(fixed or ()),
        aversion=aversion,
        kappa=kappa,
        split=split,
        seed=seed,
    )
    with _progress() as tell:
        answer = given.solve_matrix(matrix, demand, question, sites, tell)
    if answer.notes:
        _show_faults(answer.notes)
    if as_json:
        text = json.dumps(given.as_json(answer), ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write(text + "\n")
        return
    for line in in_words(answer):
        out.print(escape(line))


@app.command(
    cls=_Command,
    help=mark("Compute times between two files of places on the roads of an OpenStreetMap extract, and nothing else."),
    epilog=mark(
        "Example:  geo matrix --pbf roads.osm.pbf --origins A.csv --destinations B.csv --season thaw --out M.csv"
    ),
)
def matrix(  # noqa: PLR0913, PLR0917 - one argument for each option
    pbf: Annotated[Path, typer.Option("--pbf", help=mark("OpenStreetMap extract, .osm.pbf or .osm."))],
    origins: Annotated[Path, typer.Option("--origins", help=mark("Places where trips begin: id, lon, lat."))],
    destinations: Annotated[
        Path, typer.Option("--destinations", help=mark("Places where they end; for the way back swap the files."))
    ],
    target: Annotated[Path, typer.Option("--out", help=mark("Table to write: .csv, .csv.gz or .parquet."))],
    season: Annotated[str, typer.Option("--season", help=mark("dry, winter or thaw, as in a study."))] = "dry",
    vehicle: Annotated[str, typer.Option("--vehicle", help=mark("car, school_bus, ambulance or walk."))] = "car",
    speeds: Annotated[
        Path | None, typer.Option("--speeds", help=mark("Speed table of one's own (docs/data-dictionary.md)."))
    ] = None,
    max_join_km: Annotated[
        float | None, typer.Option("--max-join-km", help=mark("Farthest road a place may use; default 20."))
    ] = None,
    max_walk_km: Annotated[float | None, typer.Option("--max-walk-km", help=mark("Longest walk; default 5."))] = None,
    leg_factor: Annotated[
        float | None, typer.Option("--leg-factor", help=mark("Length of a leg over the straight line; default 1.3."))
    ] = None,
    within_minutes: Annotated[
        float | None, typer.Option("--within-settlement-minutes", help=mark("Added once per trip; default 5."))
    ] = None,
    borders: Annotated[str, typer.Option("--borders", help=mark("State borders: closed or open."))] = "closed",
    max_minutes: Annotated[
        float | None, typer.Option("--max-minutes", help=mark("Leave out pairs with longer times or without a way."))
    ] = None,
    lang: Language = "",
) -> None:
    """Compute times between two files of places on the roads of an OpenStreetMap extract, and nothing else."""
    use(lang)
    from geo.study.matrix_job import write_matrix
    from geo.study.matrix_request import MatrixRequest
    from geo.study.matrix_words import in_words

    request = MatrixRequest(
        pbf=pbf,
        origins=origins,
        destinations=destinations,
        out=target,
        season=season,
        vehicle=vehicle,
        speeds=speeds,
        max_join_km=max_join_km,
        max_walk_km=max_walk_km,
        leg_factor=leg_factor,
        within_settlement_minutes=within_minutes,
        borders=borders,
        max_minutes=max_minutes,
    )
    with _progress() as tell:
        done = write_matrix(request, tell)
    _show_faults(done.notes)
    for line in in_words(done):
        out.print(escape(line))


@app.command(
    cls=_Command,
    help=mark("Print the data dictionary: every column of every input and output table."),
    epilog=mark("Example:  geo tables > data-dictionary.md"),
)
def tables(lang: Language = "") -> None:
    """Print the data dictionary: every column of every input and output table."""
    use(lang)
    from geo.tables.dictionary import dictionary_markdown

    sys.stdout.write(dictionary_markdown())


@app.command(
    cls=_Command,
    help=mark("List the norm packs that come with the program, with source and whether a lawyer has checked them."),
    epilog=mark("Example:  geo norms"),
)
def norms(lang: Language = "") -> None:
    """List the norm packs that come with the program, with source and whether a lawyer has checked them."""
    use(lang)
    from rich.table import Column, Table

    from geo.norms import load_pack, packs, remoteness_classes

    for pack in packs():
        found = [(norm.key, norm.title(lang), _(norm.source), norm.verified) for norm in load_pack(pack)]
        found += [(one.code, one.title(lang), one.source, one.verified) for one in remoteness_classes(pack)]
        # A key is there to be copied whole; the other columns give way.
        key = Column(_("norm"), no_wrap=True, min_width=max(len(name) for name, *_rest in found))
        table = Table(key, _("requirement"), _("source"), _("verified"), title=pack, title_justify="left")
        for name, title, source, verified in found:
            table.add_row(name, escape(title), escape(source), _("yes") if verified else _("no"))
        out.print(table)


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
    with _progress() as tell:
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


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """Show a bar and what is being done, on a terminal only."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=1.0)

        def tell(text: str, share: float) -> None:
            progress.update(task, description=escape(text), completed=share)

        yield tell


def _show_faults(faults: Sequence[Fault]) -> None:
    from geo.maps.words import SEVERITY
    from geo.study.wording import word

    colours: dict[str, str] = {"error": "red", "warning": "yellow", "repaired": "cyan", "note": "dim"}
    ordered = sorted(faults, key=lambda fault: list(colours).index(fault.severity))
    for fault in ordered[:_FAULTS_SHOWN]:
        colour = colours[fault.severity]
        severity = word(SEVERITY, fault.severity)
        err.print(f"[{colour}]{severity}[/{colour}] {escape(_fault_line(fault))} [dim]\\[{fault.code}][/dim]")
    if len(ordered) > _FAULTS_SHOWN:
        rest = len(ordered) - _FAULTS_SHOWN
        err.print(ngettext("and {n} more finding", "and {n} more findings", rest).format(n=rest))


def _fault_line(fault: Fault) -> str:
    """Return where, what and what to do in the language in use."""
    place = [fault.file]
    if fault.row:
        place.append(_("row {row}").format(row=fault.row))
    if fault.column:
        text = _("key {column}") if fault.file.endswith((".json", ".toml")) else _("column {column}")
        place.append(text.format(column=fault.column))
    return f"{', '.join(place)}: {fault.message} {fault.remedy}".rstrip()


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
