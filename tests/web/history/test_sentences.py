"""Each kind of event has a sentence of its own, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from flask import Flask
from flask_babel import force_locale

from casework.definitions import load_library
from casework.engine.case_objects.acknowledgements import ANSWERED, RAISED, SETTLED
from casework.engine.case_objects.case_links import FROM_THERE
from casework.engine.case_objects.grant_commands import HOWS
from casework.engine.case_objects.letters import LETTERS, WAYS
from casework.engine.case_objects.messages import CORRECTED, TAKEN_BACK, WRITTEN
from casework.engine.definition.editions import Edition, TaskRule
from casework.engine.parts import GRANTS_TIME
from casework.engine.state.events import (
    CASES_LINKED,
    ERASED,
    FIRED,
    GRANT_EXPIRED,
    LETTER_DISPATCHED,
    LETTER_SENT,
    MIGRATED,
    NOTED,
    OBJECTED,
    PAPERS_RETURNED,
    PROPOSED,
    RECOUNTED,
    REFUSED,
    RIGHTS_CHANGED,
    SAID,
    TIMER_FIRED,
)
from casework.json_values import JsonMapping, JsonValue
from casework.operations.core.event_views import EventView, FilledIn, FormKey
from casework.operations.core.views import Named, TaskKey
from casework.operations.verification.authorization.evidence import BY_ITSELF
from casework.web.history.sentences import say_entry, say_fields
from casework.web.shell.values import Values
from tests.operations.history.test_eligible_actors import KINDS

WHATS = {
    **dict.fromkeys((NOTED, SAID), (WRITTEN, CORRECTED, TAKEN_BACK)), OBJECTED: (RAISED, ANSWERED, SETTLED),
    RIGHTS_CHANGED: ("added", "removed"), PAPERS_RETURNED: HOWS, LETTER_SENT: LETTERS, LETTER_DISPATCHED: WAYS,
    MIGRATED: ("moved", "taken_back"), CASES_LINKED: tuple(sorted(FROM_THERE)),
    TIMER_FIRED: ("remind", "due", "escalate", "flag", "wake", "stopped"),
}  # fmt: skip
#: What an edition has words for, and what no person does.
_OF_EDITIONS, _NOBODYS = {FIRED, PROPOSED, REFUSED}, {TIMER_FIRED, RECOUNTED, GRANT_EXPIRED, ERASED}


#: Every side task of every edition that is in force, with what may be answered in each field of its form.
TASKS = [
    pytest.param(edition, rule, id=f"{edition.workflow}-{rule.key}")
    for fingerprint in load_library().newest.values()
    for edition in [load_library()[fingerprint]]
    for rule in edition.tasks.values()
]


@pytest.mark.parametrize(("edition", "rule"), TASKS)
def test_whoever_finished_a_task_is_said_to_have_done_what_it_was(app: Flask, edition: Edition, rule: TaskRule) -> None:
    """Not that a task was finished: what was answered in it, in both languages, whichever answer it was."""
    fields = edition.form(rule.form)
    offered = {field["name"]: answers_of(field) for field in fields if answers_of(field)}
    decided = [name for name in offered if any(f"forms.{rule.form}.{name}.done." in key for key in edition.texts)]
    for answers in [{name: value} for name in decided[:1] for value in offered[name]] or [{}]:
        entry = EventView(
            kind="completed",
            actor=Named(id="x", name="Li Na"),
            task=TaskKey(edition=edition.fingerprint, rule=rule.key, type="side", about=None),
            form=FormKey(edition=edition.fingerprint, name=rule.form) if rule.form else None,
            data={**answers, "granted": False} if rule.part == GRANTS_TIME else answers,
            edition=edition.fingerprint,
            what=rule.name,
        )
        with app.test_request_context("/"):
            with force_locale("en"):
                english = say_entry(entry, load_library().editions)
            with force_locale("zh_Hans"):
                chinese = say_entry(entry, load_library().editions)
        assert "finished" not in english, (rule.name, answers)
        assert any("\u4e00" <= one <= "\u9fff" for one in chinese)


def answers_of(field: JsonMapping) -> list[JsonValue]:
    """What may be chosen in a field; nothing where it takes other than a choice."""
    return [True, False] if field["type"] == "yes_no" else list(field.get("choices") or [])


def entries(kinds: Iterable[str], *, by_system: bool) -> list[EventView]:
    actor = Named(id="system" if by_system else "x", name="Li Na")
    return [
        EventView(kind=kind, what=what, actor=actor, by_system=by_system, name="kick_off", version=2)
        for kind in sorted(kinds)
        for what in WHATS.get(kind, (None,))
    ]


TOLD = entries(KINDS - _OF_EDITIONS - _NOBODYS, by_system=False) + entries(BY_ITSELF - _OF_EDITIONS, by_system=True)


@pytest.mark.parametrize("entry", TOLD, ids=lambda one: f"{one.kind} {one.what} by {one.actor.id}")
def test_each_kind_has_a_sentence_in_both_languages(app: Flask, entry: EventView) -> None:
    with app.test_request_context("/"):
        with force_locale("en"):
            english = say_entry(entry, {})
        with force_locale("zh_Hans"):
            chinese = say_entry(entry, {})
    assert not english.startswith(("Li Na:", "The system:"))
    assert chinese != english
    assert any("\u4e00" <= one <= "\u9fff" for one in chinese)


WITH_UNITS = [
    (edition, form, rule["name"], rule["unit"])
    for fingerprint in load_library().newest.values()
    for edition in [load_library()[fingerprint]]
    for form, rules in edition.rules["forms"].items()
    for rule in rules
    if rule.get("unit")
]


@pytest.mark.parametrize(
    ("edition", "form", "field", "unit"), WITH_UNITS, ids=[f"{one[1]}.{one[2]}" for one in WITH_UNITS]
)
def test_a_number_is_said_with_the_unit_of_its_form(
    app: Flask, edition: Edition, form: str, field: str, unit: str
) -> None:
    values = Values(edition=edition, form=form)
    with app.test_request_context("/"):
        with force_locale("en"):
            assert values.say("3.4", field) == f"3.4 {unit}"
            assert values.say("3.4", "anything else") == "3.4"
            assert Values().say("3.4", field) == "3.4"
        with force_locale("zh_Hans"):
            assert values.say("36", field) == f"36 {({'months': '个月', 'days': '天'}).get(unit, unit)}"


def test_answers_stand_in_the_order_in_which_they_were_asked(app: Flask) -> None:
    library = load_library()
    edition = library.latest("agreement")
    assert edition is not None
    asked = [field["name"] for field in edition.form("Signature") if field["name"] in ("kind", "effective_on", "ends")]
    key = FormKey(edition=edition.fingerprint, name="Signature")
    # As the database hands them out: the shorter name first, and words apart.
    stored: dict[str, JsonValue] = {"ends": True, "kind": "purchase", "another": 1, "effective_on": "2026-03-02"}
    with app.test_request_context("/"), force_locale("en"):
        labels = [edition.text(f"forms.Signature.{name}.label") for name in asked]
        told = say_fields(FilledIn(form=key, data=stored), library.editions)
        assert [one.label for one in told] == [*labels, "Another"]
        words = say_fields(FilledIn(form=key, data={"ends": True}, body={"effective_on": None}), library.editions)
        assert [one.label for one in words] == [label for label in labels if label != labels[asked.index("kind")]]
