"""The program to which every command adds itself, and the options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from geo.language import current, mark, use
from geo.language import gettext as _


class _UsageInWords:
    """The line of usage with its first word in the language in use."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_("Usage:") + " ")


class Command(_UsageInWords, TyperCommand):
    """One command."""


class Group(_UsageInWords, TyperGroup):
    """All commands."""


app = typer.Typer(
    cls=Group,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help=mark("Where the next school or clinic of a sparsely populated district should go, and why."),
)


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


@app.callback()
def _everything(lang: Language = "") -> None:
    """Take the language also where it stands before the command."""
    use(lang)
