"""The catalogs of messages: extracted from the code, merged into the translators' files beside `geo.language`.

``python -m tests.language.catalogs`` updates `ru.po` and `kk.po` in place and prints what still has no translation.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from geo.norms import load_pack, packs

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "geo" / "language"
#: Languages that are translated; English is the source.
TRANSLATED: Final = ("ru", "kk")
_KEYWORDS: Final = {"_": None, "gettext": None, "mark": None, "ngettext": (1, 2)}
_METHODS: Final = [("**.py", "python"), ("**.j2", "jinja2")]
_WIDTH: Final = 120
_PROJECT: Final = "geo-placement"
_COMMENTS: Final = {
    "ru": "Russian messages of geo-placement. Edit with any editor of PO files; `./run translate` adds new messages.",
    "kk": (
        "Kazakh messages of geo-placement. AWAITING A NATIVE READER: no native speaker has reviewed this file yet.\n"
        "# Edit with any editor of PO files; `./run translate` adds new messages."
    ),
}


def messages() -> Catalog:
    """Return every message of the code, in alphabetical order, with the files that use it."""
    catalog = Catalog(project=_PROJECT, charset="utf-8")
    found = extract_from_dir(ROOT / "geo", method_map=_METHODS, keywords=_KEYWORDS, strip_comment_tags=True)
    places: dict[str, set[str]] = {}
    forms: dict[str, str | tuple[str, ...]] = {}
    for file, _line, message, _comments, _context in found:
        key = message if isinstance(message, str) else message[0]
        # A message that is counted somewhere has plural forms everywhere.
        if not isinstance(message, str) or key not in forms:
            forms[key] = message
        places.setdefault(key, set()).add(f"geo/{Path(file).as_posix()}")
    # Sources of norms are shown in the language of the page, unlike those of data, which are cited as they are.
    for pack in packs():
        for text in {part for norm in load_pack(pack) for part in (norm.source, norm.legal_ref) if part}:
            forms[text] = text
            places.setdefault(text, set()).add(f"geo/norms/{pack}.toml")
    for key in sorted(forms):
        catalog.add(forms[key], locations=[(file, None) for file in sorted(places[key])])
    return catalog


def read_catalog(language: str) -> Catalog:
    """Return the translations of a language as they stand in its file."""
    return read_po(io.BytesIO((FOLDER / f"{language}.po").read_bytes()), locale=language)


def updated(language: str, template: Catalog) -> Catalog:
    """Return a language's catalog with exactly the messages of the code; nothing is guessed from similar messages."""
    path = FOLDER / f"{language}.po"
    catalog = read_catalog(language) if path.exists() else Catalog(locale=language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    fresh = Catalog(locale=language, project=_PROJECT, charset="utf-8", fuzzy=False)
    for message in sorted(filter(_is_text, catalog), key=_key):
        fresh.add(message.id, message.string, locations=message.locations, flags=message.flags - {"fuzzy"})
    return fresh


def text_of(catalog: Catalog, language: str) -> bytes:
    """Return a catalog as its file holds it: no dates, no versions of tools, no line numbers."""
    # Babel's own header changes with every run and every release; translators need only these lines.
    header = (
        f"# {_COMMENTS[language]}\n"
        'msgid ""\nmsgstr ""\n'
        f'"Project-Id-Version: {_PROJECT}\\n"\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    body = io.BytesIO()
    write_po(body, catalog, width=_WIDTH, omit_header=True, include_lineno=False)
    return header.encode() + body.getvalue().strip() + b"\n"


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages of a catalog that lack a translation or one of its plural forms."""
    return [_key(message) for message in catalog if _is_text(message) and not all(_strings(message))]


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _is_text(message: Message) -> bool:
    """Return whether this is a message: a catalog holds its own header as the message without an id."""
    return bool(message.id)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def main() -> None:
    """Update the translators' files."""
    template = messages()
    for language in TRANSLATED:
        catalog = updated(language, template)
        (FOLDER / f"{language}.po").write_bytes(text_of(catalog, language))
        missing = untranslated(catalog)
        lines = [f"{language}.po: {len(catalog)} messages, {len(missing)} without a translation"]
        sys.stdout.write("\n  ".join(lines + missing) + "\n")


if __name__ == "__main__":
    main()
