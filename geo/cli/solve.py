"""The command `geo solve`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from geo.cli.app import Command, Language, app
from geo.cli.terminal import out, progress, show_faults
from geo.language import mark, use


@app.command(
    cls=Command,
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
    with progress() as tell:
        answer = given.solve_matrix(matrix, demand, question, sites, tell)
    if answer.notes:
        show_faults(answer.notes)
    if as_json:
        text = json.dumps(given.as_json(answer), ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write(text + "\n")
        return
    for line in in_words(answer):
        out.print(escape(line))
