"""The text files of a new study: study.toml with its comments, the folder's own norms, and SOURCE.toml."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geo.language import gettext as _
from geo.read.sources import sha256_of
from geo.study.config_base import Names
from geo.study.init.area import Area
from geo.study.init.people import People
from geo.study.init.request import InitRequest
from geo.study.init.services import LOCAL_PACK, TEMPLATES, ServiceTemplate
from geo.study.init.tables import BOUNDARIES_FILE, FACILITIES_FILE, ROADS_FILE, SETTLEMENTS_FILE

SOURCES_FILE: Final = "SOURCE.toml"
NORMS_FILE: Final = f"norms/{LOCAL_PACK}.toml"
TABLES: Final = (BOUNDARIES_FILE, ROADS_FILE, SETTLEMENTS_FILE, FACILITIES_FILE)
_COMMENT_COLUMN: Final = 33


@dataclass(frozen=True)
class Setting:
    """What decides the study file of a request.

    Parameters
    ----------
    name
        Short name of the study.
    services
        Services in the order of the file.
    in_kazakhstan
        Whether the packs and seasons of Kazakhstan fit.
    """

    name: str
    services: tuple[str, ...]
    in_kazakhstan: bool


def uses_local_norms(request: InitRequest, setting: Setting) -> bool:
    """Return whether the folder brings norms of its own: abroad, and on foot, where no pack fits."""
    return not setting.in_kazakhstan or request.vehicle == "walk"


def study_text(request: InitRequest, setting: Setting, area: Area, people: People) -> str:
    """Return study.toml."""
    lines = [
        *_comment(_("Made by geo init from {file}.").format(file=request.extract.name)),
        *_comment(_("Every key is explained in docs/study-file.md, the first steps in docs/init.md.")),
        *_study_part(setting, area),
        *_inputs_part(),
        *_network_part(request),
        *_people_part(people),
        *_season_part(setting),
        *_norm_part(request, setting),
    ]
    for service in setting.services:
        lines += _service_part(service, request, setting, people)
    return "\n".join(lines) + "\n"


def _study_part(setting: Setting, area: Area) -> list[str]:
    title = {
        language: f"{area.name.get(language) or next(iter(area.name.values()))}: "
        + ", ".join(TEMPLATES[service].plural.in_language(language) for service in setting.services)
        for language in ("en", "ru", "kk")
    }
    outside = _("places beyond the border are left out and listed")
    return [
        "",
        "[study]",
        f"name = {quoted(setting.name)}",
        f"title = {_table(title)}",
        'units = "district"',
        _with_comment('outside = "exclude"', outside),
    ]


def _inputs_part() -> list[str]:
    own = _("these tables are yours: edit them, or put better ones in their place")
    met = _("OpenStreetMap's roads meet where they share a point; a bridge does not")
    return [
        "",
        _with_comment("[inputs]", own),
        f"settlements = {quoted(SETTLEMENTS_FILE)}",
        f"facilities = {quoted(FACILITIES_FILE)}",
        f"boundaries = {quoted(BOUNDARIES_FILE)}",
        f"roads = {quoted(ROADS_FILE)}",
        *_comment(_("More tables that a study can have: candidates, hazards, closures, costs, speeds.")),
        "",
        "[road_layer]",
        _with_comment('meet = "vertices"', met),
    ]


def _network_part(request: InitRequest) -> list[str]:
    seen = _("how far beyond the border roads and facilities are seen")
    return [
        "",
        "[network]",
        f"vehicle = {quoted(request.vehicle)}",
        _with_comment(f"buffer_km = {request.buffer_km:g}", seen),
        "max_join_km = 20",
        "max_walk_km = 5",
    ]


def _people_part(people: People) -> list[str]:
    if people.counts_people:
        return []
    text = _(
        "Of {n} settlements {known} have a known population, so every settlement counts as one: figures are "
        "settlements, not people. Fill in pop_total, then delete these two lines."
    )
    return [
        "",
        *_comment(text.format(n=people.n_inside, known=people.n_tagged + people.n_imputed)),
        "[demand]",
        'counts = "settlements"',
    ]


def _season_part(setting: Setting) -> list[str]:
    if setting.in_kazakhstan:
        return [
            "",
            *_comment(_("Shares of the year and months are assumptions: change them to those of your district.")),
            *("[[season]]", 'name = "dry"', "weight = 0.5", "months = [5, 6, 7, 8, 9, 10]", ""),
            *("[[season]]", 'name = "winter"', "weight = 0.375", "months = [11, 12, 1, 2]"),
            *('winter_roads = "open"', ""),
            *("[[season]]", 'name = "thaw"', "weight = 0.125", "months = [3, 4]", 'fords = "closed"'),
        ]
    return [
        "",
        *_comment(_("One season, with the speeds of dry roads. Where rain or snow closes roads, add seasons.")),
        *("[[season]]", 'name = "all_year"', "weight = 1.0", 'speeds_of = "dry"'),
    ]


def _norm_part(request: InitRequest, setting: Setting) -> list[str]:
    local = uses_local_norms(request, setting)
    packs = f'["{LOCAL_PACK}"]' if local else '["kz-national", "kz-sparse"]'
    note = (
        _("norms/local.toml in this folder: proposals, put your country's norms there")
        if local
        else _("none is verified by a lawyer; see geo norms")
    )
    return ["", "[norms]", _with_comment(f"packs = {packs}", note)]


def _service_part(service: str, request: InitRequest, setting: Setting, people: People) -> list[str]:
    template = TEMPLATES[service]
    local = uses_local_norms(request, setting)
    norm = f"{LOCAL_PACK}/{template.elsewhere.norm_id}" if local else template.kazakhstan
    level = _("OpenStreetMap does not say the level; this one is assumed where the table is blank")
    return [
        "",
        "[[service]]",
        f"name = {quoted(service)}",
        f"label = {_names(template.label)}",
        f"site_label = {_names(template.site_label)}",
        f"levels = {json.dumps(template.levels)}",
        f"serving_level = {quoted(template.serving_level)}",
        _with_comment(f"default_level = {quoted(template.default_level)}", level),
        *_share_lines(template, people),
        f"norm = {quoted(norm)}",
        _with_comment("open = 2", _("how many sites may be added")),
    ]


def _share_lines(template: ServiceTemplate, people: People) -> list[str]:
    if template.demand_share >= 1:
        return []
    line = f"demand_share = {template.demand_share:g}"
    if people.counts_people:
        return [_with_comment(line, _("share of the people who need it: an assumption, marked with ≈"))]
    return [_with_comment(f"# {line}", _("once people are known: the share of them who need it"))]


def norms_text(request: InitRequest, setting: Setting) -> str:
    """Return the folder's own pack of norms."""
    lines = [
        *_comment(_("Norms of this study. They are proposals, not law: put your own figures and their sources here.")),
        *_comment(_("What each key means is in docs/norms.md.")),
        f"pack = {quoted(LOCAL_PACK)}",
        'title = "Proposals of geo init, to be replaced"',
    ]
    for service in setting.services:
        norm = TEMPLATES[service].elsewhere
        title = norm.title[request.vehicle]
        lines += [
            "",
            "[[norm]]",
            f"norm_id = {quoted(norm.norm_id)}",
            f"service = {quoted(service)}",
            f"level = {quoted(norm.level)}",
            'metric = "minutes"',
            f"value = {norm.minutes}",
            'unit = "min"',
            *(f"title_{language} = {quoted(title.in_language(language))}" for language in ("en", "ru", "kk")),
            f"source = {quoted(norm.source)}",
            'legal_ref = "none: proposal"',
            'confidence = "L"',
            "verified = false",
        ]
    return "\n".join(lines) + "\n"


def source_text(request: InitRequest, area: Area, folder: Path, date: str) -> str:
    """Return SOURCE.toml: where the tables come from, and the checksum of each."""
    origin = request.origin or request.extract.name
    outline = request.outline.source if request.outline is not None else ""
    done = [
        "Tables made by geo init from the extract; every road keeps its vertices.",
        f"Kept within {request.buffer_km:g} km of the unit." if area.seen is not None else "The whole extract is kept.",
    ]
    limits = ["OpenStreetMap is not complete: what it does not have is not in the tables."]
    if area.is_hull:
        limits.append("The boundary is a hull around the data, not an official one.")
    lines = [
        'title = "Tables of this study"',
        "synthetic = false",
        "",
        "[[source]]",
        f"name = {quoted('OpenStreetMap: ' + request.extract.name)}",
        'producer = "OpenStreetMap contributors"',
        'licence = "ODbL 1.0"',
        'licence_url = "https://opendatacommons.org/licenses/odbl/1-0/"',
        'attribution = "© OpenStreetMap contributors, ODbL 1.0"',
        f"data_date = {quoted(date or 'not stated in the file')}",
        f"origin = {quoted(' '.join([origin, *([outline] if outline else [])]))}",
        f"extract_sha256 = {quoted(sha256_of(request.extract))}",
        f"files = {json.dumps(TABLES)}",
        f"done = {json.dumps(done, ensure_ascii=False)}",
        f"limits = {json.dumps(limits, ensure_ascii=False)}",
    ]
    if request.population is not None:
        lines += _raster_source(request.population)
    for name in TABLES:
        lines += ["", "[[file]]", f"name = {quoted(name)}", f"sha256 = {quoted(sha256_of(folder / name))}"]
    return "\n".join(lines) + "\n"


def _raster_source(path: Path) -> list[str]:
    """Return the entry of the raster: the file does not say whose it is, so the planner has to."""
    return [
        "",
        *_comment(_("Say who made the raster and under which licence, e.g. WorldPop, CC BY 4.0.")),
        "[[source]]",
        f"name = {quoted('Population raster: ' + path.name)}",
        'producer = ""',
        'licence = ""',
        'attribution = ""',
        f"raster_sha256 = {quoted(sha256_of(path))}",
        f"files = {json.dumps([SETTLEMENTS_FILE])}",
    ]


def quoted(text: str) -> str:
    """Return a text as TOML writes it: JSON's quotes, and no control character as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _table(values: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {quoted(value)}" for key, value in values.items()) + " }"


def _names(names: Names) -> str:
    return _table({"en": names.en, "ru": names.ru, "kk": names.kk})


def _comment(text: str) -> list[str]:
    """Return a sentence as a comment; what it quotes may not end the line."""
    return ["# " + " ".join(text.split())]


def _with_comment(line: str, text: str) -> str:
    return f"{line.ljust(_COMMENT_COLUMN - 1)} # {' '.join(text.split())}"
