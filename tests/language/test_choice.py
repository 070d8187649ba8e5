"""Which language is chosen, what stands where a translation is missing, and dates."""

from __future__ import annotations

import pytest

from geo import language
from geo.errors import UsageError
from geo.language import UNTRANSLATED, gettext, ngettext, numbers, preferred, using

NB = "\u00a0"


@pytest.mark.parametrize(
    ("words", "environment", "expected"),
    [
        ("run x --lang kk", {"GEO_LANG": "ru"}, "kk"),
        ("--help --lang=ru", {}, "ru"),
        ("--lang fr", {"GEO_LANG": "ru"}, "ru"),
        ("run --lang", {"LANG": "kk_KZ.UTF-8"}, "kk"),
        ("--help", {"LC_ALL": "ru_RU.UTF-8", "LANG": "kk_KZ.UTF-8"}, "ru"),
        ("--help", {"LC_ALL": "C.UTF-8", "LANG": "kk_KZ.UTF-8"}, "en"),
        ("--help", {"LANG": "de_DE.UTF-8"}, "en"),
        ("--help", {"GEO_LANG": "", "LANG": "ru_KZ"}, "ru"),
        ("", {}, "en"),
    ],
)
def test_the_command_line_then_the_environment_then_the_locale_choose(words, environment, expected):
    assert preferred(words.split(), environment) == expected


@pytest.mark.parametrize("code", ["ru", "kk"])
def test_a_message_without_translation_is_english_with_a_sign(code):
    with using(code):
        assert gettext("A sentence nobody translated.") == f"A sentence nobody translated.{UNTRANSLATED}"
        assert ngettext("{n} yak", "{n} yaks", 3).format(n=3) == f"3 yaks{UNTRANSLATED}"
        assert UNTRANSLATED not in gettext("Settlements")


def test_english_needs_no_sign():
    assert gettext("A sentence nobody translated.") == "A sentence nobody translated."
    assert UNTRANSLATED.strip() == "(en)", "square brackets would be markup on the terminal"


def test_a_language_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="fr"):
        language.use("fr")


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en", "22 November 2026"), ("ru", f"22 ноября 2026{NB}г."), ("kk", f"2026{NB}ж. 22 қараша")],
)
def test_dates_read_as_in_the_language(code, expected):
    with using(code):
        assert numbers.date("2026-11-22") == expected
        assert [numbers.date(text) for text in ("2026", "November 2026", "")] == ["2026", "November 2026", ""]
