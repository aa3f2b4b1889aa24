"""The markings of a workflow: as many as the engine comes to, where it gets stuck with the way there, and duties of nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.definitions import load_definitions
from casework.engine.definition.editions import Edition
from casework.engine.definition.graph import Fault
from casework.engine.definition.publisher import publish
from casework.engine.definition.state_space import Marking, StateSpace, space_faults
from casework.engine.definition.validation import faults
from casework.engine.execution.entered_states import move
from tests.engine.definition.seeds import Json, add_state, add_way, seeded, way
from tests.engine.definition.sound_toys import Sound

SPACE = StateSpace(publish(Sound))
EDITIONS = [publish(one) for one in (*load_definitions(), Sound)]


def test_regions_stand_side_by_side_in_every_order() -> None:
    inside = {marking.leaves for marking in SPACE.came_by if len(marking.leaves) > 1}
    lab, site = ("trying", "good"), ("visiting", "seen")
    assert inside == {(f"checks.lab.{one}", f"checks.site.{other}") for one in lab for other in site}


def test_a_side_state_leads_back_to_where_one_came_from_alone() -> None:
    for origin in ("a", "b"):
        held = Marking(("held",), (("held", (origin,)),))
        assert {one.to.leaves for one in SPACE.moves[held] if one.rule.name == "resume"} == {(origin,)}


def test_what_waits_for_all_regions_goes_on_when_all_have_ended() -> None:
    at = {marking.leaves for marking, moves in SPACE.moves.items() if any(one.rule.name == "both" for one in moves)}
    assert at == {("checks.lab.good", "checks.site.seen")}


@pytest.mark.parametrize("edition", EDITIONS, ids=[one.workflow for one in EDITIONS])
def test_each_move_leads_where_the_engine_leads(edition: Edition) -> None:
    for here, moves in StateSpace(edition).moves.items():
        for one in moves:
            back = dict(here.memory).get(one.place, ())
            assert move(edition, here.leaves, one.rule, one.place, back) == one.to.leaves


def test_a_shortest_way_is_told() -> None:
    seen = next(one for one in SPACE.came_by if one.leaves == ("checks.lab.good", "checks.site.seen"))
    assert SPACE.path(seen) == ("go", "split", "fine", "see")
    assert SPACE.path(SPACE.start) == ()


def only(edition: Edition, *others: Edition) -> Fault:
    (found,) = space_faults(edition, others)
    return found


def _happens_first(rules: Json) -> None:
    add_way(rules, "at_once", "held", "done", automatic=True, by=["system"], form=None)
    rules["transitions"] = [one for one in rules["transitions"] if one["name"] != "lapse"]


def test_a_way_that_something_else_always_forestalls_is_dead() -> None:
    found = only(seeded(_happens_first))
    assert (found.kind, found.place, found.path) == ("dead_transition", "transition resume", ("hold",))
    assert found.sentence == "It can never be fired in “held”, where something else happens first: by hold."


def _back_and_forth(rules: Json) -> None:
    """Whoever strays goes to and fro between two states, and to no end."""
    for name in ("c", "d"):
        add_state(rules, name)
    add_way(rules, "stray", "b", "c")
    add_way(rules, "to", "c", "d")
    add_way(rules, "fro", "d", "c")


def test_where_a_track_comes_to_no_end_any_more_the_way_there_is_told() -> None:
    stuck = [one for one in space_faults(seeded(_back_and_forth)) if one.kind == "stuck"]
    assert [(one.place, one.path) for one in stuck] == [("c", ("go", "stray")), ("d", ("go", "stray", "to"))]
    assert stuck[0].sentence == "In “c” it can come to no end any more: by go, stray."


def _by(name: str, *roles: str, **more: Json) -> Callable[[Json], None]:
    def seed(rules: Json) -> None:
        way(rules, name).update({"by": list(roles), **more})

    return seed


def _waits(rules: Json) -> None:
    way(rules, "agree")["by"] = ["system"]


def test_a_state_that_nobody_and_no_clock_leads_on_waits_for_ever() -> None:
    found = only(seeded(_waits))
    assert (found.kind, found.place) == ("waits_for_nobody", "talks.first")
    assert found.path == ("go", "split", "fine", "see", "both")


#: What is written of a transition, and what is found.
DUTIES = {
    "nobody_acts": _by("remark"),
    "nobody_confirms": _by("remark", "officer", confirm_by=["party"]),
    "nobody_asks": _by("remark", "system", confirm_by=["officer"]),
    "duty_of_nobody": _by("remark", "system", not_by=["go"]),
    "duty_of_itself": _by("remark", "officer", not_by=["remark"]),
}


@pytest.mark.parametrize("kind", DUTIES)
def test_a_duty_that_nobody_can_do_is_found(kind: str) -> None:
    assert only(seeded(DUTIES[kind])).kind == kind


def test_what_only_the_system_may_fire_is_fired_by_something() -> None:
    edition, other = seeded(_by("remark", "system")), publish(load_definitions()[0])
    assert space_faults(edition) == []
    assert only(edition, other).kind == "fired_by_nothing"
    assert space_faults(seeded(_by("remark", "system", part="rests")), [other]) == []


def test_a_definition_with_too_many_markings_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.engine.definition.state_space.MOST_MARKINGS", 3)
    assert only(publish(Sound)).kind == "too_many_markings"


def test_a_fault_of_a_state_has_the_way_to_it() -> None:
    found = [one for one in faults(seeded(_back_and_forth)) if one.kind == "no_end"]
    assert [(one.place, one.path) for one in found] == [("c", ("go", "stray")), ("d", ("go", "stray", "to"))]
    assert found[0].sentence == "From “c” no end can be reached. The way there: go, stray."


def test_a_way_can_be_gone_again_from_the_beginning() -> None:
    made = SPACE.replayed(("go", "hold", "resume"))
    assert [(here.leaves, one.to.leaves) for here, one in made] == [
        (("a",), ("b",)),
        (("b",), ("held",)),
        (("held",), ("b",)),
    ]


def test_what_is_published_is_sound() -> None:
    for edition in EDITIONS:
        assert space_faults(edition) == []


def test_the_check_tells_it_beside_everything_else() -> None:
    assert [one.kind for one in faults(seeded(_happens_first))] == ["dead_transition"]
