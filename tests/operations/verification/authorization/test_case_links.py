"""A link that one history alone tells, one that could not be, and a ring of parents across histories are found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from casework.operations.cases.case_links import end_case_link, link_cases
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.operations.verification.forger import Json, Scene, Stored, not_allowed, rebuild, sql, the
from tests.support.world import new_request


def _linked(attack: Connection, scene: Scene, kind: str = "related") -> tuple[str, str]:
    """The logs of two new cases of which one is linked to the other."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    numbers = [scene.world.new_case(attack) for _ in range(2)]
    _link(attack, scene, numbers[0], numbers[1], kind)
    one, other = (home_of(attack, number) for number in numbers)
    assert (verify_case(attack, one), verify_case(attack, other)) == ([], [])
    return one, other


def _link(attack: Connection, scene: Scene, number: str, other: str, kind: str) -> None:
    actor = scene.world.actor(attack, "officer")
    link_cases(attack, actor, number, other=other, kind=kind, revision=None, request=new_request())


def _forge(attack: Connection, log: str, kind: str, change: Callable[[Json], object]) -> None:
    sql(attack, "SET LOCAL session_replication_role = replica")

    def change_event(rows: list[Stored]) -> None:
        change(the(rows, kind))

    rebuild(attack, log, change_event)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda row: row["effects"]["related"].update(kind="friend"), "two things of one link"),
        (lambda row: row["effects"].update(what="friend"), "two things of one link"),
        (lambda row: row["effects"]["related"].update(done_in="elsewhere"), "neither of the two cases"),
        (lambda row: row["header"].update(role="compliance"), "it is for officer, supervisor"),
    ],
    ids=["kind", "what", "place", "role"],
)
def test_a_link_that_could_not_be_is_found(
    scene: Scene, attack: Connection, change: Callable[[Json], object], why: str
) -> None:
    one, _ = _linked(attack, scene)
    _forge(attack, one, "cases_linked", change)
    assert any(why in sentence for _, sentence in not_allowed(verify_case(attack, one)))


@pytest.mark.parametrize("side", [0, 1])
def test_a_link_that_one_history_tells_otherwise_is_found_in_both(scene: Scene, attack: Connection, side: int) -> None:
    logs = _linked(attack, scene, "parent")
    _forge(attack, logs[side], "cases_linked", lambda row: row["effects"]["related"].update(kind="related"))
    for log in logs:
        assert "links" in {finding.kind for finding in verify_case(attack, log)}


def test_an_end_without_a_link_is_found(scene: Scene, attack: Connection) -> None:
    one, other = _linked(attack, scene)
    (link,) = load(attack, one, "case").related
    number = str(load(attack, one, "case").number)
    actor = scene.world.actor(attack, "officer")
    end_case_link(attack, actor, number, link, reason="Mixed up.", revision=None, request=new_request())
    assert (verify_case(attack, one), verify_case(attack, other)) == ([], [])
    _forge(attack, one, "cases_unlinked", lambda row: row["effects"]["related_ended"].update(kind="parent"))
    told = [sentence for _, sentence in not_allowed(verify_case(attack, one))]
    assert any("did not have" in sentence for sentence in told)
    assert "links" in {finding.kind for finding in verify_case(attack, other)}


def test_a_ring_of_parents_across_histories_is_found(scene: Scene, attack: Connection) -> None:
    """Both histories of a link agree that the other way round it goes on, and each of them alone could be so."""
    one, other = _linked(attack, scene, "parent")
    numbers = [str(load(attack, log, "case").number) for log in (one, other)]
    third = scene.world.new_case(attack)
    _link(attack, scene, numbers[1], third, "parent")
    _link(attack, scene, third, numbers[0], "related")
    last = home_of(attack, third)
    link = next(one.id for one in load(attack, last, "case").related.values() if one.number == numbers[0])
    sql(attack, "SET LOCAL session_replication_role = replica")
    for log, kind in ((last, "parent"), (one, "child")):
        _turn(attack, log, link, kind)
    for log in (one, other, last):
        assert [finding.kind for finding in verify_case(attack, log)] == ["links"]


def _turn(attack: Connection, log: str, link: str, kind: str) -> None:
    """Let a history and its row have told from the beginning that a link is of another kind."""

    def change(rows: list[Stored]) -> None:
        (row,) = (row for row in rows if row["effects"].get("related", {}).get("id") == link)
        row["effects"]["what"] = row["effects"]["related"]["kind"] = kind

    rebuild(attack, log, change)
    sql(
        attack,
        "UPDATE cases SET related = (SELECT jsonb_agg(CASE WHEN r->>'id' = :link THEN r ||"
        " jsonb_build_object('kind', CAST(:kind AS text)) ELSE r END) FROM jsonb_array_elements(related) r)"
        " WHERE id = CAST(:log AS uuid)",
        link=link,
        kind=kind,
        log=log,
    )
