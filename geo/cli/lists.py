"""Commands that list what comes with the program: tables, norms."""

from __future__ import annotations

import sys

from rich.markup import escape

from geo.cli.app import Command, Language, app
from geo.cli.terminal import out
from geo.language import gettext as _
from geo.language import mark, use


@app.command(
    cls=Command,
    help=mark("Print the data dictionary: every column of every input and output table."),
    epilog=mark("Example:  geo tables > data-dictionary.md"),
)
def tables(lang: Language = "") -> None:
    """Print the data dictionary: every column of every input and output table."""
    use(lang)
    from geo.tables.dictionary import dictionary_markdown

    sys.stdout.write(dictionary_markdown())


@app.command(
    cls=Command,
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
