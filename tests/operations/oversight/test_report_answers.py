"""What programs are told of stage reports, and who is given the file by which one is counted again."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from sqlalchemy import Engine, text

from casework.errors import NotAllowed, NotFound, Refused
from casework.operations.oversight import report_answers
from casework.operations.oversight.report_answers import (
    find_report,
    take_content,
    take_report_file,
    tell_report,
    tell_reports,
    verify_report,
)
from casework.records.database import transaction
from tests.operations.oversight.test_reports import actor, frozen, published
from tests.support.world import World


@pytest.fixture
def report(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        world.open_case(db)
    return str(frozen(engine, world)["id"])


def test_a_report_is_told_as_it_was_frozen(engine: Engine, world: World, report: str) -> None:
    with transaction(engine) as db:
        auditor = world.actor(db, "auditor")
        told = tell_report(db, auditor, report)
        content = json.loads(b"".join(take_content(db, auditor, report).content.pieces()))
    assert told["inside"] == content["inside"]["figures"]
    assert told["outside"]["figures"] == content["outside"]["figures"]
    assert (told["number"], told["state"], told["as_of"]) == (1, "draft", content["inside"]["as_of"]["at"])


def test_the_digest_is_of_the_bytes_that_are_taken_out(engine: Engine, world: World, report: str) -> None:
    with transaction(engine) as db:
        auditor = world.actor(db, "auditor")
        taken = b"".join(take_content(db, auditor, report).content.pieces())
        assert sha256(taken).hexdigest() == tell_report(db, auditor, report)["digest"]


def test_the_list_says_how_far_each_has_come(engine: Engine, world: World) -> None:
    published(engine, world)
    frozen(engine, world)
    with transaction(engine) as db:
        told = tell_reports(db, world.actor(db, "manager"), None)
    assert [(one["number"], one["state"]) for one in told["items"]] == [(2, "draft"), (1, "published")]
    assert [step["kind"] for step in told["items"][1]["steps"]][-1] == "report_published"


def test_a_report_that_nobody_changed_holds(engine: Engine, world: World, report: str) -> None:
    with transaction(engine) as db:
        verify = verify_report(db, world.actor(db, "supervisor"), report)
    verdict = verify()
    assert (verdict["holds"], verdict["faults"], verdict["left"]) == (True, [], ["mediations"])


def test_a_report_that_was_changed_behind_our_back_does_not_hold(
    engine: Engine, superuser_engine: Engine, world: World, report: str
) -> None:
    changed = text(
        "UPDATE reports SET content = convert_to(replace(convert_from(content, 'UTF8'), '\"funnel\"', '\"funnels\"'), 'UTF8')"
    )
    with superuser_engine.begin() as db:
        db.execute(text("SET session_replication_role = replica"))
        db.execute(changed)
    with transaction(engine) as db:
        verify = verify_report(db, world.actor(db, "auditor"), report)
    assert not verify()["holds"]


@pytest.mark.parametrize("take", [take_content, take_report_file, verify_report])
def test_whoever_reads_no_closed_needs_is_given_no_file(
    engine: Engine, world: World, report: str, take: object
) -> None:
    manager = actor(engine, world, "manager")
    assert callable(take)
    with transaction(engine) as db, pytest.raises(NotAllowed):
        take(db, manager, report)


@pytest.mark.parametrize("take", [take_report_file, verify_report])
def test_whoever_declared_an_interest_in_a_case_is_not_given_what_happened_there(
    engine: Engine, owner_engine: Engine, world: World, report: str, take: object
) -> None:
    with owner_engine.begin() as db:
        db.execute(text("UPDATE cases SET interests = ARRAY[:who]"), {"who": world.people["supervisor"]})
    supervisor = actor(engine, world, "supervisor")
    assert callable(take)
    with transaction(engine) as db, pytest.raises(NotAllowed) as refused:
        take(db, supervisor, report)
    assert "declared an interest" in str(refused.value)


def test_a_report_of_too_many_events_is_left_to_the_command(
    engine: Engine, world: World, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_answers, "MOST", 3)
    with transaction(engine) as db, pytest.raises(Refused):
        take_report_file(db, world.actor(db, "auditor"), report)


@pytest.mark.parametrize("who", ["officer", "observer", "provider", "administrator", "foreign_officer"])
def test_to_others_no_report_is_there(engine: Engine, world: World, report: str, who: str) -> None:
    stranger = actor(engine, world, who)
    with transaction(engine) as db:
        for take in (find_report, tell_report, take_report_file, verify_report):
            with pytest.raises(NotFound):
                take(db, stranger, report)
        with pytest.raises(NotFound):
            tell_reports(db, stranger, None)
