"""A party is asked by mail for its consent to a story, and near the end once more where it has not answered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from casework.operations.documents.key_material import secret_box_of
from casework.records.database import transaction
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.stories import ADDRESS, asked, says, written

NEAR = timedelta(days=11, hours=1).total_seconds()


@pytest.mark.parametrize("answered", [True, False])
def test_the_link_is_mailed_and_again_before_it_ends(office: Office, answered: bool) -> None:
    with transaction(office.engine) as db:
        number = written(db, office.world)
        _, token = asked(db, office.world, number, "need_owner", secret_box_of(office.settings))
    office.run()
    (mail,) = office.box.to(ADDRESS)
    assert "请看。" in text_of(mail)
    secret = re.search(r"/story#([\w-]{43})", text_of(mail))
    assert secret is not None
    assert secret[1] == token
    # Of the story itself a mail tells nothing.
    assert "秸秆" not in text_of(mail)
    if answered:
        with transaction(office.engine) as db:
            says(db, token)
    office.run(NEAR)
    assert len(office.box.to(ADDRESS)[1:]) == (0 if answered else 1)
