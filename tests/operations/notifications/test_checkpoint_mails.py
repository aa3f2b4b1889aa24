"""Checkpoints by mail: who names addresses, that of each day one mail goes, and that what arrives is what was signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotFound, Refused
from casework.jobs.mail_content import write_mail
from casework.ledger.signed_notes import open_checkpoint
from casework.operations.documents.key_material import secret_box_of
from casework.operations.notifications import checkpoint_mails
from casework.operations.notifications.checkpoint_mails import (
    CheckpointMail,
    any_waiting,
    end_address,
    list_addresses,
    name_address,
    queue_checkpoints,
)
from casework.operations.notifications.mail_outbox import compose, list_mails
from casework.operations.notifications.mail_stops import CHECKPOINTS, insist_known, stop_by_link, stop_path
from casework.operations.people.registry import end_role
from casework.records import log_keys
from casework.records.database import transaction
from casework.records.tree_tiles import published_checkpoint
from casework.settings import Settings
from tests.operations.oversight.test_figure_mails import clock
from tests.support.published import sign_and_publish
from tests.support.world import World, new_request

OUTSIDE = "keeper@elsewhere.example"
Name = Callable[..., None]


@pytest.fixture
def name(engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> Name:
    """Name an address, in an installation whose log is published."""
    sign_and_publish(engine, superuser_engine, settings)

    def named(address: str = OUTSIDE, language: str = "en", by: str = "auditor") -> None:
        with transaction(engine) as db:
            name_address(db, world.actor(db, by), address, language, new_request())

    return named


def keys(engine: Engine) -> list[str]:
    """What mails with checkpoints were queued for, in order."""
    with transaction(engine) as db:
        return list(db.execute(text("SELECT key FROM mails WHERE kind = 'checkpoint' ORDER BY made_at, id")).scalars())


def composed(engine: Engine, settings: Settings) -> Any:
    with transaction(engine) as db:
        last = "SELECT id::text FROM mails WHERE kind = 'checkpoint' ORDER BY made_at DESC, id DESC LIMIT 1"
        return compose(db, db.execute(text(last)).scalar_one(), secret_box_of(settings))


def test_an_auditor_names_an_address_and_ends_it(engine: Engine, world: World, name: Name) -> None:
    name(f" {OUTSIDE.upper()} ", "zh-Hans")
    with transaction(engine) as db:
        auditor = world.actor(db, "auditor")
        (one,) = list_addresses(db, auditor)
        assert (one.address, one.language, one.told_for) == (OUTSIDE, "zh-Hans", None)
        end_address(db, auditor, OUTSIDE, new_request())
        # Once more is no fault.
        end_address(db, auditor, OUTSIDE, new_request())
        assert list_addresses(db, auditor) == []


@pytest.mark.parametrize("who", ["officer", "manager", "administrator", "provider_lead", "observer"])
def test_for_others_there_are_no_such_addresses(db: Connection, world: World, who: str) -> None:
    actor = world.actor(db, who)
    for ask in (
        lambda: list_addresses(db, actor),
        lambda: name_address(db, actor, OUTSIDE, "en", new_request()),
        lambda: end_address(db, actor, OUTSIDE, new_request()),
    ):
        with pytest.raises(NotFound):
            ask()


@pytest.mark.parametrize(("address", "language", "field"), [("nobody", "en", "email"), (OUTSIDE, "fr", "language")])
def test_what_is_no_address_or_no_language_of_ours_is_refused(
    name: Name, address: str, language: str, field: str
) -> None:
    with pytest.raises(InvalidForm) as refused:
        name(address, language)
    assert set(refused.value.fields) == {field}


def test_an_address_is_named_once(name: Name) -> None:
    name()
    with pytest.raises(Refused):
        name()


def test_there_are_only_so_many(name: Name, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint_mails, "MOST_ADDRESSES", 1)
    name()
    with pytest.raises(Refused):
        name("other@elsewhere.example")


# --- when -------------------------------------------------------------------------------------------------------------


def test_of_each_day_one_mail_goes_and_of_days_that_were_missed_the_last(
    engine: Engine, settings: Settings, name: Name
) -> None:
    name()
    for days, there in ((0, 1), (0, 1), (1.5, 2), (1.5, 2), (9, 3)):
        with clock(settings, days) as then:
            queue_checkpoints(then)
            assert len(keys(then)) == there, days


def test_after_a_look_there_is_nothing_to_look_at_until_the_next_morning(
    engine: Engine, settings: Settings, name: Name
) -> None:
    name()
    with transaction(engine) as db:
        assert any_waiting(db)
    assert queue_checkpoints(engine) == 1
    with transaction(engine) as db:
        assert not any_waiting(db)
        ahead = db.execute(text("SELECT look_at - casework_now() FROM checkpoint_mails")).scalar_one()
    assert timedelta() < ahead < timedelta(hours=33)


def test_two_workers_queue_one_mail(engine: Engine, settings: Settings, name: Name) -> None:
    name()
    with clock(settings, 0) as other, transaction(engine) as db:
        db.execute(text("SELECT 1 FROM checkpoint_mails FOR UPDATE")).all()
        # Who comes second does not wait.
        assert queue_checkpoints(other) == 0
    queue_checkpoints(engine)
    queue_checkpoints(engine)
    assert len(keys(engine)) == 1


def test_before_anything_is_published_nothing_goes_and_it_is_looked_again_soon(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        name_address(db, world.actor(db, "auditor"), OUTSIDE, "en", new_request())
    queue_checkpoints(engine)
    assert keys(engine) == []
    with transaction(engine) as db:
        soon = db.execute(text("SELECT look_at - casework_now() FROM checkpoint_mails")).scalar_one()
    assert soon <= timedelta(hours=1)


def test_one_that_cannot_be_looked_at_holds_up_no_other(
    engine: Engine, superuser_engine: Engine, name: Name, monkeypatch: pytest.MonkeyPatch
) -> None:
    name("a@elsewhere.example")
    name("b@elsewhere.example")
    with superuser_engine.begin() as db:
        db.execute(
            text(
                "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'spoilt'; END $$;"
                " CREATE TRIGGER spoil BEFORE UPDATE OF told_for ON checkpoint_mails FOR EACH ROW"
                " WHEN (NEW.address LIKE 'a@%') EXECUTE FUNCTION spoil()"
            )
        )
    assert queue_checkpoints(engine) == 2
    assert len(keys(engine)) == 1


def test_an_address_that_was_erased_ends(engine: Engine, name: Name) -> None:
    name()
    with transaction(engine) as db:
        db.execute(text("UPDATE checkpoint_mails SET address = '[erased]'"))
    queue_checkpoints(engine)
    assert keys(engine) == []
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM checkpoint_mails")).scalar_one() == 0


# --- what -------------------------------------------------------------------------------------------------------------


def test_what_arrives_holds_with_the_key_of_the_log(engine: Engine, settings: Settings, name: Name) -> None:
    name()
    queue_checkpoints(engine)
    mail = composed(engine, settings)
    assert isinstance(mail, CheckpointMail)
    assert mail.address == OUTSIDE
    message = write_mail(mail, settings)
    (attached,) = message.iter_attachments()
    note = attached.get_content().decode()
    with transaction(engine) as db:
        published = published_checkpoint(db)
    assert published is not None
    assert note == published.note
    assert attached.get_filename() == f"checkpoint-{published.size}.txt"
    assert open_checkpoint(note, log_keys.public_keys(settings)).size == published.size
    body = message.get_body(("plain",))
    assert body is not None
    told = body.get_content()
    assert published.note in told
    assert f"casework-verify {attached.get_filename()} " in told
    # The newest one that there is, also where no witness has signed any.
    assert re.search(r"/log/checkpoint$", told, re.MULTILINE)


def test_the_button_of_a_mail_program_stops_that_address_alone(engine: Engine, settings: Settings, name: Name) -> None:
    name("other@elsewhere.example")
    name()
    queue_checkpoints(engine)
    with transaction(engine) as db:
        of = "SELECT m.id::text FROM mails m JOIN checkpoint_mails c ON c.mail_id = m.id WHERE c.address = :address"
        mail = compose(db, db.execute(text(of), {"address": OUTSIDE}).scalar_one(), secret_box_of(settings))
    assert isinstance(mail, CheckpointMail)
    message = write_mail(mail, settings)
    path = stop_path(secret_box_of(settings), CHECKPOINTS, mail.subscription)
    assert message["List-Unsubscribe"].endswith(f"{path}>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    secret = path.rpartition("/")[2]
    assert insist_known(secret_box_of(settings), mail.subscription, secret) == CHECKPOINTS
    with transaction(engine) as db:
        stop_by_link(db, secret_box_of(settings), mail.subscription, secret)
        left = db.execute(text("SELECT address FROM checkpoint_mails")).scalars().all()
        # What waits of it is not sent any more.
        assert compose(db, mail.id, secret_box_of(settings)) is None
    assert left == ["other@elsewhere.example"]


def test_it_is_written_in_the_language_of_the_address(engine: Engine, settings: Settings, name: Name) -> None:
    name(language="zh-Hans")
    queue_checkpoints(engine)
    message = write_mail(composed(engine, settings), settings)
    assert message["Subject"].startswith("日志检查点")


def ends(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        end_address(db, world.actor(db, "auditor"), OUTSIDE, new_request())


def loses_the_role(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        of = "SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)"
        end_role(db, db.execute(text(of), {"person": world.people["auditor"]}).scalar_one())


@pytest.mark.parametrize("happens", [ends, loses_the_role])
def test_what_waits_is_not_sent_where_it_was_ended_meanwhile(
    engine: Engine, settings: Settings, world: World, name: Name, happens: Callable[[Engine, World], None]
) -> None:
    name()
    queue_checkpoints(engine)
    happens(engine, world)
    assert composed(engine, settings) is None
    with transaction(engine) as db:
        assert db.execute(text("SELECT state FROM mails WHERE kind = 'checkpoint'")).scalar_one() == "cancelled"


def test_a_mail_that_did_not_go_says_nothing_once_the_next_one_waits(
    engine: Engine, settings: Settings, name: Name
) -> None:
    name()
    queue_checkpoints(engine)
    with transaction(engine) as db:
        first = db.execute(text("SELECT id::text FROM mails WHERE kind = 'checkpoint'")).scalar_one()
    with clock(settings, 1.5) as later:
        queue_checkpoints(later)
        with transaction(later) as db:
            assert compose(db, first, secret_box_of(settings)) is None


def test_the_log_of_mails_says_to_which_address_it_went(engine: Engine, world: World, name: Name) -> None:
    name()
    queue_checkpoints(engine)
    with transaction(engine) as db:
        (row,) = [one for one in list_mails(db, world.actor(db, "administrator")).items if one.kind == "checkpoint"]
    assert row.email == OUTSIDE
