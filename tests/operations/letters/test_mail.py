"""A letter to a party by a real mail server: attached as it was filed, to the address that was named."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine, text

from casework.errors import InvalidForm
from casework.operations.documents.key_material import document_store_of
from casework.operations.letters.service import Written
from casework.operations.notifications.mail_outbox import list_mails
from casework.records.database import transaction
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.way_to_referral import to_referral

ADDRESS = "director@steam.example"


def invite(office: Office, language: str = "en", address: str = ADDRESS) -> tuple[str, str]:
    """An invitation to the need owner of a new case: (number, the digest of its PDF)."""
    document_store = document_store_of(office.engine, office.settings)
    with transaction(office.engine) as db:
        number = office.world.new_case(db)
        office.world.fire(db, "officer", number, "take")
    done = office.world.send_letter(
        document_store, number, Written("invitation", "need_owner", language, address=address)
    )
    return number, done.answer["sha256"]


@pytest.mark.parametrize(("language", "said"), [("en", "is attached"), ("zh", "附件")])
def test_it_is_attached_as_it_was_filed(office: Office, language: str, said: str) -> None:
    number, digest = invite(office, language)
    office.run()
    (mail,) = office.box.to(ADDRESS)
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert hashlib.sha256(attached.get_content()).hexdigest() == digest
    assert str(mail["Subject"]).startswith(f"{number}: ")
    (body, _) = mail.iter_parts()
    assert isinstance(body, EmailMessage)
    assert said in text_of(body)


def test_it_goes_once(office: Office) -> None:
    invite(office)
    office.run()
    office.run()
    assert len(office.box.to(ADDRESS)) == 1


def test_whose_address_was_erased_gets_nothing(office: Office, superuser_engine: Engine) -> None:
    invite(office)
    with transaction(superuser_engine) as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("UPDATE events SET body = body - 'address' WHERE kind = 'letter_sent'"))
    office.run()
    assert office.box.to(ADDRESS) == []


def test_an_administrator_sees_that_it_went_and_neither_to_whom_nor_why(office: Office) -> None:
    invite(office)
    office.run()
    with transaction(office.engine) as db:
        told = [one for one in list_mails(db, office.world.actor(db, "administrator")).items if one.kind == "letter"]
    assert [(one.state, one.name, one.email) for one in told] == [("sent", "", "")]


@pytest.mark.parametrize("address", ["nobody", "a@b", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"])
def test_what_is_no_address_is_told(office: Office, address: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        invite(office, address=address)
    assert set(refused.value.fields) == {"address"}


def test_a_provider_is_reached_in_casework_alone(office: Office) -> None:
    with transaction(office.engine) as db:
        number, referral = to_referral(office.world, db)
    with pytest.raises(InvalidForm):
        office.world.send_letter(
            document_store_of(office.engine, office.settings),
            number,
            Written("referral", referral, "en", address=ADDRESS),
        )
