"""The translators' files against the code, and the pages that come of them."""

from __future__ import annotations

import csv
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message

from geo.language import gettext, ngettext, numbers, using
from geo.maps import map_page
from geo.report import index_entry, write_index, write_report
from tests.bundled import RunBundled
from tests.language.catalogs import FOLDER, TRANSLATED, messages, read_catalog, text_of, updated

pytestmark = pytest.mark.xdist_group("catalogs")

STEPPE = Path(__file__).resolve().parents[2] / "studies" / "steppe"
NB = "\u00a0"

#: The binding vocabulary: English message, what its Russian and its Kazakh must contain.
GLOSSARY = (
    ("Settlements", "населённые пункты", "елді мекен"),
    ("Place", "населённый пункт", "елді мекен"),
    ("Existing facilities", "объект", "нысан"),
    ("Norm", "норматив", "норматив"),
    ("Norm pack", "набор нормативов", "нормативтер жинағы"),
    ("Mean trip (min)", "время в пути", "жол уақыты"),
    ("Who goes where", "зоны обслуживания", "қызмет көрсету аймақтары"),
    ("Equally-distributed equivalent trip (min)", "равномерно распределённый эквивалент", "тең бөлінген балама"),
    ("unreachable: no road", "недоступен", "қолжетімсіз"),
    ("medical point", "медпункт", "медпункт"),
    ("feldsher point", "ФАП", "ФАП"),
    ("ambulatory", "врачебная амбулатория", "дәрігерлік амбулатория"),
    ("hospital", "больница", "аурухана"),
    ("thaw", "распутица", "лайсаң"),
    ("Season", "сезон", "маусым"),
    ("Whose trip gets longer", "перечень ухудшений", "жол уақыты ұзарады"),
    (": robust.", "устойчив", "орнықты"),
)
#: A settlement is never called dying, and never closed.
FORBIDDEN = ("умирающ", "вымира", "бесперспективн", "закрыть село", "закрытие села", "өліп бара", "ауылды жабу")
#: Latin letters that stay in every language: products, licences, sites, files, columns, codes, indices, roman numerals.
LATIN_WORDS = {
    *("Agafonkin", "BSD-", "c", "CC", "Clause.", "JavaScript", "Leaflet", "Volodymyr"),
    *(
        "I",
        "II",
        "III",
        "IV",
        "KZT",
        "KZT.",
        "V",
        "study.toml",
        "study.toml.",
        "vulnerability",
        "docs.cntd.ru",
        "old-ibresi.cap.ru",
    ),
    *("study.toml", "study.toml.", "vulnerability"),
    *("ARIA", "E", "EDE", "L", "M", "P", "SFCA", "T", "tables.xlsx."),
    *("kz-national", "kz-sparse", "pop_total", "settlements.csv", "steppe.osm.pbf", "tables.xlsx"),
}
#: Messages of English words or names whose translation has no letters, or the same ones.
WITHOUT_CYRILLIC = {
    *("2SFCA", "3SFCA", "E2SFCA", "M2SFCA", "P80/P20", "egemen.kz 324286"),
    *("{start} to {end}", "{start} to {end} %", "{low} to {high}", "{base} ({low} to {high})"),
}


def _texts(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _placeholders(text: str) -> Counter[str]:
    return Counter(name for _text, name, _format, _conversion in Formatter().parse(text) if name is not None)


@pytest.fixture(scope="module")
def template() -> Catalog:
    return messages()


@pytest.fixture(scope="module", params=TRANSLATED)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return read_catalog(request.param)


def test_the_code_has_messages_of_every_kind(template):
    found = {_ids(message)[0]: message for message in _texts(template)}
    assert "Skip to the tables" in found, "a template's"
    assert "feldsher point" in found, "a marked table's"
    assert "none: proposal" in found, "a norm pack's"
    assert found["{n} more place"].id == ("{n} more place", "{n} more places")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_holds_exactly_the_messages_of_the_code(template, language):
    catalog = read_catalog(language)
    assert {_ids(message) for message in _texts(catalog)} == {_ids(message) for message in _texts(template)}
    assert list(catalog.obsolete) == []
    fresh = text_of(updated(language, template), language)
    assert (FOLDER / f"{language}.po").read_bytes() == fresh, "run ./run translate"


def test_every_message_is_translated_in_every_plural_form(catalog):
    for message in _texts(catalog):
        assert not message.fuzzy, message.id
        assert all(_strings(message)), message.id
        assert len(_strings(message)) == (1 if isinstance(message.id, str) else catalog.num_plurals), message.id


def test_placeholders_are_those_of_the_message(catalog):
    for message in _texts(catalog):
        expected = _placeholders(_ids(message)[-1])
        assert [_placeholders(text) for text in _strings(message)] == [expected] * len(_strings(message)), message.id


def test_a_translation_begins_and_ends_as_its_message(catalog):
    ends = (".", ":", "?")
    for message in _texts(catalog):
        source = _ids(message)[0]
        for text in _strings(message):
            assert text == text.strip(), source
            # A dot after an abbreviation, as in "чел.", may stand where English has none.
            assert (source[-1] in ends) <= (text[-1] in ends), source
            assert source.startswith((", ", ": ")) == text.startswith((", ", ": ")), source


def test_every_translation_is_written_in_the_letters_of_its_language(catalog):
    foreign = [
        message.id
        for message in _texts(catalog)
        for text in _strings(message)
        if re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", _ids(message)[0]))
        and not re.search("[А-Яа-яЁё]", text)
        and message.id not in WITHOUT_CYRILLIC
    ]
    assert foreign == []


def test_russian_has_no_letters_of_kazakh():
    for message in _texts(read_catalog("ru")):
        text = " ".join(_strings(message)).replace("ҚР ДСМ", "")
        assert not re.search("[ӘәҒғҚқҢңӨөҰұҮүҺһІі]", text), message.id


def test_kazakh_waits_for_a_native_reader():
    assert "AWAITING A NATIVE READER" in (FOLDER / "kk.po").read_text(encoding="utf-8").splitlines()[0]


@pytest.mark.parametrize(("message", "russian", "kazakh"), GLOSSARY)
def test_the_vocabulary_is_the_binding_one(message, russian, kazakh):
    for language, words in (("ru", russian), ("kk", kazakh)):
        with using(language):
            assert words.lower() in gettext(message).lower()


def test_no_settlement_is_called_dying_or_closed(catalog):
    for message in _texts(catalog):
        text = " ".join(_strings(message)).lower()
        assert [words for words in FORBIDDEN if words in text] == [], message.id


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "ещё 1 место"), (2, "ещё 2 места"), (5, "ещё 5 мест"), (11, "ещё 11 мест"), (21, "ещё 21 место")],
)
def test_russian_counts_in_three_forms(n, text):
    with using("ru"):
        assert ngettext("{n} more place", "{n} more places", n).format(n=n) == text


@pytest.mark.parametrize("n", [1, 2, 5])
def test_kazakh_nouns_stay_singular_after_a_number(n):
    with using("kk"):
        assert ngettext("{n} more place", "{n} more places", n).format(n=n) == f"тағы {n} орын"


@pytest.mark.parametrize(
    ("language", "money", "share"),
    [
        ("ru", f"134{NB}млн KZT (в ценах 2022{NB}г.)", f"61{NB}% (3{NB}460 из 5{NB}670)"),
        ("kk", f"134{NB}млн KZT (2022{NB}ж. бағасымен)", f"61{NB}% (5{NB}670{NB}адамнан 3{NB}460)"),
    ],
)
def test_money_and_shares_read_as_in_the_language(language, money, share):
    with using(language):
        assert numbers.money(134_000_000, "KZT", 2022) == money
        assert numbers.share(3460, 5670) == share


@pytest.fixture(scope="module", params=TRANSLATED)
def pages(
    request: pytest.FixtureRequest, run_bundled: RunBundled, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Map, report and index of one district of the bundled study, by name, and their language."""
    folder = tmp_path_factory.mktemp(request.param)
    with using(request.param):
        result = run_bundled("steppe", "7032")
        write_report(result, folder / "report.html")
        write_index([index_entry(result)], folder / "index.html", result.config)
        texts = {name: (folder / f"{name}.html").read_text(encoding="utf-8") for name in ("report", "index")}
        return {"language": request.param, "map": map_page(result), **texts}


def _without_sources(page: str) -> str:
    """Return a page in its own language without what it cites: sources, prices, names of files and of norms."""
    page = re.sub(r"<template.*?</template>|<select id=\"language\".*?</select>", "", page, flags=re.DOTALL)
    page = re.sub(r"<li>this program.*?</li>", "", page)
    page = re.sub(r"\((?:[a-z]+_)*[a-z]+\)(?=</p>)", "", page)
    page = re.sub(r"kz-(?:national|sparse)/[a-z0-9-]+|geo run STUDY --proposal FILE", "", page)
    with (STEPPE / "costs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            page = page.replace(html.escape(row["source"]), "")
    for text in _words_of_communities():
        page = page.replace(html.escape(text), "")
    with (STEPPE / "settlements.csv").open(encoding="utf-8", newline="") as file:
        for reason in {row["protected_reason"] for row in csv.DictReader(file)} - {""}:
            page = page.replace(html.escape(reason), "")
    return page


@cache
def _words_of_communities() -> tuple[str, ...]:
    """Return how the proposals of the study call themselves and their authors, who wrote in English."""
    with (STEPPE / "proposals.csv").open(encoding="utf-8", newline="") as file:
        return tuple(text for row in csv.DictReader(file) for text in (row["title"], row["proposer"]))


def _readable(page: str) -> str:
    """Return what a page shows or reads aloud."""
    without_code = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    spoken = " ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', without_code))
    shown = re.sub(r"<[^>]+>", " ", without_code)
    return html.unescape(f"{shown} {spoken}")


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _texts_in(inner)
    elif isinstance(value, str):
        yield re.sub(r"\{\w+\}", "", value)


def _latin(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z][A-Za-z_.-]*", text)) - LATIN_WORDS


@pytest.mark.parametrize("name", ["map", "report", "index"])
def test_no_english_is_left_on_a_page(pages, name):
    assert _latin(_readable(_without_sources(pages[name]))) == set()


def test_no_english_is_left_in_the_words_of_the_map(pages):
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', pages["map"], re.DOTALL)
    words = list(_texts_in(json.loads(block[1])["texts"][pages["language"]]))
    assert len(words) > 100
    for text in _words_of_communities():
        words = [word.replace(text, "") for word in words]
    assert [word for word in words if _latin(word)] == []


@pytest.mark.parametrize("name", ["map", "report", "index"])
def test_a_page_says_its_language(pages, name):
    assert re.findall(r"<html[^>]*>", pages[name]) == [f'<html lang="{pages["language"]}">']


def test_sentences_have_no_gaps_and_no_doubled_dots(pages):
    for name in ("map", "report", "index"):
        text = re.sub(r"[ \n]+", " ", _readable(pages[name]))
        assert re.findall(r".{0,30}(?:\.\.|\{\w+\}|\( | ,|: ?:).{0,10}", text) == []
