"""A side is asked by mail, by a real mail server, and near the end once more where it has not answered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from casework.operations.documents.key_material import secret_box_of
from casework.operations.links.office_links import open_link
from casework.operations.matching import interest
from casework.operations.matching.interest import Asked
from casework.operations.matching.interest_links import Says, send_interest
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.shortlist import set_shortlisted
from casework.operations.people.letterheads import set_letterhead
from casework.records.database import transaction
from tests.operations.matching.test_interest import ADDRESS, shortlisted
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.world import new_request

NEAR = timedelta(days=11, hours=1).total_seconds()


def ask(office: Office, language: str, days: int = interest.DAYS) -> str:
    with transaction(office.engine) as db:
        match = shortlisted(db, office.world)
        question = Asked(
            side="need_owner", matches=[match], address=ADDRESS, language=language, message="请看。", days=days
        )
        actor = office.world.actor(db, "officer")
        interest.ask_side(db, actor, secret_box_of(office.settings), question, new_request())
        return match


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Is this of interest to you?"), ("zh-Hans", "请告知您是否感兴趣？")]
)
@pytest.mark.parametrize("answered", [True, False])
def test_the_link_is_mailed_and_again_before_it_ends(office: Office, language: str, says: str, answered: bool) -> None:
    match = ask(office, language)
    office.run()
    (mail,) = office.box.to(ADDRESS)
    assert says in str(mail["Subject"])
    assert "请看。" in text_of(mail)
    secret = re.search(r"/interest#([\w-]{43})", text_of(mail))
    assert secret is not None
    if answered:
        with transaction(office.engine) as db:
            send_interest(db, secret[1], open_link(db, INTEREST, secret[1]), {match: Says(says="yes")}, by="Zhou")
    office.run(NEAR)
    again = office.box.to(ADDRESS)[1:]
    assert [says in str(one["Subject"]) and secret[1] in text_of(one) for one in again] == ([] if answered else [True])


STILL = "Still open"


def test_a_short_link_is_asked_by_once_and_as_for_the_first_time(office: Office) -> None:
    ask(office, "en", days=2)
    office.run()
    office.run(timedelta(days=1, hours=23).total_seconds())
    (mail,) = office.box.to(ADDRESS)
    assert STILL not in str(mail["Subject"]) + text_of(mail)


def test_the_second_mail_says_that_it_is_still_open(office: Office) -> None:
    ask(office, "en")
    office.run()
    office.run(NEAR)
    assert [STILL in str(one["Subject"]) + text_of(one) for one in office.box.to(ADDRESS)] == [False, True]


def test_what_is_decided_by_then_is_not_asked_again(office: Office) -> None:
    match = ask(office, "en")
    office.run()
    with transaction(office.engine) as db:
        set_shortlisted(db, office.world.actor(db, "officer"), match, on=False, request=new_request())
    office.run(NEAR)
    assert len(office.box.to(ADDRESS)) == 1


@pytest.mark.parametrize(("language", "name"), [("en", "Green Office"), ("zh-Hans", "绿色办公室")])
def test_the_office_of_the_letters_asks(office: Office, language: str, name: str) -> None:
    with transaction(office.engine) as db:
        supervisor, programme = office.world.actor(db, "supervisor"), office.world.programmes["BJ"]
        named = {"office": "Green Office", "office_zh": "绿色办公室"}
        set_letterhead(db, supervisor, programme, fields=named, reason="It is called so.", request=new_request())
    ask(office, language)
    office.run()
    (mail,) = office.box.to(ADDRESS)
    assert text_of(mail).startswith(name)
