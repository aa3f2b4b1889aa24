"""The mail of an invitation, by a real mail server: a link that alone opens nothing, in the reader's language."""

from __future__ import annotations

import re

from casework.operations.documents.key_material import secret_box_of
from casework.operations.people import invitations
from casework.operations.people.invitation_acceptance import insist_open
from casework.operations.people.invitations import Scope
from casework.records.database import transaction
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.world import new_request

ADDRESS = "new@example.org"


def invite(office: Office, language: str = "en") -> tuple[str, str]:
    """(The invitation, its code)."""
    with transaction(office.engine) as db:
        done = invitations.invite(
            db,
            office.world.actor(db, "provider_lead"),
            secret_box_of(office.settings),
            scope=Scope(organisation=office.world.organisations["lab"]),
            email=ADDRESS,
            name="New",
            roles=["provider"],
            language=language,
            request=new_request(),
        )
    return done.answer["id"], done.answer["code"]


def links(said: str) -> set[str]:
    return set(re.findall(r"https://casework\.example/invitation#([A-Za-z0-9_-]+)", said))


def test_it_brings_the_link_and_not_the_code(office: Office) -> None:
    _, code = invite(office)
    office.run()
    (mail,) = office.box.to(ADDRESS)
    said = text_of(mail)
    (link,) = links(said)
    with transaction(office.engine) as db:
        insist_open(db, link)
    assert "Haidian Assessment Lab" in said
    assert code not in said
    assert f"{code[:4]} {code[4:]}" not in said


def test_it_is_in_chinese_for_who_reads_chinese(office: Office) -> None:
    invite(office, "zh-Hans")
    office.run()
    (mail,) = office.box.to(ADDRESS)
    assert "邀请" in str(mail["Subject"])
    assert "验证码" in text_of(mail)


def test_sent_again_the_mail_before_does_not_go(office: Office) -> None:
    id, _ = invite(office)
    with transaction(office.engine) as db:
        invitations.invite_again(
            db, office.world.actor(db, "provider_lead"), secret_box_of(office.settings), id, new_request()
        )
    office.run()
    (mail,) = office.box.to(ADDRESS)
    with transaction(office.engine) as db:
        insist_open(db, next(iter(links(text_of(mail)))))


def test_of_what_was_withdrawn_no_mail_goes(office: Office) -> None:
    id, _ = invite(office)
    with transaction(office.engine) as db:
        invitations.revoke_invitation(db, office.world.actor(db, "provider_lead"), id, new_request())
    office.run()
    assert office.box.to(ADDRESS) == []
    assert office.states() == ["cancelled"]


def test_a_mail_that_goes_twice_brings_the_same_link(office: Office) -> None:
    invite(office)
    office.box.refusals.append(("DATA", "451 not now"))
    office.run()
    office.run(60)
    with transaction(office.engine) as db:
        one = invitations.list_invitations(db, office.world.actor(db, "provider_lead")).items[0]
    assert one.mail == "sent"
    with transaction(office.engine) as db:
        insist_open(db, next(iter(links(text_of(office.box.to(ADDRESS)[0])))))
