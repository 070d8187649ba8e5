"""The command `geo init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from geo.cli.app import Command, Language, app
from geo.cli.terminal import err, out, progress
from geo.errors import UsageError
from geo.language import gettext as _
from geo.language import mark, ngettext, use

if TYPE_CHECKING:
    from geo.study.init import Initialised


@app.command(
    cls=Command,
    help=mark("Make a study from one OpenStreetMap extract, or from the internet: tables, study.toml, data quality."),
    epilog=mark(
        "Examples:  geo init my-study --pbf kazakhstan.osm.pbf --district Karkaraly   |   "
        'geo init my-study --place "Karkaraly District, Kazakhstan"'
    ),
)
def init(  # noqa: PLR0913, PLR0917 - one argument for each option
    folder: Annotated[Path, typer.Argument(help=mark("Folder to make; nothing in it is ever overwritten."))],
    pbf: Annotated[Path | None, typer.Option("--pbf", help=mark("OpenStreetMap extract, .osm.pbf or .osm."))] = None,
    district: Annotated[
        str | None,
        typer.Option("--district", help=mark("Unit of the extract, by name or OpenStreetMap id; default: everything.")),
    ] = None,
    services: Annotated[
        str,
        typer.Option("--services", help=mark("school, phc, hospital, with commas; default: those the extract has.")),
    ] = "",
    population: Annotated[
        Path | None,
        typer.Option("--population", help=mark("Raster of people per cell (.tif), where no population is tagged.")),
    ] = None,
    persons_per_building: Annotated[
        float | None,
        typer.Option("--persons-per-building", help=mark("People assumed in each building, instead of a raster.")),
    ] = None,
    buffer_km: Annotated[
        float | None,
        typer.Option("--buffer-km", help=mark("How far beyond the border roads and facilities are kept; default 60.")),
    ] = None,
    vehicle: Annotated[str, typer.Option("--vehicle", help=mark("car or walk."))] = "car",
    place: Annotated[
        str | None,
        typer.Option("--place", help=mark("Fetch a place from OpenStreetMap's servers, instead of --pbf.")),
    ] = None,
    country: Annotated[
        str | None,
        typer.Option("--country", help=mark("Fetch a country's extract from Geofabrik, instead of --pbf.")),
    ] = None,
    cache: Annotated[
        Path | None, typer.Option("--cache", help=mark("Folder for what is fetched; default: the user's cache."))
    ] = None,
    lang: Language = "",
) -> None:
    """Make a study from one OpenStreetMap extract, or from the internet: tables, study.toml, data quality."""
    use(lang)
    from geo.report.init_page import init_page
    from geo.study.init import InitRequest, init_study
    from geo.study.init.fetch import fetched
    from geo.study.init.request import BUFFER_KM

    if [pbf, place, country].count(None) != 2:
        raise UsageError(_("Say where the data come from: --pbf FILE, --place NAME or --country NAME; one of them."))
    if place is not None and district is not None:
        raise UsageError(_("--place is the district: leave --district out."))
    with progress() as tell:
        request = InitRequest(
            folder=folder,
            extract=pbf or Path(),
            district=district,
            services=tuple(part.strip() for part in services.split(",") if part.strip()),
            population=population,
            persons_per_building=persons_per_building,
            buffer_km=BUFFER_KM if buffer_km is None else buffer_km,
            vehicle=vehicle,
        )
        if pbf is None:
            request = fetched(request, cache, tell, place=place, country=country)
        done = init_study(request, tell, init_page)
    _tell(done)


def _tell(done: Initialised) -> None:
    """Print what was made, what is assumed, and what comes next."""
    from geo.report.init_page import sentences

    folder = done.request.folder
    for sentence in sentences(done):
        out.print(escape(sentence))
    n_warnings = sum(fault.severity != "note" for fault in done.faults)
    if n_warnings:
        text = ngettext(
            "{n} warning; see {page}.",
            "{n} warnings; see {page}.",
            n_warnings,
        )
        err.print(escape(text.format(n=n_warnings, page=folder / "data-quality.html")))
    out.print(escape(_("Next:  geo run {folder}").format(folder=folder)))
