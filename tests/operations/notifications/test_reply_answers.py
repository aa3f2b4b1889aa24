"""What is mailed back says what happened and tells nothing of a case; once for each message, and not without end."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.jobs.mail_content import write_mail
from casework.operations.core.notice_words import REPLY_SAYS
from casework.operations.notifications.reply_answers import (
    CLOSED,
    EMPTY,
    FILES,
    MOST,
    REPLY,
    answer_reply,
    write_reply_mail,
)
from casework.settings import Settings
from tests.support.world import World

NOTIFICATION = "0198c0de-0000-7000-8000-000000000001"


def mails(db: Connection) -> list[str]:
    return list(
        db.execute(text("SELECT id::text FROM mails WHERE kind = :kind ORDER BY id"), {"kind": REPLY}).scalars()
    )


def test_a_message_is_answered_once_and_a_person_so_often(db: Connection, world: World) -> None:
    for why in (CLOSED, EMPTY, CLOSED):
        answer_reply(db, world.people["provider"], "a" * 64, why, NOTIFICATION)
    assert len(mails(db)) == 1
    for n in range(MOST + 3):
        answer_reply(db, world.people["provider"], f"{n:064}", CLOSED, NOTIFICATION)
    answer_reply(db, world.people["officer"], "b" * 64, CLOSED, NOTIFICATION)
    assert len(mails(db)) == MOST + 1


@pytest.mark.parametrize("why", sorted(REPLY_SAYS))
def test_it_says_what_to_do_in_the_readers_language(db: Connection, world: World, settings: Settings, why: str) -> None:
    answer_reply(db, world.people["provider"], "a" * 64, why, NOTIFICATION)
    (mail,) = mails(db)
    given = {"base_url": "https://casework.example", "smtp_sender": "casework@casework.example"}
    for language, subject in (("en", "without its files" if why == FILES else "not taken"), ("zh-Hans", "回复")):
        db.execute(
            text("UPDATE people SET language = :language WHERE id = CAST(:id AS uuid)"),
            {"language": language, "id": world.people["provider"]},
        )
        told = write_reply_mail(db, mail)
        assert told is not None
        message = write_mail(told, settings.model_copy(update=given))
        body = message.get_body(("plain",))
        assert body is not None
        assert subject in str(message["Subject"])
        assert (REPLY_SAYS[why] in body.get_content()) is (language == "en")
        assert f"https://casework.example/notifications/{NOTIFICATION}" in body.get_content()
        assert message["Reply-To"] is None
        assert message["Auto-Submitted"] == "auto-generated"
