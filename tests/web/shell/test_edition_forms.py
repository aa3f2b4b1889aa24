"""Every form of every edition can be shown and read back, and says whatever is typed into it as words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from werkzeug.datastructures import MultiDict

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.web.shell.forms import (
    build_form,
    parse_form,
    texts_of,
)
from tests.support.file_makers import SCRIPTS
from tests.support.pages import Page
from tests.web.shell.whole_form import (
    KEYS,
    OFFERED,
    ONE,
    TWO,
    Json,
    insist_accessible,
    page_of,
)

pytestmark = pytest.mark.usefixtures("form_request")


EDITION_FORMS = [
    (edition.fingerprint, name) for edition in load_library().editions.values() for name in edition.rules["forms"]
]


def edition_of(fingerprint: str) -> Edition:
    return load_library()[fingerprint]


@pytest.mark.parametrize(("fingerprint", "name"), EDITION_FORMS, ids=lambda one: one[:12] if len(one) == 64 else one)
def test_every_form_of_every_edition_is_shown_and_read_back(fingerprint: str, name: str) -> None:
    edition = edition_of(fingerprint)
    rules = edition.form(name)
    known = {rule["name"]: sample(rule) for rule in rules}
    for field in build_form(name, rules, texts_of(edition, name), choices=OFFERED).fields:
        if field.besides:
            known[field.name] = [one for one in known[field.name] if one != known[field.besides]]
    for values in whichever_is_settled(rules, known):
        form = build_form(name, rules, texts_of(edition, name), choices=OFFERED, values=values)
        settled = {field.name for field in form.fields if field.settled}
        asked = set[str]()
        for rule in rules:
            over = hangs_on(rule)
            # What hangs on a question that is never asked is never asked either.
            if not over or over in asked and (over not in settled or values[over] in rule["when"][1]):
                asked.add(rule["name"])
        page = page_of(form)
        assert parse_form(rules, page.sent) == {field: value for field, value in values.items() if field in asked}
        insist_accessible(page)


def hangs_on(rule: Mapping[str, Json]) -> str:
    """The question on whose answer it hangs whether this one is asked; empty where it always is."""
    return rule["when"][0] if rule.get("when") else ""


def whichever_is_settled(rules: Sequence[Mapping[str, Json]], known: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """These answers, with each choice in turn wherever something hangs on one."""
    yield dict(known)
    for rule in rules:
        if rule["type"] == "choice" and rule["name"] in {hangs_on(other) for other in rules}:
            yield from ({**known, rule["name"]: choice} for choice in rule["choices"][:-1])


#: What of a field of more than one part is typed.
PARTS = {"items": (".0.what", ".0.by"), "money": (".amount",)}


def places_of(rule: Mapping[str, Json], before: str = "") -> list[tuple[str, str]]:
    """The type and the name of everything that can be typed for a field."""
    name = f"{before}f-{rule['name']}"
    if rule["type"] == "rows":
        return [place for column in rule["fields"] for place in places_of(column, f"{name}.0.")]
    return [(rule["type"], f"{name}{part}") for part in PARTS.get(rule["type"], ("",))]


@pytest.mark.parametrize(("fingerprint", "name"), EDITION_FORMS, ids=lambda one: one[:12] if len(one) == 64 else one)
def test_forty_scripts_in_every_field_of_every_edition_are_words(fingerprint: str, name: str) -> None:
    edition, scripts = edition_of(fingerprint), " ".join(SCRIPTS)
    rules = edition.form(name)
    places = [place for rule in rules for place in places_of(rule)]

    def shown(words: str) -> Page:
        typed, faults = MultiDict([(place, words) for _, place in places]), {rule["name"]: words for rule in rules}
        return page_of(
            build_form(name, rules, texts_of(edition, name), choices=OFFERED, submitted=typed, faults=faults)
        )

    hostile = shown(scripts)
    assert hostile.tags == shown("Some words").tags
    assert hostile.handlers == []
    assert {hostile.sent[place] for kind, place in places if kind in ("text", "note", "items", "money")} <= {scripts}


SAMPLES: dict[str, Json] = {
    "text": "Some words", "note": "Some words", "number": "3", "money": {"amount": "3.00", "currency": "CNY"}, "date": "2026-03-01",
    "yes_no": False, "party": "need_owner", "items": [{"what": "Words", "by": "2026-03-01"}], "listed": KEYS[0], "listed_many": KEYS[1:],
    **dict.fromkeys(("right", "burden", "impact", "person", "provider", "owner", "organisation"), ONE),
}  # fmt: skip


def sample(rule: Mapping[str, Json]) -> Json:
    match rule["type"]:
        case "choice":
            return rule["choices"][-1]
        case "many":
            return list(rule["choices"])
        case "rows":
            return [{column["name"]: sample(column) for column in rule["fields"]}] * 2
        case type_:
            return SAMPLES.get(type_, [ONE, TWO])
