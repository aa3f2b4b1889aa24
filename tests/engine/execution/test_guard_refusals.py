"""What a guard says stands at the first of its fields that the form asks; what rests on none stands beside the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.definitions import load_library
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import TaskRule, TransitionRule
from casework.engine.definition.guard_facts import UNKNOWN, Facts, Sound
from casework.engine.definition.registry import GUARDS
from casework.engine.execution.guard_refusals import refused_by, refused_fields
from casework.reasons import Text
from tests.engine.pieces import NOW, case, track
from tests.engine.toys import CALENDAR


def facts(data: Mapping[str, Any]) -> Facts:
    here = track()
    return Facts(case(here), here, NOW, CALENDAR, "somebody", data)


def asks(name: str, when: tuple[str, list[str]] | None = None) -> WrittenField:
    rule: WrittenField = {"name": name, "type": "note", "required": False, "fact": True}
    return {**rule, "when": when} if when else rule


#: The payments are asked of a fixed price alone; their guard speaks of them, else of the value.
FORM = [asks("contract_value"), asks("price_form"), asks("payments", ("price_form", ["fixed"])), asks("note")]
WHY = [Text("toy.guards.payments", "The payments do not fit.")]


@pytest.mark.parametrize(
    ("form", "data", "at"),
    [
        (FORM, {"price_form": "fixed"}, "payments"),
        # What is not asked by what was answered before is no place for a reason.
        (FORM, {"price_form": "free"}, "contract_value"),
        (FORM, {}, "contract_value"),
        (FORM, Sound({}, {"price_form"}), "contract_value"),
        (FORM, UNKNOWN, "contract_value"),
        ([asks("payments"), asks("contract_value")], {}, "payments"),
        ([asks("note")], {}, None),
        ([], {}, None),
    ],
)
def test_a_reason_stands_at_the_first_field_that_is_asked(
    form: list[WrittenField], data: Mapping[str, Any], at: str | None
) -> None:
    refused = refused_fields({"payments_make_the_value": WHY}, form, facts(data))
    assert refused == ({at: WHY} if at else {})


def test_what_speaks_of_no_field_stands_at_none() -> None:
    assert refused_fields({"price_has_one_currency": WHY}, FORM, facts({"price_form": "fixed"})) == {}


# Guards are known once the workflows are read.
load_library()
_NAMES = sorted(name for name, guard in GUARDS.items() if guard.at)


@given(
    st.lists(st.sampled_from(_NAMES), unique=True), st.sets(st.sampled_from(sorted(GUARDS[n].at[0] for n in _NAMES)))
)
def test_each_reason_stands_once_at_most_and_only_where_its_guard_says(names: list[str], fields: set[str]) -> None:
    whys = {name: [Text(f"toy.guards.{name}", name)] for name in names}
    refused = refused_fields(whys, [asks(field) for field in sorted(fields)], facts({}))
    told = [(field, str(why)) for field, several in refused.items() for why in several]
    assert sorted(name for _, name in told) == sorted(name for name in names if fields & set(GUARDS[name].at))
    assert all(field in GUARDS[name].at and field in fields for field, name in told)


def test_of_several_reasons_those_of_a_field_are_among_all() -> None:
    edition = next(one for one in load_library().editions.values() if "guards.period_in_order" in one.texts)
    data = {"period_from": "2026-02-02", "period_to": "2026-02-01"}
    against = refused_by(edition, ["period_in_order"], [asks("period_to")], facts(data), WHY)
    assert against.at == {"period_to": [edition.as_reason("guards.period_in_order")]}
    assert against.reasons == [*against.at["period_to"], *WHY]
    assert refused_by(edition, ["period_in_order"], [asks("period_to")], facts({})).reasons == []


def _asked() -> Iterator[tuple[str, str]]:
    """By guard the fields of the forms with which it is asked."""
    for edition in load_library().editions.values():
        rules: list[TransitionRule | TaskRule] = [*edition.transitions, *edition.tasks.values()]
        for rule in rules:
            yield from ((guard, field["name"]) for guard in rule.guards for field in edition.form(rule.form))


def test_every_field_that_a_guard_names_is_asked_by_a_form_with_it() -> None:
    named = {(name, field) for name, guard in GUARDS.items() for field in guard.at}
    ours = {
        name for edition in load_library().editions.values() for rule in edition.transitions for name in rule.guards
    }
    asked = set(_asked())
    assert not {(name, field) for name, field in named - asked if name in ours}
