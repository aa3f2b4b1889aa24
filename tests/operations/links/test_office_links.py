"""Links beside the cases: each opens one thing, in one browser at a time, and keeps nothing of its secret."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from casework.errors import InvalidForm, NotFound
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.core.encryption import SecretBox
from casework.operations.links import office_links
from casework.operations.links.mail import secret_again, token_hash
from casework.operations.matching.interest_mail import INTEREST
from casework.records.database import savepoint
from tests.operations.catalogue.test_need_statements import invited
from tests.support.world import World


def test_a_link_opens_one_thing_alone(world: World, db: Connection) -> None:
    id, _ = invited(db, world)
    for kind in (STATEMENT, INTEREST):
        with pytest.raises(IntegrityError), savepoint(db):
            office_links.give(db, SecretBox(["a" * 32]), kind, id, address=None, lasts=timedelta(days=1))


def test_the_secret_is_made_again_by_any_key_and_kept_by_none() -> None:
    old, new = "o" * 32, "n" * 32
    (secret,) = SecretBox([old]).secrets_of("x")
    assert secret_again(SecretBox([new, old]), "x", token_hash(secret)) == secret
    assert secret_again(SecretBox([new]), "x", token_hash(secret)) is None


def test_what_does_not_run_or_was_not_opened_here_is_nothing() -> None:
    for running, here in ((False, True), (True, False)):
        with pytest.raises(NotFound):
            office_links.insist_here(SimpleNamespace(running=running, here=here))


def test_as_many_letters_are_kept_in_any_script() -> None:
    assert office_links.kept({"f-x": ["热" * 90_000]})
    with pytest.raises(InvalidForm):
        office_links.kept({"f-x": ["x" * office_links.LARGEST]})


def test_a_mail_goes_only_where_there_is_an_address(world: World, db: Connection) -> None:
    count = text("SELECT count(*) FROM mails WHERE office_link_id = CAST(:id AS uuid) AND state = 'queued'")
    without, _ = invited(db, world)
    office_links.tell(db, STATEMENT, without)
    assert db.execute(count, {"id": without}).scalar_one() == 0
    mailed, _ = invited(db, world, address="zhou@campus.example")
    assert db.execute(count, {"id": mailed}).scalar_one() == 1
    office_links.cancel_mails(db, mailed)
    assert db.execute(count, {"id": mailed}).scalar_one() == 0
