"""Everybody of the demo writes in one language, a company in its own, and no text mixes two."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from casework.demo.story import SOURCE
from casework.demo.talk import PROFILES
from casework.json_values import JsonValue
from tests.demo.told import Told

pytestmark = pytest.mark.slow

CHINESE = re.compile("[一-龥]")
#: Two words beside each other; a number, a code, a unit and the name of an office are in every language the same.
ENGLISH = re.compile(r"\b[A-Za-z]*[a-z]{2,} [a-z]{2,}")
MIXED = re.compile(r"[一-龥].*\b[a-z]{4,}|\b[a-z]{4,}.*[一-龥]")
#: What says the same in both: each reader is shown one of the two.
IN_BOTH = {SOURCE, *(word for one in PROFILES.values() for word in (*one.fields, *one.places))}
#: What another has written before, such as a register, or says to whoever writes it down.
NOT_OWN = (".title.value", ".person.value", ".owner.value")


def leaves(value: JsonValue, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, and where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{path}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, path)


def language_of(words: str) -> str | None:
    return "zh-Hans" if CHINESE.search(words) else "en" if ENGLISH.search(words) else None


def test_whoever_writes_in_a_case_writes_in_one_language(told: Told) -> None:
    rows = told.rows(
        "SELECT e.kind, e.body, p.language, p.name FROM events e JOIN logs l ON l.id = e.log_id"
        " JOIN people p ON p.id::text = e.actor_id WHERE l.kind IN ('case', 'mediation', 'right', 'finding')"
    )
    said = [
        (row.name, row.kind, path, words, row.language)
        for row in rows
        for path, words in leaves(row.body)
        if not (path in NOT_OWN and row.kind != "document_registered")
    ]
    assert {language_of(words) for _, _, _, words, _ in said} == {"en", "zh-Hans", None}
    assert {
        (who, kind, path, words) for who, kind, path, words, own in said if language_of(words) not in (own, None)
    } == set()


def test_what_a_party_consents_to_is_said_in_its_language(told: Told) -> None:
    rows = told.rows(
        "SELECT o.country, e.body->'person'->>'value' AS person FROM events e"
        " JOIN tasks k ON k.id::text = e.effects->>'task' JOIN cases c ON c.id = e.log_id"
        " JOIN organisations o ON o.id::text = c.parties->>k.about WHERE e.kind = 'completed' AND k.name = 'record_consent'"
    )
    assert {(row.country == "CN", bool(CHINESE.search(row.person))) for row in rows} == {(True, True), (False, False)}


def test_the_paper_of_a_chinese_party_is_called_in_chinese(told: Told) -> None:
    rows = told.rows(
        "SELECT e.body->'title'->>'value' AS title, e.body->'language'->>'value' AS language, o.country FROM events e"
        " JOIN cases c ON c.id = e.log_id"
        " JOIN organisations o ON o.id::text = c.parties->>(e.effects->'documents'->0->>'party')"
        " WHERE e.kind = 'document_registered'"
    )
    assert rows
    for row in rows:
        chinese = row.country == "CN"
        assert (bool(CHINESE.search(row.title)), row.language) == (chinese, "zh" if chinese else "en"), row.title


def test_no_text_mixes_two_languages(told: Told) -> None:
    found = {
        words
        for row in told.rows("SELECT body FROM events")
        for path, words in leaves(row.body)
        if MIXED.search(words) and words not in IN_BOTH and ".letterheads/" not in path
    }
    assert found == set()


@pytest.mark.parametrize(
    ("name", "fields"),
    [("needs.csv", ("problem", "target", "figures")), ("technologies.csv", ("description", "ip_text"))],
)
def test_a_company_writes_in_its_own_language(name: str, fields: tuple[str, ...]) -> None:
    content = (files("casework.demo") / name).read_text("utf-8")
    for row in csv.DictReader(io.StringIO(content, newline="")):
        for field in fields:
            if row[field]:
                assert bool(CHINESE.search(row[field])) == (row["owner_country"] == "CN"), (row["external_id"], field)
