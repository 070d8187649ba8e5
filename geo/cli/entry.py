"""The way in: language, messages and exit codes."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import typer
from rich.markup import escape

from geo.cli.app import app
from geo.cli.terminal import err, show_faults
from geo.errors import DataError, GeoError
from geo.language import LANGUAGES, VARIABLE, mark, preferred, use
from geo.language import gettext as _


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
        show_faults(error.faults)
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
