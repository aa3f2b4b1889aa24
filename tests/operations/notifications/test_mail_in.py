"""An answer by mail is a message in its thread: done once, by who may write there now, and refused without telling anything."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.errors import AskedTooOften
from casework.operations.core.encryption import SecretBox
from casework.operations.core.notification_preferences import NOW, set_telling
from casework.operations.core.perform import home_of
from casework.operations.documents.key_material import secret_box_of
from casework.operations.messages.service import list_messages, send_message
from casework.operations.messages.threads import thread_of
from casework.operations.messages.views import Message
from casework.operations.notifications.incoming_mail import Incoming
from casework.operations.notifications.mail_in import (
    AGAIN,
    ANSWERED,
    DROPPED,
    MOST,
    NO_ADDRESS,
    NOT_YOURS,
    TAKEN,
    UNREADABLE,
    MailIn,
    any_came,
    is_theirs,
    refusal_of,
    take_mail,
)
from casework.operations.notifications.reply_answers import CLOSED, EMPTY, LONG, OVER
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.world import new_request

HOW = MailIn("reply@office.example", None, mailing=True)


@dataclass
class Answers:
    """An office that takes answers, with mails to the lab's person and to the officer that may be answered."""

    office: Office
    number: str
    referral: str
    mails: Mapping[str, Any]
    box: SecretBox

    @property
    def asked(self) -> Any:
        return self.mails["provider"]

    @property
    def engine(self) -> Engine:
        return self.office.engine

    def answer(
        self, words: str, *, to: str = "provider", by: str = "", id: str = "<a1@lab.example>", **heads: str
    ) -> bytes:
        """What a mail program makes of the mail that came to somebody."""
        asked, message = self.mails[to], EmailMessage()
        message["From"] = self.office.address(by or to)
        message["To"] = str(asked["Reply-To"])
        message["Message-ID"] = id
        message["In-Reply-To"] = str(asked["Message-ID"])
        for name, value in heads.items():
            message[name.replace("_", "-")] = value
        quoted = "".join(f"> {one}\n" for one in text_of(asked).splitlines())
        message.set_content(f"{words}\n\nOn Tuesday Casework wrote:\n{quoted}")
        return bytes(message)

    def take(self, raw: bytes, engine: Engine | None = None, **more: Any) -> str:
        return take_mail(engine or self.engine, self.box, HOW, raw, **more)

    def thread(self, by: str = "officer") -> list[Message]:
        with transaction(self.engine) as db:
            case = load(db, home_of(db, self.number), "case")
            actor = self.office.world.actor(db, by)
            return list(list_messages(db, actor, thread_of(actor, case, "shared", self.referral)).items)

    def mailed_back(self, by: str = "provider") -> list[str]:
        self.office.run()
        return [one for one in self.office.subjects(by) if "answer" in one.lower()]


@pytest.fixture
def answers(office: Office) -> Answers:
    office.settings = office.settings.model_copy(update={"reply_address": HOW.address})
    number, referral = office.referral()
    with transaction(office.engine) as db:
        for name in ("provider", "officer"):
            set_telling(db, office.world.actor(db, name), {"mention": NOW}, quiet=False)
        for by, tells in (("officer", "provider"), ("provider", "officer")):
            send_message(
                db,
                office.world.actor(db, by),
                load(db, home_of(db, number), "case"),
                audience="shared",
                referral=referral,
                words="When do you come?",
                mentions=[office.world.people[tells]],
                request=new_request(),
            )
    office.run()
    mails = {
        name: next(one for one in office.mails(name) if "mentioned" in text_of(one)) for name in ("provider", "officer")
    }
    return Answers(office, number, referral, mails, secret_box_of(office.settings))


def test_an_answer_is_a_message_of_that_person_once_however_often_it_comes(answers: Answers) -> None:
    assert str(answers.asked["Reply-To"]).startswith("reply+")
    assert "the office and the provider read it" in text_of(answers.asked)
    raw = answers.answer("On Monday, at nine.")
    became: list[str] = []
    engines = [connect_engine(answers.office.settings) for _ in range(4)]

    def storm(engine: Engine) -> None:
        became.extend(answers.take(raw, engine) for _ in range(50))

    threads = [threading.Thread(target=storm, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert sorted(became) == [AGAIN] * 199 + [TAKEN]
    said, _, asked = answers.thread()
    assert (said.words, said.by_mail, asked.by_mail) == ("On Monday, at nine.", True, False)
    assert said.author is not None
    assert said.author.id == answers.office.world.people["provider"]
    # It answers the message in which the person was mentioned.
    assert said.reply_to is not None
    assert said.reply_to.id == asked.id
    # The same message, changed on its way, is the same.
    assert answers.take(answers.answer("On Monday, at nine. -- scanned")) == AGAIN
    assert len(answers.thread()) == 3
    assert answers.mailed_back() == []
    with transaction(answers.engine) as db:
        assert any_came(db)
        assert verify_case(db, load(db, home_of(db, answers.number), "case").log) == []


@pytest.mark.long
def test_a_thousand_replays_do_nothing_twice(answers: Answers) -> None:
    raw = answers.answer("On Monday.")
    assert [answers.take(raw) for _ in range(1_000)] == [TAKEN] + [AGAIN] * 999
    assert len(answers.thread()) == 3


def test_who_may_not_write_there_does_not_by_mail_and_is_told_so_once(answers: Answers) -> None:
    # Not from the own address, from a program, of nobody, and unreadable: nobody is mailed.
    assert answers.take(answers.answer("Yes.", by="foreign_provider")) == NOT_YOURS
    assert answers.take(answers.answer("Yes.", Auto_Submitted="auto-replied")) == DROPPED
    assert answers.take(answers.answer("Yes."), sender="") == DROPPED
    assert answers.take(answers.answer("Yes."), to="reply+abc@office.example") == NO_ADDRESS
    assert answers.take(b"\xff") == NO_ADDRESS
    assert answers.take(b"a: " + b"x" * 100_000) == UNREADABLE
    assert answers.mailed_back() == []
    # No text of one's own, and then the referral ends.
    assert answers.take(answers.answer("", id="<e@x>")) == ANSWERED
    answers.office.fire(
        "officer", answers.number, "cancel", {"reason": "not_needed", "fees_settled": True}, track=answers.referral
    )
    for _ in range(3):
        assert answers.take(answers.answer("On Monday.")) == ANSWERED
    assert answers.mailed_back() == ["Your answer by mail was not taken"] * 2
    assert [one.by_mail for one in answers.thread()] == [False, False]
    told = [text_of(one) for one in answers.office.mails("provider") if "answer" in str(one["Subject"])]
    assert not [one for one in told if answers.number in one or "reply+" in one]
    # So it is when the role or the 30 days are over.
    later = connect_engine(answers.office.settings.model_copy(update={"clock_offset": 31 * 86_400}))
    assert answers.take(answers.answer("On Monday.", id="<l@x>"), later) == ANSWERED
    later.dispose()
    with transaction(answers.engine) as db:
        db.execute(
            text("UPDATE memberships SET ends_at = starts_at WHERE person_id = CAST(:id AS uuid)"),
            {"id": answers.office.world.people["provider"]},
        )
    assert answers.take(answers.answer("On Monday.", id="<r@x>")) == ANSWERED
    whys = text("SELECT split_part(key, ' ', 3) FROM mails WHERE kind = 'reply' ORDER BY id")
    with transaction(answers.engine) as db:
        assert db.execute(whys).scalars().all() == [EMPTY, CLOSED, OVER, CLOSED]
    # Who has left has no address any more.
    with transaction(answers.engine) as db:
        db.execute(
            text("UPDATE people SET active = false WHERE id = CAST(:id AS uuid)"),
            {"id": answers.office.world.people["provider"]},
        )
    assert answers.take(answers.answer("On Monday.")) == NO_ADDRESS


def test_files_are_left_out_and_that_is_said(answers: Answers) -> None:
    whole = message_from_bytes(answers.answer("As agreed, see the file."), policy=default)
    whole.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    assert [answers.take(bytes(whole)) for _ in range(2)] == [TAKEN, AGAIN]
    assert answers.thread()[0].words == "As agreed, see the file."
    assert answers.thread()[0].documents == []
    assert answers.mailed_back() == ["Your answer was taken without its files"]


def test_what_looks_internal_is_asked_about_on_the_page_and_too_many_wait(answers: Answers) -> None:
    with transaction(answers.engine) as db:
        db.execute(
            text(
                "INSERT INTO requests (actor_id, key, digest, status, answer)"
                " SELECT CAST(:id AS uuid), 'mail ' || n, '', 200, '{}' FROM generate_series(1, :most) n"
            ),
            {"id": answers.office.world.people["provider"], "most": MOST},
        )
    with pytest.raises(AskedTooOften):
        answers.take(answers.answer("On Monday."))
    assert answers.take(answers.answer("Ask @Nobody about it.", to="officer")) == ANSWERED
    assert answers.mailed_back("officer") == ["Your answer by mail was not taken"]
    assert len(answers.thread()) == 2


def test_a_mail_about_several_threads_cannot_be_answered(answers: Answers) -> None:
    office, supervisor = answers.office, answers.office.world.people["supervisor"]
    days, found = 10, []
    for places in (("internal",), ("internal", "shared"), ("shared", "shared")):
        with transaction(office.engine) as db:
            for audience in places:
                send_message(
                    db,
                    office.world.actor(db, "officer"),
                    load(db, home_of(db, answers.number), "case"),
                    audience=audience,
                    referral=answers.referral if audience == "shared" else None,
                    words={"internal": "They are slow.", "shared": "What is new?"}[audience],
                    mentions=[supervisor],
                    request=new_request(),
                )
        office.run(seconds_later=days * 86_400)
        days += 10
        office.run(seconds_later=days * 86_400)
        said = office.mails("supervisor")[-1]
        found.append((said["Reply-To"] is not None, "no provider does" in text_of(said)))
    assert found == [(True, True), (False, False), (True, False)]


@pytest.mark.parametrize(
    ("words", "over", "why"),
    [
        ("Yes.", False, None),
        ("Yes.", True, OVER),
        ("", False, EMPTY),
        ("x" * 10_000, False, None),
        ("x" * 10_001, False, LONG),
    ],
)
def test_why_a_mail_is_not_taken(words: str, over: bool, why: str | None) -> None:
    assert refusal_of(Incoming("a@x", (), "1", "", words, 0, ()), over=over) == why


@pytest.mark.parametrize(
    ("sender", "email", "said", "server", "theirs"),
    [
        ("a@x", "A@x", (), None, True),
        ("b@x", "a@x", (), None, False),
        ("", "", (), None, False),
        ("a@x", "a@x", (), "mx.x", False),
        ("a@x", "a@x", (("mx.x", " dmarc=pass"),), "mx.x", True),
        ("b@x", "a@x", (("mx.x", " dmarc=pass"),), "mx.x", False),
    ],
)
def test_whose_a_mail_is(
    sender: str, email: str, said: tuple[tuple[str, str], ...], server: str | None, theirs: bool
) -> None:
    assert is_theirs(Incoming(sender, (), "1", "", "Yes.", 0, said), email, server) is theirs
