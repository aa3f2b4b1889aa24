"""The words of a definition: what leaves, what leads where, and that each word is kept under its own name."""

from __future__ import annotations

from inspect import Parameter, signature

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.grammar import (
    MAIN,
    AnyOf,
    Final,
    Item,
    Node,
    Parallel,
    Stage,
    State,
    Transition,
    Workflow,
    any_of,
    previous,
    same,
    working_days,
)
from casework.engine.roles import Role


def state(label: str = "A") -> State:
    return State(label, Role.OFFICER, working_days(5), "One")


A, B, DONE = state("A"), state("B"), Final("Done")
WORDS = [name for name, word in signature(AnyOf.to).parameters.items() if word.kind is Parameter.KEYWORD_ONLY]


def joined(groups: list[list[Node]]) -> AnyOf:
    """Nodes joined by bars within each group, and the groups with each other."""
    return any_of(*(any_of(*group) if len(group) != 1 else group[0] for group in groups))


@given(st.lists(st.lists(st.sampled_from([A, B, DONE]), max_size=3), max_size=4))
def test_states_are_joined_in_the_order_in_which_they_are_written(groups: list[list[Node]]) -> None:
    assert joined(groups).nodes == [node for group in groups for node in group]


def test_a_bar_joins_states_and_what_was_joined() -> None:
    assert (A | B).nodes == [A, B]
    assert (A | B | DONE).nodes == (A | (B | DONE)).nodes == ((A | B) | (DONE | A)).nodes[:3] == [A, B, DONE]


def test_joining_leaves_what_was_joined_as_it_was() -> None:
    both = A | B
    assert (both | DONE).nodes != both.nodes == [A, B]


@pytest.mark.parametrize("word", [word for word in WORDS if word != "by"])
def test_each_word_of_a_transition_is_kept_under_its_name_and_no_other(word: str) -> None:
    plain, said = A.to(B, by=Role.OFFICER), A.to(B, by=Role.OFFICER, **{word: word})
    others = {name for name in vars(plain) if vars(plain)[name] != vars(said)[name]}
    assert others == {word}
    assert vars(said)[word] in (word, (word,))


def test_one_or_several_may_be_named() -> None:
    assert A.to(B, by=Role.OFFICER).by == A.to(B, by=[Role.OFFICER]).by == (Role.OFFICER,)
    assert A.to(B, by=Role.OFFICER, confirm_by=[Role.COMPLIANCE, Role.SUPERVISOR]).confirm_by == (
        Role.COMPLIANCE,
        Role.SUPERVISOR,
    )


def test_a_persons_way_is_a_main_one_and_neither_clock_nor_rule_goes_it() -> None:
    way = (A | B).to(DONE, by=Role.OFFICER)
    assert (way.sources, way.target, way.kind) == ([A, B], DONE, MAIN)
    assert (way.automatic, way.after, way.reopens) == (False, None, False)


@pytest.mark.parametrize("source", [A, A | B])
def test_what_happens_by_itself_is_the_systems(source: Node | AnyOf) -> None:
    way = source.then(DONE, done="It ended.", kind="exception")
    assert (way.by, way.automatic, way.after) == ((Role.SYSTEM,), True, None)
    assert (way.target, way.done, way.kind) == (DONE, "It ended.", "exception")


@pytest.mark.parametrize("source", [A, A | B])
def test_what_the_clock_does_is_the_systems_and_no_rules(source: Node | AnyOf) -> None:
    way = source.after(working_days(3), DONE, done="It lapsed.")
    assert (way.by, way.automatic, way.after) == ((Role.SYSTEM,), False, working_days(3))
    assert (way.target, way.done) == (DONE, "It lapsed.")


def test_targets_that_are_no_state_have_their_codes() -> None:
    assert (same().code, previous().code) == ("=same", "=previous")


class Play(Workflow):
    a = state()
    stage = Stage("Stage", inner=state(), end=Final("End"))
    beside = Parallel("Beside", lab=Stage("Lab", x=state()))
    done = Final("Done")
    rumour = "no node"

    go = a.to(done, by=Role.OFFICER)
    stop = a.to(done, by=Role.OFFICER, name="halt")


def test_states_and_transitions_are_named_by_their_attributes_unless_they_have_a_name() -> None:
    assert [node.name for node in Play.nodes().values()] == list(Play.nodes()) == ["a", "stage", "beside", "done"]
    assert [way.name for way in Play.transitions()] == ["go", "halt"]
    assert all(isinstance(way, Transition) for way in Play.transitions())


def test_what_a_stage_holds_is_named_by_the_word_it_is_given_under() -> None:
    assert {name: node.name for name, node in Play.stage.children.items()} == {"inner": "inner", "end": "end"}
    assert Play.stage["end"] is Play.stage.children["end"]
    assert Play.beside["lab"].name == "lab"


def test_a_derived_definition_has_only_what_it_writes_itself() -> None:
    class Derived(Play):
        b = state()

    assert list(Derived.nodes()) == ["b"]
    assert Derived.transitions() == []


def test_an_item_of_a_checklist_is_required_unless_it_says_otherwise() -> None:
    assert Item("seal", "Seal it").required
