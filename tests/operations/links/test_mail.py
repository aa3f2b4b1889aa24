"""A link that is mailed, by a real mail server: in the party's language, without the code, and not once it is over."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done
from casework.operations.documents.key_material import secret_box_of
from casework.operations.links.answers import state_of
from casework.operations.links.service import Wanted, give_link, revoke_link
from casework.operations.people.letterheads import set_letterhead
from casework.records.database import transaction
from tests.operations.links.scene import task_of_consent, to_consent
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.world import new_request

ADDRESS = "zhang@boiler.example"


def ask(office: Office, language: str = "en") -> Done:
    box: SecretBox = secret_box_of(office.settings)
    with transaction(office.engine) as db:
        task = task_of_consent(db, to_consent(office.world, db))
        wanted = Wanted("need_owner", 14, language, address=ADDRESS)
        return give_link(db, office.world.actor(db, "officer"), box, task, wanted, request=new_request())


@pytest.mark.parametrize(("language", "said"), [("en", "Do you agree that the office"), ("zh-Hans", "您是否同意")])
def test_it_asks_in_the_partys_language_and_opens_the_link(office: Office, language: str, said: str) -> None:
    done = ask(office, language)
    office.run()
    (mail,) = office.box.to(ADDRESS)
    words = text_of(mail)
    secret = re.search(r"/answer#([\w-]{43})", words)
    assert secret is not None
    assert said in words
    assert done.answer["code"] not in words
    with transaction(office.engine) as db:
        assert state_of(db, secret[1])[:2] == ("open", language)


@pytest.mark.parametrize(
    ("language", "named", "asks"),
    [
        ("en", {"office": "Green Office", "office_zh": "绿色办公室"}, "Green Office asks"),
        ("zh-Hans", {"office": "Green Office", "office_zh": "绿色办公室"}, "绿色办公室请"),
        # An office that is named in one language alone has that name in both, as in its letters.
        ("zh-Hans", {"office": "Green Office"}, "Green Office请"),
    ],
)
def test_the_office_of_the_letters_asks(office: Office, language: str, named: dict[str, str], asks: str) -> None:
    with transaction(office.engine) as db:
        supervisor, programme = office.world.actor(db, "supervisor"), office.world.programmes["BJ"]
        set_letterhead(db, supervisor, programme, fields=named, reason="It is called so.", request=new_request())
    ask(office, language)
    office.run()
    (mail,) = office.box.to(ADDRESS)
    assert text_of(mail).startswith(asks)


def test_what_was_withdrawn_is_not_sent(office: Office) -> None:
    done = ask(office)
    with transaction(office.engine) as db:
        revoke_link(db, office.world.actor(db, "officer"), done.answer["id"], request=new_request())
    office.run()
    assert office.box.to(ADDRESS) == []
    assert office.states()[-1] == "cancelled"


def test_whose_address_was_erased_gets_nothing(office: Office, superuser_engine: Engine) -> None:
    ask(office)
    with transaction(superuser_engine) as db:
        db.execute(text("UPDATE party_link_secrets SET address = NULL"))
    office.run()
    assert office.box.to(ADDRESS) == []


def test_a_party_that_has_not_answered_is_reminded_once_before_the_end(office: Office) -> None:
    ask(office)
    office.run()
    office.run(10 * 86_400)
    assert len(office.box.to(ADDRESS)) == 1
    office.run(11.5 * 86_400)
    first, again = office.box.to(ADDRESS)
    assert str(again["Subject"]) == f"Still open: {first['Subject']}"
    office.run(13 * 86_400)
    assert len(office.box.to(ADDRESS)) == 2


def test_whoever_has_answered_or_lost_the_link_is_not_reminded(office: Office) -> None:
    done = ask(office)
    office.run()
    with transaction(office.engine) as db:
        revoke_link(db, office.world.actor(db, "officer"), done.answer["id"], request=new_request())
    office.run(11.5 * 86_400)
    assert len(office.box.to(ADDRESS)) == 1
