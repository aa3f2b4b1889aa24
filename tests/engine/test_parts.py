"""Every part that a definition may give is of one kind of thing, so that a word tells what it stands on."""

from __future__ import annotations

from itertools import combinations

from casework.definitions import load_library
from casework.engine import parts

KINDS = {
    "workflow": parts.WORKFLOW_PARTS, "state": parts.STATE_PARTS, "final": parts.FINAL_PARTS,
    "transition": parts.TRANSITION_PARTS, "task": parts.TASK_PARTS, "scope": parts.SCOPES,
    "money": frozenset(parts.MONEY_PARTS), "milestone": frozenset({parts.IN_FORCE}),
}  # fmt: skip


def test_each_part_is_of_one_kind_and_no_kind_knows_a_part_without_a_name() -> None:
    named = [value for name, value in vars(parts).items() if name.isupper() and isinstance(value, str)]
    listed = [part for kind in KINDS.values() for part in kind]
    assert sorted(named) == sorted(listed)


def test_what_played_on_a_track_tells_an_end_from_a_transition() -> None:
    """`Track.played` holds both by their parts alone."""
    for one, other in combinations(KINDS, 2):
        assert not KINDS[one] & KINDS[other], (one, other)


def test_a_request_that_gives_a_result_has_not_come_to_nothing() -> None:
    assert [part for part in parts.FINAL_PARTS if part not in parts.NOTHING] == [parts.GIVES_RESULT]


def test_the_published_workflows_play_every_part_of_an_end_and_of_a_transition() -> None:
    editions = load_library().editions.values()
    states = {state.part for edition in editions for state in edition.states.values() if state.part}
    moves = {rule.part for edition in editions for rule in edition.transitions if rule.part}
    tasks = {rule.part for edition in editions for rule in edition.tasks.values() if rule.part}
    assert states == parts.STATE_PARTS | parts.FINAL_PARTS
    assert moves == parts.TRANSITION_PARTS
    assert tasks == parts.TASK_PARTS
