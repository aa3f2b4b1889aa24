"""By which table a programme says whom its queues give a task to: what it may ask, what is wrong with one, and what it says of a task."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.engine.decision_tables.dmn import from_dmn, to_dmn
from casework.engine.decision_tables.tables import COLLECT, FIRST, UNIQUE, Table, TableFault, from_json, to_json
from casework.engine.tasks.allocation import (
    ANYBODY,
    FEWEST,
    NAMED,
    NAMED_AWAY,
    ROUND_ROBIN,
    SHORTEST,
    Candidate,
    Rule,
    again,
    choose,
    named_by,
    why_nobody,
    written,
)
from casework.engine.tasks.routing import (
    EMPTY,
    FACTS,
    Routing,
    facts,
    fitted,
    notes_of,
    people_in,
    route,
    routing_in,
    unsound,
    with_words,
    without_words,
)
from casework.json_values import JsonObject

ALL = dict.fromkeys(FACTS, "-")


def table(*rows: tuple[dict[str, str], str], policy: str = UNIQUE, note: str = "") -> Table:
    """A table of rows, each with the cells that ask something and whom it names."""
    rules = [{"inputs": list((ALL | asked).values()), "outputs": [f'"{to}"'], "note": note} for asked, to in rows]
    return from_json(to_json(EMPTY) | {"hit_policy": policy, "rules": rules})


def known(**values: Any) -> JsonObject:
    """What is known of a task."""
    said: dict[str, Any] = {"queue": "officer", "service": "pledge", "kind": "step"} | values
    return facts(
        place=(said["queue"], said["service"], said["kind"]),
        as_opened=said.get("as_opened", {}),
        wanted=said.get("wanted"),
        age=said.get("age", timedelta(days=3, hours=20)),
    )


MONEY = {"amount": "1500000.00", "currency": "CNY"}
LARGE = table(({"service": '"pledge"', "amount": ">= 1000000"}, "ann"), note="Large pledges are Ann's.")


def test_a_row_that_holds_names_somebody() -> None:
    routed = route(Routing(2, LARGE), known(wanted=MONEY))
    assert (routed["version"], routed["hits"], routed["outputs"]) == (2, [1], [{"to": "ann"}])
    assert (routed["inputs"]["amount"], routed["inputs"]["age"], routed["inputs"]["sector"]) == ("1500000", "3", None)
    assert named_by(routed) == {"ann"}


@pytest.mark.parametrize(
    "wanted",
    [None, {"amount": "5000000.00", "currency": "USD"}, {"amount": "-1", "currency": "CNY"}, {"currency": "CNY"}, "x"],
)
def test_an_amount_that_is_none_is_lacking_and_no_row_holds_for_it(wanted: object) -> None:
    routed = route(Routing(2, LARGE), known(wanted=wanted))
    assert (routed["inputs"]["amount"], routed["hits"], routed["outputs"]) == (None, [], [{"to": ANYBODY}])
    assert named_by(routed) == frozenset() == named_by(None)


def test_a_table_is_asked_for_what_its_columns_are() -> None:
    narrow = replace(EMPTY, inputs=(FACTS["age"],))
    assert route(Routing(2, narrow), known(age=timedelta(days=-2)))["inputs"] == {"age": "0"}


def test_under_collect_each_row_names_somebody() -> None:
    both = table(({"kind": '"step"'}, "ann"), ({"service": '"pledge"'}, "ben"), policy=COLLECT)
    assert named_by(route(Routing(2, both), known())) == {"ann", "ben"}
    assert route(Routing(2, both), known(kind="side", service="ip"))["outputs"] == []


def test_what_opens_a_case_can_be_asked() -> None:
    by_field = table(({"technology_field": '"5", "6"', "district": "null"}, "ann"))
    assert route(Routing(2, by_field), known(as_opened={"technology_field": "5"}))["hits"] == [1]
    assert route(Routing(2, by_field), known(as_opened={"technology_field": "5", "district": "hd"}))["hits"] == []


# --- choosing among those who may have it ----------------------------------------------------------------------------

AMONG = [Candidate("ann", 3, 0), Candidate("ben", 0, 0), Candidate("cid", 1, 0)]


def test_whom_the_table_names_gets_it_before_the_rule_is_asked() -> None:
    choice = choose(Rule(SHORTEST), AMONG, (), {"ann"})
    assert choice is not None
    assert (choice.person, choice.reasons) == ("ann", (NAMED,))


def test_of_several_the_rule_chooses() -> None:
    choice = choose(Rule(SHORTEST), AMONG, (), {"ann", "cid"})
    assert choice is not None
    assert (choice.person, choice.reasons) == ("cid", (NAMED, FEWEST))


def test_whoever_may_not_have_it_does_not_get_it() -> None:
    choice = choose(Rule(SHORTEST), AMONG, (), {"dan"})
    assert choice is not None
    assert (choice.person, choice.reasons) == ("ben", (NAMED_AWAY, FEWEST))
    full = choose(Rule(SHORTEST, 3), AMONG, (), {"ann"})
    assert full is not None
    assert full.person == "ben"
    assert full.reasons[0] == NAMED_AWAY


def test_the_choice_is_made_again_from_what_is_kept() -> None:
    rule, routed = Rule(ROUND_ROBIN), route(Routing(2, LARGE), known(wanted=MONEY))
    choice = choose(rule, AMONG, (), named_by(routed))
    assert choice is not None
    kept = written(rule, AMONG, choice, (), routed)
    assert again(kept)[2] == choice
    assert again(kept | {"routed": routed | {"outputs": [{"to": ANYBODY}]}})[2] != choice


def test_somebody_named_without_the_skill_is_somebody() -> None:
    assert why_nobody(Rule("skill"), AMONG, ["service:ip"]) == "unskilled"
    assert why_nobody(Rule("skill"), AMONG, ["service:ip"], {"ann"}) is None


# --- what is wrong with a table --------------------------------------------------------------------------------------


def test_rows_that_hold_at_once_are_told_with_an_input() -> None:
    wrong = unsound(table(({"kind": '"step"'}, "ann"), ({"service": '"pledge"'}, "ben")))
    assert wrong is not None
    assert wrong.code == "routing.overlap"
    assert 'service="pledge"' in str(wrong)
    assert 'kind="step"' in str(wrong)
    assert unsound(table(({"kind": '"step"'}, "ann"), ({"service": '"pledge"'}, "ben"), policy=FIRST)) is None


def test_inputs_that_nothing_decides_are_told() -> None:
    (output,) = EMPTY.outputs
    open_ = replace(LARGE, outputs=(replace(output, default=None),))
    wrong = unsound(open_)
    assert wrong is not None
    assert wrong.code == "routing.gap"
    assert "amount=" in str(wrong)
    assert unsound(LARGE) is None
    assert unsound(EMPTY) is None


def test_a_row_that_never_counts_is_told() -> None:
    wrong = unsound(table(({}, "ann"), ({"kind": '"step"'}, "ben"), policy=FIRST))
    assert wrong is not None
    assert (wrong.code, "2" in str(wrong)) == ("routing.idle", True)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"inputs": [{"name": "weather", "type": "text"}]}, "inputs.1.name"),
        ({"inputs": [{"name": "queue", "type": "whole"}]}, "inputs.1.type"),
        ({"inputs": [{"name": "queue", "type": "text", "allowed": '"officer"'}]}, "inputs.1.allowed"),
        ({"outputs": [{"name": "who", "type": "text"}]}, "outputs"),
        ({"outputs": [{"name": "to", "type": "text"}, {"name": "x", "type": "text"}]}, "outputs"),
    ],
)
def test_other_columns_are_refused_by_their_place(change: JsonObject, place: str) -> None:
    with pytest.raises(TableFault) as refused:
        fitted(from_json(to_json(EMPTY) | {"rules": []} | change))
    assert list(refused.value.faults) == [place]


def test_a_value_that_a_column_cannot_have_is_refused() -> None:
    said = {"inputs": [{"name": "queue", "type": "text"}], "rules": [{"inputs": ['"weather"'], "outputs": ['"ann"']}]}
    with pytest.raises(TableFault) as refused:
        fitted(from_json(to_json(EMPTY) | said))
    assert list(refused.value.faults) == ["rules.1.inputs.queue"]


def test_a_table_comes_back_from_dmn_as_it_was() -> None:
    assert fitted(from_dmn(to_dmn(LARGE).encode())) == LARGE


def test_notes_stand_apart_from_the_table() -> None:
    assert "Ann" not in str(without_words(LARGE))
    assert with_words(without_words(LARGE), notes_of(LARGE)) == LARGE
    assert with_words(without_words(LARGE), None).rules[0].note == ""


def test_whom_a_table_names_is_told_with_the_place() -> None:
    (output,) = EMPTY.outputs
    assert people_in(LARGE) == [("rules.1.outputs.to", "ann")]
    assert people_in(replace(EMPTY, outputs=(replace(output, default="ben"),))) == [("outputs.1.to", "ben")]


def test_what_is_in_force_is_read_from_what_is_kept() -> None:
    assert routing_in({}) is None
    assert routing_in({"version": 3, "table": to_json(LARGE)}) == Routing(3, LARGE)
