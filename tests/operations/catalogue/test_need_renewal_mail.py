"""An enterprise is asked by mail whether its need still holds, by a real mail server, in its language, and once more near the end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.need_renewal_links import withdraw_need
from casework.operations.catalogue.need_renewal_mail import RENEWAL
from casework.operations.catalogue.need_renewals import ask_due, list_renewals
from casework.operations.catalogue.need_statements import ask_back
from casework.operations.documents.key_material import secret_box_of
from casework.operations.links.office_links import open_link
from casework.records.database import transaction
from tests.operations.catalogue.test_need_renewals import answer, on_record, today
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.world import new_request

ADDRESS = "zhou@campus.example"
#: Of a need that expires in twenty days, a day after the week before it has begun.
NEAR = timedelta(days=15).total_seconds()


def asked(office: Office, language: str) -> str:
    """A need expires in twenty days, and the clock asks whoever stated it; gives what the mail says."""
    with transaction(office.engine) as db:
        officer = office.world.actor(db, "officer")
        need = on_record(db, office.world, address=ADDRESS, language=language)
        last = (today(db, office.world) + timedelta(days=20)).isoformat()
        fields = {"valid_until": last}
        correct_record(db, officer, "need", need, fields=fields, source=None, reason="So.", request=new_request())
    office.run()
    assert ask_due(office.engine, office.world.programmes["BJ"], secret_box_of(office.settings)) == 1
    office.run()
    return text_of(office.box.to(ADDRESS)[-1])


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ("Does your technology need still hold?", "It is in use until", "If you do nothing")),
        ("zh-Hans", ("您的技术需求是否仍然有效？", "该需求使用至", "如不答复")),
    ],
)
@pytest.mark.parametrize("does", ["nothing", "holds", "withdraws"])
def test_it_is_asked_and_once_more_near_the_end(
    office: Office, language: str, says: tuple[str, ...], does: str
) -> None:
    words = asked(office, language)
    assert [one for one in says if one not in words] == []
    assert "利用余热供热" not in words
    secret = re.search(r"/renew-need#([\w-]{43})", words)
    assert secret is not None
    before = len(office.box.to(ADDRESS))
    if does != "nothing":
        with transaction(office.engine) as db:
            opened = open_link(db, RENEWAL, secret[1])
            if does == "holds":
                answer(db, secret[1], opened)
            else:
                withdraw_need(db, secret[1], opened, reason="So.", by="周敏")
    office.run(NEAR)
    # That it holds on is said once; who has withdrawn it is written to no more; who did nothing is asked once more.
    later = [str(one["Subject"]) for one in office.box.to(ADDRESS)[before:]]
    assert len(later) == (0 if does == "withdraws" else 1)
    assert [says[0] in one for one in later] == {"nothing": [True], "holds": [False], "withdraws": []}[does]


def test_a_question_is_mailed_with_the_same_link(office: Office) -> None:
    secret = re.search(r"/renew-need#([\w-]{43})", asked(office, "zh-Hans"))
    assert secret is not None
    with transaction(office.engine) as db:
        answer(db, secret[1], open_link(db, RENEWAL, secret[1]), title="利用余热制冷")
        officer, need = office.world.actor(db, "officer"), None
        need = db.exec_driver_sql(
            "SELECT renews_id::text FROM need_statements WHERE renews_id IS NOT NULL"
        ).scalar_one()
        (one,) = list_renewals(db, officer, need)
        ask_back(db, officer, one.id, question="多少兆瓦？", request=new_request())
    office.run()
    words = text_of(office.box.to(ADDRESS)[-1])
    assert "多少兆瓦？" in words
    assert secret[1] in words
