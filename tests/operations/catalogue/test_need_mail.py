"""What an enterprise is told of its need by mail, by a real mail server: in its language, with the link, as it stands by then."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from casework.operations.catalogue import need_statements
from casework.operations.catalogue.need_links import send_statement, show_statement_of
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.documents.key_material import secret_box_of
from casework.operations.links.office_links import open_link
from casework.operations.people.letterheads import set_letterhead
from casework.records.database import transaction
from tests.operations.catalogue.test_need_statements import SAID
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.world import new_request

ADDRESS = "zhou@campus.example"


def invite(office: Office, language: str) -> str:
    with transaction(office.engine) as db:
        done = need_statements.invite(
            db,
            office.world.actor(db, "officer"),
            secret_box_of(office.settings),
            programme=office.world.programmes["BJ"],
            organisation=office.world.organisations["need_owner"],
            address=ADDRESS,
            language=language,
            request=new_request(),
        )
    return str(done.answer["id"])


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", ("State your technology need", "A question about")), ("zh-Hans", ("填写技术需求", "关于您技术需求的问题"))],
)
def test_the_link_is_mailed_and_again_with_each_question(office: Office, language: str, says: tuple[str, str]) -> None:
    id = invite(office, language)
    office.run()
    (mail,) = office.box.to(ADDRESS)
    words = text_of(mail)
    secret = re.search(r"/state-need#([\w-]{43})", words)
    assert secret is not None
    assert says[0] in words
    with transaction(office.engine) as db:
        send_statement(db, secret[1], open_link(db, STATEMENT, secret[1]), SAID)
        need_statements.ask_back(
            db, office.world.actor(db, "officer"), id, question="多少兆瓦？", request=new_request()
        )
    office.run()
    # That it arrived was said by nobody any more: the question says it.
    (asked,) = [text_of(one) for one in office.box.to(ADDRESS)][1:]
    assert says[1] in asked
    assert "多少兆瓦？" in asked
    assert secret[1] in asked


def test_a_link_that_is_over_is_not_mailed(office: Office) -> None:
    invite(office, "en")
    with transaction(office.engine) as db:
        db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
        db.execute(text("UPDATE office_link_secrets SET until = casework_now()"))
    office.run()
    assert office.box.to(ADDRESS) == []
    assert office.states()[-1] == "cancelled"


@pytest.mark.parametrize(("language", "name"), [("en", "Green Office"), ("zh-Hans", "绿色办公室")])
def test_the_office_of_the_letters_asks(office: Office, language: str, name: str) -> None:
    with transaction(office.engine) as db:
        supervisor, programme = office.world.actor(db, "supervisor"), office.world.programmes["BJ"]
        named = {"office": "Green Office", "office_zh": "绿色办公室"}
        set_letterhead(db, supervisor, programme, fields=named, reason="It is called so.", request=new_request())
    invite(office, language)
    office.run()
    (mail,) = office.box.to(ADDRESS)
    secret = re.search(r"/state-need#([\w-]{43})", text_of(mail))
    assert secret is not None
    assert text_of(mail).startswith(name)
    with transaction(office.engine) as db:
        page = show_statement_of(db, secret[1], open_link(db, STATEMENT, secret[1]))
        assert (page.office.name, page.office.name_zh) == ("Green Office", "绿色办公室")
