"""Auditors are mailed at once when a witness has signed another tree."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from casework.jobs.mail_content import write_mail
from casework.ledger.signed_notes import key_from_seed, sign_note
from casework.operations.core.encryption import SecretBox
from casework.operations.notifications.alarm_mail import LOG_ALARM, AlarmMail
from casework.operations.notifications.mail_outbox import compose
from casework.operations.verification.witnesses import take_cosignature
from casework.records.database import transaction
from tests.support import witnessed
from tests.support.witnessed import ONE, Witnessed
from tests.support.world import new_request

log = witnessed.log
BOX = SecretBox(["a secret key of the tests, long enough"])


def alarm(log: Witnessed, *, mailing: bool = True) -> list[tuple[str, str]]:
    """One mail and whose it is, for each that is queued after a witness has signed a larger tree."""
    said = log.said
    larger = sign_note(replace(said, size=said.size + 5).text, [key_from_seed(said.origin, bytes(32))])
    for _ in range(2):
        log.do(take_cosignature, log.signed(note=larger), new_request(), mailing=mailing)
    with transaction(log.engine) as db:
        rows = db.execute(text("SELECT id::text, person_id::text FROM mails WHERE kind = :kind"), {"kind": LOG_ALARM})
        return [(row.id, row.person_id) for row in rows]


def test_each_auditor_is_mailed_once(log: Witnessed) -> None:
    ((_, person),) = alarm(log)
    assert person == log.world.people["auditor"]


def test_where_no_mail_is_sent_none_is_queued(log: Witnessed) -> None:
    assert alarm(log, mailing=False) == []


@pytest.mark.parametrize(("language", "words"), [("en", "and here there are fewer"), ("zh-Hans", "此处的叶少于此数")])
def test_it_says_which_witness_and_where_to_look(log: Witnessed, language: str, words: str) -> None:
    ((mail, _),) = alarm(log)
    with transaction(log.engine) as db:
        db.execute(
            text("UPDATE people SET language = :language WHERE id = CAST(:id AS uuid)"),
            {"language": language, "id": log.world.people["auditor"]},
        )
        told = compose(db, mail, BOX)
    assert isinstance(told, AlarmMail)
    settings = log.settings.model_copy(
        update={"base_url": "https://casework.example", "smtp_sender": "casework@casework.example"}
    )
    body = write_mail(told, settings).get_body(("plain",))
    assert body is not None
    content = body.get_content()
    assert ONE.name in content
    assert words in content
    assert "https://casework.example/checkpoints" in content
    assert "{" not in content


def test_whoever_is_no_auditor_any_more_is_told_nothing(log: Witnessed) -> None:
    ((mail, person),) = alarm(log)
    with log.superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("UPDATE memberships SET ends_at = now() WHERE person_id = CAST(:id AS uuid)"), {"id": person})
    with transaction(log.engine) as db:
        assert compose(db, mail, BOX) is None
