"""The data-quality page of a new study: what was found, left out and assumed, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from geo.errors import Fault
from geo.language import current, numbers
from geo.language import gettext as _
from geo.maps.first_screen import study_banners
from geo.maps.words import SEVERITY
from geo.report.sections.answer import print_page
from geo.report.sections.content import Head, TextTable, text_table
from geo.study.init import Initialised
from geo.study.init.services import TEMPLATES
from geo.study.wording import word

_ROWS_SHOWN: Final = 5
_SEVERITY_ORDER: Final = ("error", "warning", "repaired", "note")


def init_page(done: Initialised) -> str:
    """Return the page in the language in use."""
    return print_page(
        "report/init.j2",
        title=done.config.study.title.in_language(current()),
        banners=study_banners(done.config),
        sentences=sentences(done),
        contents=contents(done),
        findings=findings(done),
        steps=next_steps(done),
    )


def sentences(done: Initialised) -> list[str]:
    """Return what one must know before relying on the folder, one sentence each."""
    people, area = done.people, done.area
    found = [_("Made from {file}.").format(file=done.request.extract.name)]
    if area.is_hull:
        found.append(_("The boundary is drawn around the data; it is not an official one."))
    else:
        text = _("Units: {n}. What lies up to {km} km beyond the border is kept too.")
        found.append(text.format(n=len(area.boundaries), km=numbers.decimal(done.request.buffer_km, 0)))
    text = _("Settlements: {n}. Population from tags: {tagged}, imputed: {imputed}, unknown: {unknown}.")
    found.append(
        text.format(n=people.n_inside, tagged=people.n_tagged, imputed=people.n_imputed, unknown=people.n_unknown)
    )
    if not people.counts_people:
        found.append(
            _("Every settlement counts as one, because hardly any population is known: read “people” as settlements.")
        )
    left_out = sorted(set(TEMPLATES) & set(done.extract_facilities) - set(done.setting.services))
    missing = [name for name in done.setting.services if not (done.facilities["service"] == name).any()]
    absent = [name for name in TEMPLATES if name not in done.extract_facilities and name not in done.setting.services]
    for text, names in (
        (_("In the extract and not studied: {services}."), left_out),
        (_("Studied, though no facility of it is known: {services}."), missing),
        (_("Not studied, because the extract has none: {services}."), absent),
    ):
        if names:
            labels = ", ".join(TEMPLATES[name].label.in_language(current()) for name in names)
            found.append(text.format(services=labels))
    return found


def contents(done: Initialised) -> TextTable:
    """Return what became of the extract, table by table."""
    counts = done.extract_counts
    settlements = done.people.settlements
    rows = [
        (
            _("Roads"),
            numbers.persons(counts["roads"] + counts.get("closed_ways", 0)),
            numbers.persons(counts.get("closed_ways", 0)),
            numbers.persons(counts["roads"] - len(done.roads)),
            numbers.persons(len(done.roads)),
            _("surface of {n}").format(n=numbers.persons(int(done.roads["surface_imputed"].sum()))),
        ),
        (
            _("Settlements"),
            numbers.persons(counts["places"] + counts["places_duplicate"]),
            numbers.persons(counts["places_duplicate"]),
            numbers.persons(counts["places"] + done.people.n_new - len(settlements)),
            numbers.persons(len(settlements)),
            _imputed(done),
        ),
        *(_facility_row(done, service) for service in done.setting.services),
    ]
    heads = (
        _("Table"),
        Head(_("In the extract"), number=True),
        Head(_("Left out: closed, or the same twice"), number=True),
        Head(_("Left out: too far away"), number=True),
        Head(_("In the folder"), number=True),
        _("Assumed"),
    )
    return text_table(_("From the extract to the tables"), heads, rows)


def _facility_row(done: Initialised, service: str) -> tuple[str, ...]:
    own = done.facilities[done.facilities["service"] == service]
    n_found = done.extract_facilities.get(service, 0)
    twice = done.extract_counts.get(f"{service}_tagged", n_found) - n_found
    n_suspected = int(own["suspected"].sum())
    assumed = [_("level of {n}").format(n=numbers.persons(int(own["level"].isna().sum())))]
    if n_suspected:
        assumed.append(_("suspected: {n}").format(n=numbers.persons(n_suspected)))
    return (
        TEMPLATES[service].label.in_language(current()),
        numbers.persons(n_found + twice),
        numbers.persons(twice),
        numbers.persons(n_found - len(own)),
        numbers.persons(len(own)),
        "; ".join(assumed),
    )


def _imputed(done: Initialised) -> str:
    people = done.people
    if not people.n_imputed:
        return ""
    text = _("people of {n}; {new} settlements that no place names")
    return text.format(n=numbers.persons(people.n_imputed), new=numbers.persons(people.n_new))


def findings(done: Initialised) -> TextTable:
    """Return every finding, the gravest first; the same one in many rows is told once."""
    ordered = sorted(done.faults, key=lambda fault: _SEVERITY_ORDER.index(fault.severity))
    rows_of: dict[Fault, list[int]] = {}
    for fault in ordered:
        rows_of.setdefault(replace(fault, row=0), []).append(fault.row)
    rows = [
        (word(SEVERITY, fault.severity), _place(fault, sorted(numbers_of)), fault.message, fault.remedy)
        for fault, numbers_of in rows_of.items()
    ]
    heads = (_("Kind"), _("Where"), _("Finding"), _("What to do"))
    return text_table(_("Findings"), heads, rows, _("Nothing was found wrong with the data."))


def _place(fault: Fault, rows: list[int]) -> str:
    parts = [fault.file]
    if len(rows) > 1:
        more = f" … (+{len(rows) - _ROWS_SHOWN})" if len(rows) > _ROWS_SHOWN else ""
        parts.append(_("rows {rows}").format(rows=", ".join(map(str, rows[:_ROWS_SHOWN])) + more))
    elif rows[0]:
        parts.append(_("row {row}").format(row=rows[0]))
    if fault.column:
        parts.append(fault.column)
    return ", ".join(parts)


def next_steps(done: Initialised) -> list[str]:
    """Return what makes the study better, the most telling first."""
    steps = []
    if done.people.n_unknown or done.people.n_imputed:
        steps.append(_("settlements.csv: fill in pop_total with counted people, and pop_year and pop_source."))
    steps.append(_("facilities.csv: fill in level and capacity, correct status, delete what does not exist."))
    if done.area.is_hull:
        steps.append(_("boundaries.geojson: put the official boundary in its place."))
    if int(done.roads["surface_imputed"].sum()):
        steps.append(_("roads.gpkg: correct surfaces and conditions of the roads that matter."))
    steps.append(_("study.toml: put the norms and seasons of your district in."))
    steps.append(_("Then run geo check and geo run again."))
    return steps
