"""Mails of accounts, by a real mail server: the link that sets a password, and what was changed, whatever one chose."""

from __future__ import annotations

import re

from casework.operations.auth import password_change
from casework.operations.auth.account_log import CLOSED, PASSWORD_CHANGED, SESSIONS_ENDED, note_account
from casework.operations.documents.key_material import secret_box_of
from casework.records.database import transaction
from tests.support.mail_office import Office
from tests.support.mailbox import text_of


def test_the_link_of_a_mail_sets_the_password_once(office: Office) -> None:
    with transaction(office.engine) as db:
        password_change.ask_reset(db, secret_box_of(office.settings), "OFFICER@example.org")
    office.run()
    found = [one for one in office.mails("officer") if "password" in str(one["Subject"])]
    (mail,) = [one for one in found if "/password#" in text_of(one)]
    said = text_of(mail)
    link = re.search(r"https://casework\.example/password#([\w-]+)", said)
    assert link
    # For who has no scripts, the key of the link stands there once more.
    assert said.count(link[1]) >= 2
    with transaction(office.engine) as db:
        password_change.use_link(db, link[1], "seven lazy herons wade")
    # Sent again it would open nothing, so it does not go.
    with transaction(office.engine) as db:
        password_change.ask_reset(db, secret_box_of(office.settings), "officer@example.org")
        password_change.end_links(db, office.world.people["officer"])
    office.run()
    assert "cancelled" in office.states()


def test_everybody_is_told_of_changes_by_whom_and_closed_accounts_too(office: Office) -> None:
    person, administrator = office.world.people["officer"], office.world.people["administrator"]
    with transaction(office.engine) as db:
        note_account(db, person, PASSWORD_CHANGED, person)
        note_account(db, person, SESSIONS_ENDED, administrator)
        note_account(db, person, CLOSED, administrator)
    office.run()
    said = [text_of(one) for one in office.mails("officer")]
    (own,) = [one for one in said if "Your password was changed" in one]
    assert "By:" not in own
    assert "/password-reset" in own
    (ended,) = [one for one in said if "ended all your sessions" in one]
    assert "By: Administrator" in ended
    assert any("Your account was closed" in one for one in said)
    assert office.states().count("sent") == 3
