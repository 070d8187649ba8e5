"""What the commands print: findings, progress, and the two streams."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from geo.errors import Fault
from geo.language import gettext as _
from geo.language import ngettext

#: Faults shown in full before the rest is counted.
_FAULTS_SHOWN = 40

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Callable[[str, float], None]]:
    """Show a bar and what is being done, on a terminal only."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=1.0)

        def tell(text: str, share: float) -> None:
            progress.update(task, description=escape(text), completed=share)

        yield tell


def show_faults(faults: Sequence[Fault], keep: Collection[str] = ()) -> None:
    """Print findings, the gravest first; beyond some forty the rest is counted, unless its severity is to be kept."""
    from geo.maps.words import SEVERITY
    from geo.study.wording import word

    colours: dict[str, str] = {"error": "red", "warning": "yellow", "repaired": "cyan", "note": "dim"}
    ordered = sorted(faults, key=lambda fault: list(colours).index(fault.severity))
    shown = max(_FAULTS_SHOWN, sum(fault.severity in keep for fault in faults))
    for fault in ordered[:shown]:
        colour = colours[fault.severity]
        severity = word(SEVERITY, fault.severity)
        err.print(f"[{colour}]{severity}[/{colour}] {escape(_fault_line(fault))} [dim]\\[{fault.code}][/dim]")
    if len(ordered) > shown:
        rest = len(ordered) - shown
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
