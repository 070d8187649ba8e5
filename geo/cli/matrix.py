"""The command `geo matrix`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from geo.cli.app import Command, Language, app
from geo.cli.terminal import out, progress, show_faults
from geo.language import mark, use


@app.command(
    cls=Command,
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
    with progress() as tell:
        done = write_matrix(request, tell)
    show_faults(done.notes)
    for line in in_words(done):
        out.print(escape(line))
