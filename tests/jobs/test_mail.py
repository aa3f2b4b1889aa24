"""Mails by a real mail server: who gets which, what stands in them, and what a difficult server changes."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from casework.jobs.job_functions import tell
from casework.jobs.job_registry import Hands
from casework.operations.cases.handing_over import hand_over
from casework.operations.core import outbox
from casework.operations.core.notification_preferences import set_telling
from casework.operations.deadlines.timers import fire_due_timers
from casework.operations.mediations.service import open_mediation
from casework.operations.notifications import mail_outbox
from casework.operations.notifications.queries import list_notifications, mark_all_read
from casework.operations.people import registry
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.mail_office import Office
from tests.support.mailbox import free_port, mail_server, mailing, text_of
from tests.support.way_to_referral import complete
from tests.support.world import new_request, today


def test_an_offer_is_said_at_once_to_those_who_take_it(office: Office) -> None:
    number, _ = office.referral()
    office.run()
    assert office.subjects("provider") == office.subjects("provider_lead") == [f"{number}: New offer"]
    assert office.subjects("foreign_provider") == []
    assert not [one for one in office.subjects("officer") if "offer" in one]


def test_a_mail_says_number_and_action_and_nothing_else(office: Office) -> None:
    number, _ = office.referral()
    office.run()
    (one,) = office.mails("provider")
    said = text_of(one)
    assert [part.get_content_type() for part in one.iter_parts()] == ["text/plain", "text/html"]
    assert number in said
    with transaction(office.engine) as db:
        secrets = db.execute(
            text(
                "SELECT title FROM cases UNION SELECT name FROM organisations UNION SELECT name FROM people"
                " UNION SELECT title FROM needs UNION SELECT title FROM technologies"
            )
        ).scalars()
        assert [secret for secret in secrets if secret and secret in str(one)] == []
    assert one["Auto-Submitted"] == "auto-generated"
    assert "https://casework.example/notifications/" in said


def test_a_reader_of_chinese_is_told_in_chinese_and_by_their_own_clock(office: Office) -> None:
    with transaction(office.engine) as db:
        db.execute(
            text("UPDATE people SET language = 'zh-Hans', zone = 'Europe/Berlin' WHERE id = CAST(:id AS uuid)"),
            {"id": office.world.people["supervisor"]},
        )
    with transaction(office.engine) as db:
        number = office.world.new_case(db)
        office.world.fire(db, "officer", number, "take")
    later = connect_engine(office.settings.model_copy(update={"clock_offset": 40 * 86_400}))
    assert fire_due_timers(later) > 0
    later.dispose()
    office.run(seconds_later=40 * 86_400)
    late = [one for one in office.mails("supervisor") if "逾期" in str(one["Subject"])]
    assert late
    assert "柏林时间" in text_of(late[0])
    assert "overdue" not in text_of(late[0])
    # Why it was due then, in the same words as on the page.
    assert "个工作日。" in text_of(late[0])
    assert "（周末）" in text_of(late[0]) or "(周末)" in text_of(late[0])


def test_a_mail_about_a_deadline_says_why_it_is_then(office: Office) -> None:
    with transaction(office.engine) as db:
        number = office.world.new_case(db)
        office.world.fire(db, "officer", number, "take")
    later = connect_engine(office.settings.model_copy(update={"clock_offset": 40 * 86_400}))
    fire_due_timers(later)
    later.dispose()
    office.run(seconds_later=40 * 86_400)
    late = text_of(next(one for one in office.mails("supervisor") if "overdue" in str(one["Subject"])))
    assert "working days after" in late
    assert "10 of 10 working days used" in late
    assert "(weekend)" in late.split("Not counted: ")[1].split("\n")[0]


def test_nobody_is_told_twice_and_the_same_mail_keeps_its_name(office: Office) -> None:
    office.referral()
    office.run()
    with transaction(office.engine) as db:
        # As if every event had been put into the outbox once more.
        db.execute(
            text("INSERT INTO outbox (log_id, seq) SELECT log_id, seq FROM events e JOIN cases c ON c.id = e.log_id")
        )
        db.execute(text("UPDATE mails SET state = 'queued' WHERE kind = 'offer'"))
    before = len(office.box.taken)
    office.run()
    offers = office.mails("provider")
    assert len(office.box.taken) == before + 2
    assert len({one["Message-ID"] for one in offers}) == 1
    with transaction(office.engine) as db:
        told = db.execute(
            text("SELECT count(*), count(DISTINCT (person_id, log_id, seq, kind, about)) FROM notifications")
        ).one()
    assert told[0] == told[1]


def test_what_is_withdrawn_before_it_goes_does_not_go(office: Office) -> None:
    number, referral = office.referral()
    tell(Hands(office.engine, office.settings))
    office.fire("officer", number, "cancel", {"reason": "not_needed", "fees_settled": True}, track=referral)
    office.run()
    assert office.subjects("provider") == [f"{number}: Cancelled"]
    assert "cancelled" in office.states()


def test_everything_else_waits_for_the_digest(office: Office) -> None:
    number, referral = office.referral()
    office.fire("provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    office.run()
    assert not [one for one in office.subjects("officer") if number in one]
    office.run(seconds_later=10 * 86_400)
    (digest,) = office.mails("officer")
    assert "things in Casework" in str(digest["Subject"])
    assert number in text_of(digest)
    office.run(seconds_later=11 * 86_400)
    assert len(office.mails("officer")) == 1


def test_a_digest_says_how_a_task_was_answered(office: Office) -> None:
    number, referral = office.referral()
    later = (today() + timedelta(days=50)).isoformat()
    with transaction(office.engine) as db:
        office.world.accept(db, number, referral)
        office.world.fire(db, "provider", number, "start", track=referral)
        asked = {"new_date": later, "reason": "The laboratory is closed."}
        office.world.fire(db, "provider", number, "ask_extension", asked, track=referral)
        complete(office.world, db, "officer", number, "decide_extension", data={"granted": False})
    office.run()
    office.run(seconds_later=10 * 86_400)
    digest = office.mails("provider")[-1]
    assert "refused more time" in text_of(digest)
    assert "The laboratory is closed" not in text_of(digest)


def test_what_has_been_read_is_not_mailed_any_more(office: Office) -> None:
    number, referral = office.referral()
    office.fire("provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    tell(Hands(office.engine, office.settings))
    with transaction(office.engine) as db:
        assert mark_all_read(db, office.world.actor(db, "officer")) > 0
    office.run(seconds_later=10 * 86_400)
    assert office.mails("officer") == []


def test_people_choose_how_they_are_told(office: Office) -> None:
    with transaction(office.engine) as db:
        set_telling(db, office.world.actor(db, "provider"), {"offer": "digest"}, quiet=False)
        set_telling(db, office.world.actor(db, "officer"), {"moved": "none", "task": "none"}, quiet=False)
    office.referral()
    office.run()
    assert office.mails("provider") == []
    assert len(office.mails("provider_lead")) == 1
    office.run(seconds_later=10 * 86_400)
    assert len(office.mails("provider")) == 1
    assert office.mails("officer") == []


def test_whoever_wants_quiet_is_mailed_when_work_begins_and_the_others_at_once(office: Office) -> None:
    with transaction(office.engine) as db:
        set_telling(db, office.world.actor(db, "provider"), {}, quiet=True)
        # A calendar whose working day has not begun yet, whenever the test runs.
        hour = db.execute(
            text("SELECT extract(hour FROM casework_now() AT TIME ZONE 'Asia/Shanghai' + interval '2 hours')::int")
        ).scalar_one()
        for row in db.execute(text("SELECT id, calendar FROM programmes")).all():
            days = dict.fromkeys(row.calendar["slots"], [[f"{hour:02d}:00", f"{hour:02d}:59"]])
            db.execute(
                text("UPDATE programmes SET calendar = CAST(:calendar AS jsonb) WHERE id = :id"),
                {"calendar": json.dumps(row.calendar | {"slots": days}), "id": row.id},
            )
    office.referral()
    office.run()
    assert office.mails("provider") == []
    assert len(office.mails("provider_lead")) == 1
    office.run(seconds_later=20 * 86_400)
    assert len(office.mails("provider")) == 1


def test_following_the_links_of_a_mail_changes_nothing(office: Office) -> None:
    office.referral()
    office.run()
    (one,) = office.mails("provider")
    paths = {
        found.removeprefix("https://casework.example")
        for found in re.findall(r"https://casework\.example[^\s\"<]*", text_of(one))
    }
    assert len(paths) >= 2
    app = create_app(office.settings)
    browser = app.test_client()
    before = _everything(office)
    for path in sorted(paths):
        # Whoever scans mails follows links without being anybody: they lead to the sign-in and no further.
        answer = browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in")
    assert _everything(office) == before
    app.extensions["casework"].dispose()


def _everything(office: Office) -> list[int]:
    """How many rows there are of what an action would leave, and what has been read."""
    tables = (
        "events",
        "requests",
        "sessions",
        "notifications WHERE read_at IS NOT NULL",
        "tasks WHERE holder_id IS NOT NULL",
    )
    with transaction(office.engine) as db:
        return [db.execute(text(f"SELECT count(*) FROM {one}")).scalar_one() for one in tables]


def test_whoever_is_gone_or_may_not_see_it_any_more_gets_nothing(office: Office) -> None:
    office.referral()
    tell(Hands(office.engine, office.settings))
    with transaction(office.engine) as db:
        db.execute(
            text("UPDATE people SET active = false WHERE id = CAST(:id AS uuid)"),
            {"id": office.world.people["provider"]},
        )
        db.execute(
            text("UPDATE memberships SET ends_at = starts_at WHERE person_id = CAST(:id AS uuid)"),
            {"id": office.world.people["provider_lead"]},
        )
    office.run()
    assert office.mails("provider") == office.mails("provider_lead") == []


# --- difficult servers -----------------------------------------------------------------------------------------------


def test_a_server_that_is_down_gets_everything_later(office: Office, settings: Settings) -> None:
    port = free_port()
    office.settings = mailing(settings, port)
    office.referral()
    for n in range(4):
        office.run(n)
    assert set(office.states()) == {"queued"}
    with mail_server(port) as box:
        office.box = box
        office.run(seconds_later=5)
    assert len(office.mails("provider")) == 1


@pytest.mark.parametrize("word", ["RCPT", "DATA"])
def test_not_now_is_tried_again_and_never_is_not(office: Office, word: str) -> None:
    number, _ = office.referral()
    office.box.refusals += [(word, "451 busy"), (word, "550 no such user")]
    office.run()
    assert sorted(office.states())[0] == "failed"
    office.run(seconds_later=5)
    assert len(office.box.taken) == 1
    assert str(office.box.taken[0]["Subject"]) == f"{number}: New offer"
    with transaction(office.engine) as db:
        log = mail_outbox.list_mails(db, office.world.actor(db, "administrator"), state="failed").items
        assert [one.tries[-1]["what"] for one in log] == ["550 no such user"]
        mail_outbox.resend_mail(db, office.world.actor(db, "administrator"), log[0].id, new_request())
    office.run(seconds_later=10)
    assert len(office.box.taken) == 2


def test_a_server_that_does_not_answer_is_left_alone_for_a_while(office: Office, settings: Settings) -> None:
    office.settings = mailing(settings, office.box.port, smtp_timeout_s=0.2)
    office.box.pause_s = 1
    office.referral()
    office.run()
    assert set(office.states()) == {"queued"}
    office.box.pause_s = 0
    office.run(seconds_later=5)
    assert len({one["Message-ID"] for one in office.mails("provider")}) == 1


def test_after_three_days_a_mail_is_given_up(office: Office, settings: Settings) -> None:
    office.referral()
    tell(Hands(office.engine, office.settings))
    office.box.refusals += [("RCPT", "451 busy")] * 2
    office.run(seconds_later=4 * 86_400)
    assert office.states().count("failed") == 2


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: everybody@example.org",
        "a@example.org\nSubject: other",
        "two@a.example, three@b.example",
        "no address",
        "",
        "<a@b.example> trailing",
        "a@b.example\x00",
    ],
)
def test_a_hostile_address_reaches_nobody(office: Office, address: str) -> None:
    office.referral()
    tell(Hands(office.engine, office.settings))
    with transaction(office.engine) as db:
        if "\x00" in address:
            address = address.replace("\x00", "\x01")
        db.execute(
            text("UPDATE people SET email = :address WHERE id = CAST(:id AS uuid)"),
            {"address": address, "id": office.world.people["provider"]},
        )
    office.run()
    assert len(office.mails("provider_lead")) == 1
    assert {str(one["To"]) for one in office.box.taken} == {office.address("provider_lead")}
    assert not [one for one in office.box.taken if one["Bcc"]]
    assert "failed" in office.states()


# --- who is told what ------------------------------------------------------------------------------------------------


def test_an_administrator_sees_that_a_mail_went_and_not_what_for(office: Office) -> None:
    number, _ = office.referral()
    office.run()
    with transaction(office.engine) as db:
        log = mail_outbox.list_mails(db, office.world.actor(db, "administrator"))
        assert log.items
        assert number not in str(log)


def test_a_sealed_mediation_is_told_to_those_named_for_it_and_says_nothing(office: Office) -> None:
    # Nor can one be answered, where answers are taken.
    office.settings = office.settings.model_copy(update={"reply_address": "reply@office.example"})
    with transaction(office.engine) as db:
        number = office.world.new_case(db)
        office.world.fire(db, "officer", number, "take")
        opened = open_mediation(db, office.world.actor(db, "dispute_officer"), number, new_request()).answer
        second = registry.register_person(db, email="second@example.org", name="Second")
        registry.grant_role(db, second, "dispute_officer", programme=office.world.programmes["BJ"])
    office.run()
    before = len(office.box.taken)
    later = connect_engine(office.settings.model_copy(update={"clock_offset": 40 * 86_400}))
    assert fire_due_timers(later) > 0
    later.dispose()
    office.run(seconds_later=40 * 86_400)
    with transaction(office.engine) as db:
        rows = db.execute(
            text("SELECT person_id, kind FROM notifications WHERE log_id = CAST(:id AS uuid)"), {"id": opened["id"]}
        ).all()
    assert {row.person_id for row in rows} == {office.world.people["dispute_officer"]}
    assert "overdue" in {row.kind for row in rows}
    sealed = [one for one in office.box.taken[before:] if str(one["Subject"]) == "Something needs your attention"]
    assert {str(one["To"]) for one in sealed} == {office.address("dispute_officer")}
    assert {one["Reply-To"] for one in sealed} == {None}
    said = "".join(str(one["Subject"]) + text_of(one) for one in sealed)
    assert not [word for word in (number, "mediat", "disput", "overdue", opened["id"]) if word in said.lower()]
    with transaction(office.engine) as db:
        log = mail_outbox.list_mails(db, office.world.actor(db, "administrator"), limit=100).items
    # Not even that there is a digest, for somebody who is told of nothing else.
    assert [one.kind for one in log if one.email == office.address("dispute_officer")] == []


def test_a_person_hands_over_and_the_next_owner_is_told(office: Office) -> None:
    with transaction(office.engine) as db:
        number = office.world.new_case(db)
        office.world.fire(db, "officer", number, "take")
        revision = db.execute(text("SELECT revision FROM cases WHERE number = :n"), {"n": number}).scalar_one()
        hand_over(
            db,
            office.world.actor(db, "officer"),
            number,
            owner=office.world.people["other_officer"],
            team=[],
            note="Yours now.",
            revision=revision,
            request=new_request(),
        )
    tell(Hands(office.engine, office.settings))
    with transaction(office.engine) as db:
        told = list_notifications(db, office.world.actor(db, "other_officer"), limit=100).items
    assert "ownership" in {one.kind for one in told if one.number == number}


# --- when --------------------------------------------------------------------------------------------------------------


def test_a_mail_that_may_have_come_before_says_so_and_keeps_its_name(office: Office) -> None:
    """A worker that dies after the server took a mail and before it has noted that."""
    office.referral()
    tell(Hands(office.engine, office.settings))
    with transaction(office.engine) as db:
        for mail, _ in outbox.list_due(db, mail_outbox.MAILS, but="true", most=10):
            assert not outbox.begin(db, mail_outbox.MAILS, mail)
    office.run()
    (mail,) = office.mails("provider")
    assert mail["X-Casework-Repeat"] == "maybe"
    with transaction(office.engine) as db:
        tries = db.execute(text("SELECT tries FROM mails WHERE state = 'sent' LIMIT 1")).scalar_one()
    assert [one["what"] for one in tries] == ["begun, and its end is not known", "taken by the mail server"]


def test_a_mail_that_goes_once_says_nothing_of_it(office: Office) -> None:
    office.referral()
    office.run()
    assert [one["X-Casework-Repeat"] for one in office.box.taken] == [None] * len(office.box.taken)
