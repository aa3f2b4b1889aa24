"""Rights are added to a case that runs, and taken out: by officers, those of the programme, and the history verifies."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.errors import CaseHasMoved, InvalidForm, NotAllowed, NotFound
from casework.operations.cases.case_rights import add_rights, list_addable, remove_rights
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.world import World, new_request


def _play(world: World, db: Connection) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return number


pytestmark = pytest.mark.stage(play=_play)


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def entered(
    db: Connection, world: World, number: str = "CN 7", programme: str = "BJ", technology: str | None = None
) -> str:
    who = "officer" if programme == "BJ" else "foreign_officer"
    done = record_right(
        db,
        world.actor(db, who),
        programme=world.programmes[programme],
        technologies=[technology] if technology else [],
        kind="invention",
        fields={"office": "CNIPA", "number": number, "owner": "Köhlerei", "status": "in_force"},
        confirmed=True,
        request=new_request(),
    )
    return str(done.answer["id"])


def change(db: Connection, world: World, number: str, do: Any, *rights: str, by: str = "officer", **other: Any) -> None:
    given = {"reason": "It protects the kiln.", "revision": None} | other
    do(db, world.actor(db, by), number, rights=list(rights), request=new_request(), **given)


def test_a_right_recorded_after_the_case_opened_becomes_the_cases(world: World, db: Connection, staged: str) -> None:
    before = case_of(db, staged).rights
    right = entered(db, world, technology=case_of(db, staged).technology)
    assert right in {one["id"] for one in list_addable(db, case_of(db, staged))}
    change(db, world, staged, add_rights, right)
    case = case_of(db, staged)
    assert case.rights == (*before, right)
    assert right not in {one["id"] for one in list_addable(db, case)}
    assert verify_case(db, case.log) == []
    with pytest.raises(NotAllowed):
        change(db, world, staged, remove_rights, right)
    change(db, world, staged, remove_rights, right, by="supervisor")
    assert case_of(db, staged).rights == before
    assert verify_case(db, case.log) == []


def test_only_officers_of_the_case_change_what_it_is_about(world: World, db: Connection, staged: str) -> None:
    right = entered(db, world)
    for who, refusal in (
        ("auditor", NotAllowed),
        ("compliance", NotAllowed),
        ("provider", NotFound),
        ("foreign_officer", NotFound),
    ):
        with pytest.raises(refusal):
            change(db, world, staged, add_rights, right, by=who)
    assert right not in case_of(db, staged).rights


def test_a_right_of_another_programme_or_of_nobody_is_not_added(world: World, db: Connection, staged: str) -> None:
    foreign = entered(db, world, "CN 8", next(code for code in world.programmes if code != "BJ"))
    for right in (foreign, "00000000-0000-4000-8000-00000000000a", "nonsense"):
        with pytest.raises(InvalidForm, match="rights"):
            change(db, world, staged, add_rights, right)


def test_who_saw_other_rights_is_asked_to_look_again(world: World, db: Connection, staged: str) -> None:
    with pytest.raises(CaseHasMoved):
        change(db, world, staged, add_rights, entered(db, world), revision=case_of(db, staged).revision - 1)


def test_a_right_is_added_by_its_number(world: World, db: Connection, staged: str) -> None:
    right = entered(db, world, "ZL 2020 1 7")
    for written in ("ZL 2020", "CN 404"):
        with pytest.raises(InvalidForm, match="number"):
            change(db, world, staged, add_rights, other=written)
    change(db, world, staged, add_rights, other="CNIPA zl202017")
    assert case_of(db, staged).rights[-1] == right
    with pytest.raises(InvalidForm, match="number"):
        change(db, world, staged, add_rights, other="ZL 2020 1 7")
