"""Links between cases: what either side speaks against, and lines of parents that never close and never grow too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.case_links import (
    CHILD,
    DEEPEST,
    FROM_THERE,
    MOST,
    ORIGINAL,
    PARENT,
    RELATED,
    against_parent,
    depth_below,
    done_elsewhere,
    line_above,
)
from casework.engine.execution.commands import LinkCase, UnlinkCase
from casework.engine.state.case import Case
from casework.errors import InvalidForm, NotFound
from tests.engine.toy_case import begun
from tests.engine.toys import OFFICER, Play


@pytest.fixture
def play() -> Play:
    return begun()


def link(play: Play, other: str = "b", kind: str = RELATED, id: str | None = None) -> Case:
    play.do(LinkCase(id or f"link to {other}", other, f"BJ-2026-{other}", kind, play.case.log), OFFICER)
    return play.case


def test_a_link_is_made_and_ends_with_a_reason(play: Play) -> None:
    before = play.case.revision
    (made,) = link(play, kind=PARENT).related.values()
    assert (made.case, made.kind, play.case.revision) == ("b", "parent", before + 1)
    assert not done_elsewhere(play.events[-1])
    for reason in ("", "  "):
        with pytest.raises(InvalidForm):
            play.do(UnlinkCase(made.id, reason, play.case.log), OFFICER)
    play.do(UnlinkCase(made.id, "They were mixed up.", "b"), OFFICER)
    assert play.case.related == {}
    assert play.events[-1].body == {"reason": "They were mixed up."}
    assert done_elsewhere(play.events[-1])
    with pytest.raises(NotFound):
        play.do(UnlinkCase(made.id, "Again.", play.case.log), OFFICER)


@pytest.mark.parametrize("kind", sorted([PARENT, ORIGINAL]))
def test_a_case_has_one_parent_and_is_a_duplicate_of_one(play: Play, kind: str) -> None:
    link(play, kind=kind)
    with pytest.raises(InvalidForm, match="already|marked"):
        link(play, "c", kind)
    link(play, "d", FROM_THERE[kind])
    link(play, "e", FROM_THERE[kind])


def test_no_case_is_linked_to_itself_twice_to_another_or_to_too_many(play: Play) -> None:
    with pytest.raises(InvalidForm, match="itself"):
        link(play, play.case.log)
    with pytest.raises(InvalidForm, match="choices"):
        link(play, kind="friend")
    link(play)
    with pytest.raises(InvalidForm, match="linked with it already"):
        link(play, kind=CHILD)
    for n in range(MOST - 1):
        link(play, f"c{n}")
    with pytest.raises(InvalidForm, match=str(MOST)):
        link(play, "one-too-many")


CASES = st.integers(0, 8).map(str)


@given(st.lists(st.tuples(CASES, CASES), max_size=40))
def test_no_way_of_linking_closes_a_ring_or_makes_a_line_too_long(wanted: list[tuple[str, str]]) -> None:
    parents: dict[str, str] = {}
    for child, parent in wanted:
        if child in parents:
            continue
        refused = against_parent(parents, child, parent)
        after = {**parents, child: parent}
        # By another way than the rule's own: go up from each case for as long as there is a way.
        bad = any(_steps(after, case) >= DEEPEST for case in after)
        assert (refused is not None) == bad, (parents, child, parent)
        if refused is None:
            parents = after
    assert all(_steps(parents, case) < DEEPEST for case in parents)


def _steps(parents: dict[str, str], case: str) -> int:
    steps = 0
    while case in parents and steps <= 20:
        case, steps = parents[case], steps + 1
    return steps


def test_a_ring_that_was_forged_is_gone_round_once() -> None:
    ring = {"a": "b", "b": "c", "c": "a"}
    assert line_above(ring, "a") == ["a", "b", "c"]
    assert depth_below(ring, "a") == 3
