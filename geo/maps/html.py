"""What every page shares: its security policy, templates that escape, and JSON that cannot end a script."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import escape

from geo.errors import UsageError
from geo.language import current, gettext
from geo.language import gettext as _
from geo.tables import OUTPUT_TABLES

#: Nothing but what stands in the page itself: no address is ever asked for anything.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)

#: Characters that could end a script element or a line of JavaScript.
_ESCAPES: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


#: Every page of this program holds its policy this near to its beginning.
_HEAD_CHARACTERS: Final = 4_000


def check_page(path: Path) -> None:
    """Make sure that a page may be written.

    Raises
    ------
    UsageError
        If a folder, a link, or a file that this program did not write stands in its place.
    """
    if path.is_dir() or path.is_symlink():
        raise UsageError(_("{path} is a folder or a link; name a file.").format(path=path))
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as page:
        if escape(CONTENT_SECURITY_POLICY) in page.read(_HEAD_CHARACTERS):
            return
    text = _("{path} was not written by this program and would be replaced. Name another file.")
    raise UsageError(text.format(path=path))


def json_block(content: Any) -> str:
    """Return JSON that may stand between script tags.

    Raises
    ------
    ValueError
        If a number is infinite or not a number; pages say such things in words.
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return text.translate(_ESCAPES)


def package_text(package: str, *path: str) -> str:
    """Return a text file that comes with a package."""
    return resources.files(package).joinpath(*path).read_text(encoding="utf-8")


def _template_source(name: str) -> str:
    stage, _slash, file = name.partition("/")
    return package_text(f"geo.{stage}", "templates", file)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template_source),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = gettext
    environment.globals["table_name"] = environment.filters["table_name"] = _table_name
    environment.globals["sheet_name"] = lambda code: OUTPUT_TABLES[code].title
    return environment


def _table_name(code: str) -> str:
    """Return where a figure can be looked up: the sheet of tables.xlsx and, in brackets, the CSV file."""
    return f"{OUTPUT_TABLES[code].title} ({code})"


def render(template: str, **content: Any) -> str:
    """Return a page from a template, named as ``stage/file``, in the language in use."""
    shared = {
        "language": current(),
        "policy": CONTENT_SECURITY_POLICY,
        "page_css": package_text("geo.maps", "page", "page.css"),
    }
    return _environment().get_template(template).render(**(shared | content))
