from __future__ import annotations

import pytest

from geo.read.suspicion import suspect


@pytest.mark.parametrize(
    ("service", "tags"),
    [
        ("hospital", {"name": "Kali Kovil", "religion": "hindu"}),
        ("hospital", {"name": "Pillaiyar Kovil"}),
        ("phc", {"name": "Masjid An-Nur"}),
        ("school", {"name": "Shiva Mandir"}),
        ("school", {"name": "Gurdwara Sahib"}),
        ("hospital", {"name": "St. Nicholas Cathedral"}),
        ("school", {"name": "Sri Ganeshkovil"}),
        ("school", {"name": "Нұр мешіті"}),
        ("school", {"name": "Покровская церковь"}),
        ("phc", {"name": "Храм Вознесения"}),
        ("hospital", {"name": "Saman", "name:si": "සමන් දේවාලය"}),
        ("hospital", {"name": "Sri Bodhi", "building": "temple"}),
        ("school", {"amenity": "school;place_of_worship"}),
        ("phc", {"name": "Bethel", "religion": "christian"}),
    ],
)
def test_places_of_worship_are_suspected(service: str, tags: dict[str, str]) -> None:
    assert suspect(service, tags)


@pytest.mark.parametrize(
    ("service", "tags"),
    [
        ("school", {"name": "V/Church of Ceylon Tamil Maha Vidyalayam"}),
        ("school", {"name": "St. Mary's College", "religion": "christian"}),
        ("school", {"name": "St. Mary's Convent", "religion": "christian"}),
        ("school", {"name": "St Joseph's", "religion": "christian", "denomination": "roman_catholic"}),
        ("school", {"name": "Temple Road Primary School"}),
        ("school", {"name": "Church school", "building": "church"}),
        ("school", {"name": "Школа при храме"}),
        ("hospital", {"name": "Kovilkulam Divisional Hospital"}),
        ("hospital", {"name": "St. Luke's Hospital", "religion": "christian"}),
        ("hospital", {"name": "Abisha Hospital"}),
        ("phc", {"name": "Мешіт көшесіндегі емхана"}),
        ("phc", {}),
    ],
)
def test_schools_and_hospitals_are_not(service: str, tags: dict[str, str]) -> None:
    assert suspect(service, tags) is None


def test_the_reason_is_the_word_or_the_tag() -> None:
    assert suspect("hospital", {"name": "Kali Kovil"}) == "“kovil”"
    assert suspect("hospital", {"building": "temple"}) == "building=temple"
