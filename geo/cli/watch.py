"""The command `geo watch`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from geo.cli.app import Command, Language, StudyPath, app
from geo.cli.terminal import err, out, show_faults
from geo.errors import DataError
from geo.language import current, mark, use
from geo.language import gettext as _
from geo.language.numbers import decimal

if TYPE_CHECKING:
    from geo.report.redraw import Watch

#: How often the files are looked at.
_EVERY_SECONDS: Final = 0.3


@app.command(
    cls=Command,
    help=mark("Draw the map of one unit again whenever a file in the study's folder is saved; Ctrl+C ends it."),
    epilog=mark("Example:  geo watch studies/steppe --district 7032"),
)
def watch(
    study: StudyPath,
    district: Annotated[str, typer.Option("--district", help=mark("The unit; 'all' = the whole study."))] = "all",
    page: Annotated[
        Path | None, typer.Option("--out", help=mark("Page to write; default outputs/<study>/watch-<unit>.html."))
    ] = None,
    lang: Language = "",
) -> None:
    """Draw the map of one unit again whenever a file in the study's folder is saved; Ctrl+C ends it."""
    use(lang)
    from geo.maps.html import check_page
    from geo.report.redraw import Watch
    from geo.study.config_file import read_config

    config, _faults = read_config(study)
    target = page or Path("outputs") / config.study.name / f"watch-{district}.html"
    watched = Watch(study, district, target, current())
    check_page(target)
    out.print(_("Open {path} in a browser and load it again after a change.").format(path=escape(str(target))))
    try:
        while True:
            state = watched.state()
            _draw(watched)
            while watched.state() == state:
                time.sleep(_EVERY_SECONDS)
    except KeyboardInterrupt:
        return


def _draw(watched: Watch) -> None:
    """Draw once; errors of the study are told, and wait for the next change."""
    texts = {
        "draft": _("{seconds} s: map drawn; areas and best plans follow."),
        "whole": _("{seconds} s: map complete."),
    }
    start = time.perf_counter()
    try:
        for stage in watched.draw():
            out.print(texts[stage].format(seconds=decimal(time.perf_counter() - start, 1)))
    except DataError as error:
        if any(fault.code == "unknown-unit" and fault.file == "--district" for fault in error.faults):
            raise  # no change of a file mends what was asked for
        show_faults(error.faults)
        err.print(_("The map stays as it was until this is mended."))
