"""The states of a workflow and the ways between them: what is reached and what ends, and each fault seeded into a sound one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.grammar import Final, State, Workflow, working_days
from casework.engine.definition.graph import Graph, shape_faults, way_faults
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.engine.roles import Role
from tests.engine.definition.seeds import Json, add_state, add_way, kinds, seeded, way
from tests.engine.definition.sound_toys import Sound

GRAPH = Graph(publish(Sound))


# --- the ways --------------------------------------------------------------------------------------------------------


def ways_out(leaf: str) -> set[str]:
    return {rule.name for rule, _ in GRAPH.out_of(leaf)}


def test_a_state_is_left_from_where_it_lies_too_and_what_waits_goes_on_at_an_end_alone() -> None:
    assert ways_out("a") == {"go", "hold"}
    assert ways_out("checks.lab.trying") == {"fine"}
    assert ways_out("checks.lab.good") == {"both"}
    assert ways_out("talks.first") == {"agree"}
    assert ways_out("talks.agreed") == {"end"}
    assert ways_out("done") == {"reopen"}


def test_a_way_leads_to_the_leaves_that_are_entered_and_one_that_stays_to_none() -> None:
    leads = {rule.name: GRAPH.targets(rule, rule.sources[0]) for rule in GRAPH.rules}
    assert leads["split"] == ("checks.lab.trying", "checks.site.visiting")
    assert leads["both"] == ("talks.first",)
    assert leads["remark"] == ()
    assert set(leads["resume"]) == {"a", "b"}


def test_where_one_came_from_is_every_leaf_of_what_was_left_but_itself() -> None:
    assert set(GRAPH.came_from["held"]) == {"a", "b"}
    assert set(GRAPH.came_from["talks.first"]) == {
        "checks.lab.trying",
        "checks.lab.good",
        "checks.site.visiting",
        "checks.site.seen",
    }
    assert set(GRAPH.came_from["a"]) == {"done"}


def test_of_a_sound_workflow_every_leaf_is_reached_and_comes_to_an_end() -> None:
    assert GRAPH.reached == GRAPH.ending == set(GRAPH.leaves)
    assert set(GRAPH.below("checks")) == {
        "checks.lab.trying",
        "checks.lab.good",
        "checks.site.visiting",
        "checks.site.seen",
    }
    assert GRAPH.below("a") == ["a"]


def test_an_end_within_a_stage_is_no_end_of_the_track() -> None:
    def seed(rules: Json) -> None:
        rules["transitions"].remove(way(rules, "end"))

    assert Graph(seeded(seed)).ending == {"a", "b", "held", "done"}


# --- any graph, against trying every way -----------------------------------------------------------------------------

COUNT = 5
PAIRS = st.frozensets(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=9)


def drawn(ways: Iterable[tuple[int, int]], ends: frozenset[int], by_itself: Iterable[tuple[int, int]] = ()) -> Graph:
    """A workflow of five states with these ways between them."""
    nodes = [
        Final("End", name=f"s{n}") if n in ends else State("State", Role.OFFICER, working_days(5), "Step", name=f"s{n}")
        for n in range(COUNT)
    ]
    rules = {f"s{n}": node for n, node in enumerate(nodes)}
    for a, b in ways:
        rules[f"w{a}{b}"] = nodes[a].to(nodes[b], by=Role.OFFICER)  # type: ignore[assignment]  # attributes of a class
    for a, b in by_itself:
        rules[f"x{a}{b}"] = nodes[a].then(nodes[b])  # type: ignore[assignment]  # attributes of a class
    return Graph(publish(type("Drawn", (Workflow,), rules)))


def reachable(ways: frozenset[tuple[int, int]], start: int) -> set[int]:
    """Where some way leads to in at least one step."""
    seen: set[int] = set()
    for _ in range(COUNT):
        seen |= {b for a, b in ways if a == start or a in seen}
    return seen


def test_nobody_comes_to_a_state_from_itself() -> None:
    assert {place: set(leaves) for place, leaves in drawn({(0, 1), (1, 1), (2, 1)}, frozenset()).came_from.items()} == {
        "s1": {"s0", "s2"}
    }


@given(PAIRS, st.frozensets(st.integers(1, COUNT - 1)))
def test_what_cannot_be_reached_or_left_is_what_no_way_leads_to_or_from(
    ways: frozenset[tuple[int, int]], ends: frozenset[int]
) -> None:
    told = {(fault.kind, fault.place) for fault in way_faults(drawn(ways, ends))}
    working = set(range(COUNT)) - ends
    stuck = {n for n in working if not any(a == n for a, _ in ways)}
    endless = {n for n in working - stuck if not reachable(ways, n) & ends}
    expected = {("unreachable", f"s{n}") for n in set(range(COUNT)) - reachable(ways, 0) - {0}}
    expected |= {("dead_end", f"s{n}") for n in stuck} | {("no_end", f"s{n}") for n in endless}
    expected |= {("leaves_final", f"transition w{a}{b}") for a, b in ways if a in ends}
    assert told == expected


@given(PAIRS, PAIRS)
def test_it_runs_in_a_circle_by_itself_where_one_comes_back_without_anybody(
    ways: frozenset[tuple[int, int]], by_itself: frozenset[tuple[int, int]]
) -> None:
    told = {fault.place for fault in way_faults(drawn(ways, frozenset(), by_itself)) if fault.kind == "automatic_loop"}
    circles = {f"s{n}" for n in range(COUNT) if n in reachable(by_itself, n)}
    assert told <= circles
    assert bool(told) == bool(circles)


# --- seeded faults ---------------------------------------------------------------------------------------------------


def _unreachable(rules: Json) -> None:
    add_state(rules, "lost")
    add_way(rules, "leave_lost", "lost", "done")


def _dead_end(rules: Json) -> None:
    add_state(rules, "trap")
    add_way(rules, "fall", "a", "trap")
    add_way(rules, "wail", "trap", "=same")


def _no_end(rules: Json) -> None:
    for one, other in (("left", "right"), ("right", "left")):
        add_state(rules, one)
        add_way(rules, f"to_{other}", one, other)
    add_way(rules, "stray", "a", "left")


def _ambiguous(rules: Json) -> None:
    add_way(rules, "go", "a", "done")


def _ambiguous_above(rules: Json) -> None:
    add_way(rules, "agree", "talks", "done")


def _ambiguous_beside(rules: Json) -> None:
    way(rules, "see")["name"] = "fine"


def _loop(rules: Json) -> None:
    add_state(rules, "left")
    add_state(rules, "right")
    add_way(rules, "begin", "a", "left")
    add_way(rules, "leave", "left", "done")
    for one, other in (("left", "right"), ("right", "left")):
        add_way(rules, f"to_{other}", one, other, automatic=True, by=["system"])
    add_way(rules, "leave_right", "right", "done")


def _loop_of_one(rules: Json) -> None:
    add_way(rules, "again", "a", "=same", automatic=True, by=["system"])


def _endless_join(rules: Json) -> None:
    way(rules, "see")["to"] = "=same"


def _region_without_stage(rules: Json) -> None:
    add_state(rules, "checks.bare")
    rules["states"]["checks"]["regions"].append("checks.bare")


def _nothing_precedes(rules: Json) -> None:
    rules["transitions"].remove(way(rules, "hold"))


def _nothing_precedes_the_start(rules: Json) -> None:
    add_way(rules, "back", "a", "=previous")


def _leaves_a_region(rules: Json) -> None:
    add_way(rules, "escape", "checks.lab.trying", "done")


def _enters_a_region(rules: Json) -> None:
    add_way(rules, "break_in", "a", "checks.lab.trying")


def _changes_region(rules: Json) -> None:
    add_way(rules, "jump", "checks.lab.trying", "checks.site.seen")


def _too_deep(rules: Json) -> None:
    rules["states"]["talks"]["children"].append("talks.deep")
    rules["states"]["talks.deep"] = {"type": "stage", "initial": "talks.deep.x", "children": ["talks.deep.x"]}
    add_state(rules, "talks.deep.x")


def _leaves_final(rules: Json) -> None:
    way(rules, "reopen")["reopens"] = False


def _unknown_target(rules: Json) -> None:
    way(rules, "hold")["to"] = "?nowhere"


def _unknown_source(rules: Json) -> None:
    way(rules, "hold")["from"] = ["?nowhere"]


def _unknown_milestone(rules: Json) -> None:
    rules["milestones"]["agreed"] = ["?nowhere"]


def _unknown_outlives(rules: Json) -> None:
    rules["outlives"] = ["?nowhere"]


def _no_states(rules: Json) -> None:
    rules["states"]["void"] = {"type": "stage", "initial": None, "children": []}


def _no_beginning(rules: Json) -> None:
    rules["initial"] = "?nowhere"


def _unknown_place_of_a_task(rules: Json) -> None:
    rules["on_request"][0]["from"] = ["?nowhere"]


SEEDS: list[tuple[Callable[[Json], None], str]] = [
    (_unreachable, "unreachable"), (_dead_end, "dead_end"), (_no_end, "no_end"), (_ambiguous, "ambiguous"),
    (_ambiguous_above, "ambiguous"), (_ambiguous_beside, "ambiguous"), (_loop, "automatic_loop"),
    (_loop_of_one, "automatic_loop"), (_endless_join, "endless_join"), (_region_without_stage, "endless_join"),
    (_nothing_precedes, "nothing_precedes"), (_nothing_precedes_the_start, "nothing_precedes"),
    (_leaves_a_region, "drops_siblings"), (_enters_a_region, "drops_siblings"), (_changes_region, "drops_siblings"),
    (_too_deep, "too_deep"), (_leaves_final, "leaves_final"), (_unknown_target, "unknown_target"),
    (_unknown_source, "unknown_state"), (_unknown_milestone, "unknown_milestone"), (_unknown_outlives, "unknown_outlives"),
    (_no_states, "empty"), (_no_beginning, "unknown_state"), (_unknown_place_of_a_task, "unknown_state"),
]  # fmt: skip

#: What cannot be seeded alone: it brings these along.
ALONG: dict[Callable[[Json], None], set[str]] = {
    _endless_join: {"unreachable", "dead_end", "no_end"},
    _nothing_precedes: {"unreachable", "no_end"},
    _region_without_stage: {"idle_queue"},
    _too_deep: {"idle_queue"},
}


@pytest.mark.parametrize(("seed", "kind"), SEEDS, ids=[seed.__name__ for seed, _ in SEEDS])
def test_a_seeded_fault_is_found_and_no_other(seed: Callable[[Json], None], kind: str) -> None:
    found = faults(seeded(seed))
    assert kind in kinds(found)
    assert kinds(found) - {kind} <= ALONG.get(seed, set())
    assert all(fault.place and fault.sentence.endswith(".") for fault in found)


@pytest.mark.parametrize(
    ("remind", "escalate", "flag", "sound"),
    [
        (50, 1, 2, True),
        (1, 1, 2, True),
        (99, 1, 2, True),
        (0, 1, 2, False),
        (100, 1, 2, False),
        (50, 0, 2, False),
        (50, 2, 2, False),
        (50, 3, 2, False),
    ],
)
def test_an_escalation_reminds_within_the_time_and_flags_after_it_escalated(
    remind: int, escalate: int, flag: int, sound: bool
) -> None:
    def seed(rules: Json) -> None:
        rules["escalation"] = {"remind": remind, "escalate": escalate, "flag": flag}

    assert kinds(shape_faults(Graph(seeded(seed)))) == (set() if sound else {"bad_escalation"})


def test_an_escalation_lacks_nothing() -> None:
    def seed(rules: Json) -> None:
        rules["escalation"] = {"remind": 50, "escalate": 1}

    assert kinds(shape_faults(Graph(seeded(seed)))) == {"bad_escalation"}
