"""Pages as PDF through WeasyPrint, an optional extra: for those who cannot print from a browser."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any, NoReturn

from geo.errors import UsageError
from geo.language import gettext as _


def check_pdf() -> None:
    """Make sure that PDF can be written.

    Raises
    ------
    UsageError
        If WeasyPrint, or the system's Pango that it draws letters with, is missing.
    """
    _weasyprint()


def write_pdf(page: str, path: Path) -> None:
    """Write a self-contained page as PDF; the same page gives the same bytes.

    Parameters
    ----------
    page
        Page that asks for nothing from elsewhere.
    path
        File to write.

    Raises
    ------
    UsageError
        If WeasyPrint or Pango is missing.
    """
    weasyprint = _weasyprint()
    identifier = hashlib.sha256(page.encode("utf-8")).hexdigest()[:32].encode("ascii")
    document = weasyprint.HTML(string=page, url_fetcher=_refuse)
    path.write_bytes(document.write_pdf(pdf_identifier=identifier))


def _weasyprint() -> Any:
    # It warns about every rule for screens that paper has no use for.
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        text = _(
            "PDF needs WeasyPrint and the system library Pango: install geo-placement[pdf] and Pango, or leave out "
            "--pdf and print the pages from a browser."
        )
        raise UsageError(text) from error
    return weasyprint


def _refuse(url: str, *_args: object, **_more: object) -> NoReturn:
    raise ValueError(f"a page asks for {url}")
