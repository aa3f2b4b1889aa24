"""Cases of a programme are linked in both histories at once, told to those who read all of them, and to nobody else."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.engine.case_objects.case_links import FROM_THERE
from casework.engine.state.events import LINKINGS
from casework.errors import CaseHasMoved, InvalidForm, NotAllowed, NotFound
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.case_events import last_events, list_events
from casework.operations.cases.case_links import end_case_link, link_cases, list_case_links
from casework.operations.cases.queries import find_case
from casework.operations.core.perform import home_of
from casework.operations.documents.key_material import document_store_of
from casework.operations.history.timeline import read_history
from casework.operations.mediations.emergency_access import break_glass
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.people.test_case_migrations import judged
from tests.support.world import World, new_request
from tests.verifier.forging import Forgery

Json = Any


def _link(db: Connection, world: World, number: str, other: str, kind: str = "related", by: str = "officer") -> str:
    actor = world.actor(db, by)
    revision = find_case(db, actor, number)[0].revision
    link_cases(db, actor, number, other=other, kind=kind, revision=revision, request=new_request())
    case = load(db, home_of(db, number), "case")
    return next(one.id for one in case.related.values() if one.number == other)


def _end(db: Connection, world: World, number: str, link: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "They were mixed up.", "revision": None} | more
    end_case_link(db, world.actor(db, by), number, link, request=new_request(), **given)


@pytest.mark.parametrize("kind", sorted(FROM_THERE))
def test_both_histories_tell_of_a_link_and_of_its_end(world: World, db: Connection, kind: str) -> None:
    one, other = world.new_case(db), world.new_case(db)
    link = _link(db, world, one, other, kind)
    sides = [load(db, home_of(db, number), "case").related[link] for number in (one, other)]
    assert [(side.number, side.kind) for side in sides] == [(other, kind), (one, FROM_THERE[kind])]
    for number, told in ((one, (other, kind)), (other, (one, FROM_THERE[kind]))):
        (shown,) = list_case_links(db, world.actor(db, "auditor"), number).items
        assert (shown.number, shown.kind, shown.waits_for, shown.removed) == (*told, "us", False)
        assert verify_case(db, home_of(db, number)) == []
    _end(db, world, other, link)
    for number in (one, other):
        assert list_case_links(db, world.actor(db, "auditor"), number).items == []
        assert verify_case(db, home_of(db, number)) == []


def test_what_was_asked_once_is_not_done_twice_and_nobody_overwrites_what_they_have_not_seen(
    world: World, db: Connection
) -> None:
    one, other = world.new_case(db), world.new_case(db)
    actor, request = world.actor(db, "officer"), new_request()
    seen = find_case(db, actor, one)[0].revision
    given: dict[str, Any] = {"other": other, "kind": "child", "revision": seen}
    first = link_cases(db, actor, one, **given, request=request)
    again = link_cases(db, actor, one, **given, request=request)
    assert (again.repeated, again.answer) == (True, first.answer)
    (link,) = load(db, home_of(db, one), "case").related
    with pytest.raises(CaseHasMoved):
        _end(db, world, one, link, revision=seen)
    with pytest.raises(InvalidForm):
        _end(db, world, one, link, reason=" ")
    with pytest.raises(NotFound):
        _end(db, world, one, home_of(db, one))


def test_who_works_on_one_case_links_it_to_one_that_another_officer_owns(world: World, db: Connection) -> None:
    mine, theirs = world.new_case(db), world.new_case(db)
    world.fire(db, "officer", mine, "take")
    world.fire(db, "other_officer", theirs, "take")
    link = _link(db, world, mine, theirs, "parent")
    for number in (mine, theirs):
        assert verify_case(db, home_of(db, number)) == []
    # From there it is ended by whoever works there.
    with pytest.raises(NotAllowed):
        _end(db, world, theirs, link)
    _end(db, world, theirs, link, by="other_officer")
    for number in (mine, theirs):
        assert verify_case(db, home_of(db, number)) == []


def test_a_line_of_parents_never_closes_and_stays_short(world: World, db: Connection) -> None:
    cases = [world.new_case(db) for _ in range(6)]
    for child, parent in zip(cases, cases[1:5], strict=False):
        _link(db, world, child, parent, "parent")
    with pytest.raises(InvalidForm, match="above itself"):
        _link(db, world, cases[0], cases[4], "child")
    with pytest.raises(InvalidForm, match="linked with it already"):
        _link(db, world, cases[0], cases[1], "duplicate")
    with pytest.raises(InvalidForm, match="more than 5"):
        _link(db, world, cases[5], cases[4], "child")
    with pytest.raises(InvalidForm, match="more than 5"):
        _link(db, world, cases[5], cases[0], "parent")
    with pytest.raises(InvalidForm, match="itself"):
        _link(db, world, cases[5], cases[5])


def test_who_has_no_part_in_it_links_nothing(world: World, db: Connection) -> None:
    one, other = world.new_case(db), world.new_case(db)
    with pytest.raises(InvalidForm, match="no case"):
        _link(db, world, one, "BJ-2000-0001")
    for who, refused in (("auditor", NotAllowed), ("compliance", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refused):
            link_cases(db, world.actor(db, who), one, other=other, kind="related", revision=None, request=new_request())
    declare_interest(db, world.actor(db, "officer"), other, nature="A share.", request=new_request())
    with pytest.raises(NotAllowed):
        _link(db, world, one, other)


def test_who_reads_one_case_alone_is_told_of_none(world: World, db: Connection) -> None:
    one, other = world.new_case(db), world.new_case(db)
    _link(db, world, one, other)
    break_glass(db, world.actor(db, "administrator"), one, reason="A search for a lost file.", request=new_request())
    reader = world.actor(db, "administrator")
    case = find_case(db, reader, one)[0]
    with pytest.raises(NotFound):
        list_case_links(db, reader, one)
    assert not {event.kind for event in list_events(db, reader, case).items} & set(LINKINGS)
    assert not {event.kind for event in last_events(db, reader, case)} & set(LINKINGS)
    told = read_history(db, reader, one)
    assert other not in repr(told)
    assert other in repr(read_history(db, world.actor(db, "auditor"), one))


def test_the_files_of_both_cases_are_whole_and_tell_no_more_than_the_number(
    world: World, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        one, other = world.new_case(db), world.new_case(db)
        link = _link(db, world, one, other, "parent")
        store, auditor = document_store_of(engine, settings), world.actor(db, "auditor")
        files = []
        for number in (one, other):
            made = make_case_file(db, auditor, store, number, "/cases/x/file")
            files.append(tmp_path / f"{number}.zip")
            files[-1].write_bytes(b"".join(made.pieces()))
            assert judged(Forgery(files[-1])) == []
        title = load(db, home_of(db, other), "case").title
        with zipfile.ZipFile(files[0]) as archive:
            assert not any(str(title).encode() in archive.read(name) for name in archive.namelist())
        _end(db, world, one, link)
    forgeries: tuple[tuple[Callable[[Json], object], str], ...] = (
        (lambda row: row["effects"]["related"].update(kind="friend"), "case_link_other"),
        (lambda row: row["effects"]["related"].update(number="BJ-2026-9999"), "case_link_other"),
        (lambda row: row["header"].update(role="compliance"), "role_not_for_it"),
        (lambda row: row["effects"].update(related_ended=row["effects"]["related"]), "effect_of_none"),
    )
    for change, code in forgeries:
        forgery = Forgery(files[0])
        row = next(row for row in forgery.rows if row["header"]["kind"] == "cases_linked")
        change(row)
        forgery.rechain()
        assert (code, row["seq"]) in judged(forgery), code
