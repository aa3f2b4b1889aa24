"""Every definition says what the domain's specification says, but for a few deviations that are listed here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from casework.definitions import published_folder, read_published
from casework.engine.definition.editions import Edition, workflow_name
from workflows import DEFINITIONS
from workflows.guards import OUTLIVES

FACTS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text("utf-8"))
# The first edition is what the specification describes; a later one says in its own tests what it changed.
FIRST = [edition for edition in read_published(published_folder(DEFINITIONS[0])) if edition.number == 1]
EDITIONS: dict[str, Edition] = {
    name: edition for name in map(workflow_name, DEFINITIONS) for edition in FIRST if edition.workflow == name
}
COUNTS = {
    "case": (13, 34), "referral": (14, 26), "assessment": (16, 18), "mediation": (20, 26), "ip": (5, 8),
    "pledge": (21, 33), "finance": (14, 18), "agreement": (17, 25), "deployment": (11, 12),
}  # fmt: skip

#: Transitions that the specification does not have, and how many it has itself.
OURS = {
    "case": {"ask_beside", "change_join", "introduce", "make_full", "end_introduction"},
    "referral": {"release"},
    "pledge": {"no_valuation"},
    "finance": {"pay_part"},
    "ip": {"lapse", "check_anew"},
    "agreement": {
        "needs_no_class", "class_free", "class_restricted", "class_dual_use", "class_prohibited", "apply_for_letter",
        "letter_issued", "ask_licence", "ask_import_licence", "ask_dual_use_licence", "licence_issued", "refused_by_authority",
        "sign_first", "ask_import_at_once", "follow", "sign_to_licence", "give_way",
    },
}  # fmt: skip
SPECIFIED = {"case": 29, "ip": 6, "referral": 25, "pledge": 31, "finance": 17, "agreement": 8}

#: (machine, transition): roles in the definition, and why they differ from the specification's.
OTHER_ROLES: dict[tuple[str, str], tuple[frozenset[str], str]] = {
    ("case", "waive_assessment"): (
        frozenset({"officer", "supervisor"}), "one person asks, another supervisor confirms (ruling 3)",
    ),
    ("case", "amend_plan"): (
        frozenset({"officer", "supervisor"}), "the officer asks, the supervisor confirms (ruling 1)",
    ),
    ("case", "reopen"): (
        frozenset({"officer", "supervisor"}), "one person asks, another supervisor confirms (ruling 3)",
    ),
}  # fmt: skip

#: (machine, state): the definition's limit where the specification has words for one, and why it is this.
LIMITS_IN_WORDS: dict[tuple[str, str], tuple[int, str, str | None, str]] = {
    ("referral", "in_progress"): (0, "cd", "accept.planned_on", "the day that the provider named when accepting"),
}

STATES = [(machine, state) for machine, facts in FACTS.items() for state in facts["states"]]
MOVES = sorted({(machine, one[0]) for machine, facts in FACTS.items() for one in facts["transitions"]})


def test_every_machine_has_a_definition() -> None:
    assert set(EDITIONS) == set(FACTS) == set(COUNTS)


@pytest.mark.parametrize("machine", OURS)
def test_what_the_specification_does_not_have_is_told(machine: str) -> None:
    names = {one[0] for one in FACTS[machine]["transitions"]}
    assert len(names - OURS[machine]) == SPECIFIED[machine]
    told = (Path(__file__).parents[2] / "docs" / "explanation" / "deviations.md").read_text("utf-8")
    assert [name for name in OURS[machine] if f"`{name}`" not in told] == []


@pytest.mark.parametrize("machine", FACTS)
def test_the_counts_are_those_of_the_specification(machine: str) -> None:
    edition, facts = EDITIONS[machine], FACTS[machine]
    assert (len(edition.states), len(edition.transitions)) == COUNTS[machine]
    assert (len(facts["states"]), len(facts["transitions"])) == COUNTS[machine]


@pytest.mark.parametrize("machine", FACTS)
def test_states_stand_in_the_order_of_the_specification(machine: str) -> None:
    assert list(EDITIONS[machine].states) == list(FACTS[machine]["states"])


@pytest.mark.parametrize("machine", FACTS)
def test_beginning_and_ends_are_the_same(machine: str) -> None:
    edition, facts = EDITIONS[machine], FACTS[machine]
    assert edition.initial == (facts["initial"],)
    assert {path for path, state in edition.states.items() if state.final} == set(facts["final"])


@pytest.mark.parametrize("machine", FACTS)
def test_milestones_and_what_outlives_the_case_are_the_same(machine: str) -> None:
    edition, facts = EDITIONS[machine], FACTS[machine]
    assert edition.milestones == {name: frozenset(states) for name, states in facts["milestones"].items()}
    assert edition.outlives == frozenset(facts["outlives"])


def test_the_closing_guard_knows_what_outlives_a_case() -> None:
    assert {name: edition.outlives for name, edition in EDITIONS.items() if edition.outlives} == OUTLIVES


@pytest.mark.parametrize(("machine", "state"), STATES)
def test_a_state_has_the_queue_limit_and_step_of_the_specification(machine: str, state: str) -> None:
    queue, n, unit, _, step = FACTS[machine]["states"][state]
    rule = EDITIONS[machine].states[state]
    assert (rule.queue, rule.step) == (queue, step)
    if n is None:
        assert rule.due is None
        return
    assert rule.due is not None
    if unit is None:
        since = (rule.due["n"], rule.due["unit"], rule.due["since"])
        assert (machine, state) not in LIMITS_IN_WORDS or since == LIMITS_IN_WORDS[machine, state][:3]
        assert rule.due["since"], f"“{n}” must become a day that a form names"
        return
    assert (rule.due["n"], rule.due["unit"]) == (n, unit)


@pytest.mark.parametrize(("machine", "name"), MOVES)
def test_a_transition_has_the_ends_roles_and_kind_of_the_specification(machine: str, name: str) -> None:
    def told(one: list[Any]) -> tuple[Any, ...]:
        roles = OTHER_ROLES.get((machine, name), (frozenset(one[3]), ""))[0]
        return frozenset(one[1]), one[2], roles, one[4]

    wanted = {told(one) for one in FACTS[machine]["transitions"] if one[0] == name}
    written = {
        (frozenset(rule.sources), rule.target, frozenset(rule.by), rule.kind)
        for rule in EDITIONS[machine].transitions
        if rule.name == name
    }
    assert written == wanted


def test_no_deviation_is_listed_that_does_not_exist() -> None:
    for (machine, name), (roles, why) in OTHER_ROLES.items():
        written = next(one for one in FACTS[machine]["transitions"] if one[0] == name)
        assert why
        assert roles != frozenset(written[3])
    for (machine, state), limit in LIMITS_IN_WORDS.items():
        assert limit[3]
        assert FACTS[machine]["states"][state][2] is None


@pytest.mark.parametrize("machine", FACTS)
def test_a_form_has_at_most_seven_empty_required_fields(machine: str) -> None:
    for name, fields in EDITIONS[machine].rules["forms"].items():
        empty = [f["name"] for f in fields if f["required"] and "when" not in f and "prefill" not in f]
        assert len(empty) <= 7, f"{name} asks for {empty}"


@pytest.mark.parametrize("machine", FACTS)
def test_every_button_and_past_sentence_is_written(machine: str) -> None:
    edition = EDITIONS[machine]
    for rule in edition.transitions:
        assert edition.texts[f"transitions.{rule.name}.done"], rule.name
