"""Who is told of a finding: whoever is to answer it, and the auditor whose finding was answered; never who did it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from casework.engine.analysis.notification_rules import FINDING
from casework.jobs.mail_content import write_mail
from casework.operations.audit.findings import ask_again
from casework.operations.core.encryption import SecretBox
from casework.operations.core.notification_preferences import DIGEST, set_telling
from casework.operations.notifications.finding_notices import find_about
from casework.operations.notifications.mail_outbox import Mail, compose
from casework.operations.notifications.queries import list_notifications
from casework.operations.notifications.service import tell_due
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.audit.test_finding_owners import assigned
from tests.operations.audit.test_findings import answered, raised
from tests.support.world import World, new_request


def told(world: World, engine: Engine, name: str) -> list[str | None]:
    with transaction(engine) as db:
        return [one.words for one in list_notifications(db, world.actor(db, name)).items if one.kind == FINDING]


@pytest.fixture
def finding(world: World, engine: Engine) -> str:
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
        return raised(world, db, number)


def test_the_owner_is_told_and_the_raiser_of_the_answer(world: World, engine: Engine, finding: str) -> None:
    with transaction(engine) as db:
        assigned(world, db, finding)
        answered(world, db, finding)
    tell_due(engine, mailing=True)
    assert told(world, engine, "officer") == ["assigned"]
    assert told(world, engine, "auditor") == ["answered"]
    assert told(world, engine, "supervisor") == []
    with transaction(engine) as db:
        kinds = list(db.execute(text("SELECT kind FROM mails WHERE kind = 'finding'")).scalars())
        ask_again(db, world.actor(db, "auditor"), finding, words="Which?", request=new_request())
    assert kinds == ["finding", "finding"]
    tell_due(engine, mailing=False)
    assert told(world, engine, "officer") == ["asked_again", "assigned"]


def test_a_mail_names_the_case_and_the_day_to_whom_may_still_read_the_finding(
    world: World, engine: Engine, settings: Settings, finding: str
) -> None:
    with transaction(engine) as db:
        assigned(world, db, finding)
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        mail = db.execute(text("SELECT id::text FROM mails WHERE kind = 'finding'")).scalar_one()
        row = db.execute(text("SELECT c.number, f.due_at FROM findings f JOIN cases c ON c.id = f.case_id")).one()
        composed = compose(db, mail, SecretBox(["k" * 32]))
        assert isinstance(composed, Mail)
        (item,) = composed.items
        assert (item.number, item.due_at) == (row.number, row.due_at)
        for language in ("en", "zh-Hans"):
            written = write_mail(replace(composed, language=language), settings)
            assert row.number in str(written["subject"])
            body = written.get_body(("plain",))
            assert body is not None
            assert str(row.due_at.year) in body.get_content()
        officer = world.actor(db, "officer")
        assert find_about(db, replace(officer, memberships=()), [finding]) == {}
        answered(world, db, finding)
        assert find_about(db, officer, [finding]) == {finding: (row.number, None)}


def test_nobody_is_told_of_what_they_did_themselves(world: World, engine: Engine, finding: str) -> None:
    with transaction(engine) as db:
        assigned(world, db, finding, "supervisor", by="supervisor")
    tell_due(engine, mailing=True)
    assert told(world, engine, "supervisor") == []


def test_one_is_told_in_the_digest_who_wants_it_so(world: World, engine: Engine, finding: str) -> None:
    with transaction(engine) as db:
        set_telling(db, world.actor(db, "officer"), {FINDING: DIGEST}, quiet=False)
        assigned(world, db, finding)
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        mails = db.execute(
            text("SELECT m.kind FROM notifications n JOIN mails m ON m.id = n.mail_id WHERE n.kind = 'finding'")
        )
        assert list(mails.scalars()) == ["digest"]
