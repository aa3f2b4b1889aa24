"""Checkpoints by webhook: who asks for it is told, by a real receiver, once an hour, what everybody may read."""

from __future__ import annotations

import json
import threading
import time

import pytest
from sqlalchemy import Engine

from casework.ledger.signed_notes import open_checkpoint
from casework.operations.integrations import webhooks
from casework.operations.integrations.checkpoint_hooks import any_due, queue_checkpoints
from casework.operations.verification.service import verify_all
from casework.records import log_keys
from casework.records.database import connect_engine, transaction
from tests.jobs import test_webhooks
from tests.jobs.test_webhooks import Site, verify
from tests.support.published import sign_and_publish
from tests.support.world import new_request

site = test_webhooks.site


def into_an_hour() -> int:
    """So many seconds ahead it is the middle of an hour."""
    return 3600 + 1800 - int(time.time()) % 3600


@pytest.fixture
def published(site: Site, superuser_engine: Engine) -> Site:
    """The same with a second endpoint, which is told checkpoints, and a log that is published."""
    sign_and_publish(site.engine, superuser_engine, site.settings)
    made = site.create(f"{site.box.url}/log", checkpoints=True)
    site.endpoint, site.secret = made["id"], made["secret"]
    return site


def test_who_asks_for_it_is_told_the_published_checkpoint_signed_and_whole(published: Site) -> None:
    published.run()
    (got,) = published.box.got
    told = json.loads(got.body)
    assert (got.path.endswith("/log"), verify(got, published.secret), told["type"]) == (True, True, "log.checkpoint")
    assert set(told) == {"type", "timestamp", "data"}
    said = open_checkpoint(told["data"]["checkpoint"], log_keys.public_keys(published.settings))
    assert told["data"] == {"size": said.size, "checkpoint": told["data"]["checkpoint"]}
    assert published.states() == ["delivered"]


def test_of_an_hour_one_message_goes_whoever_looks(published: Site) -> None:
    for hour in (0, 0, 1, 1, 2):
        published.run(into_an_hour() + hour * 3600)
    assert len(published.box.got) == 3


def test_what_two_workers_queue_at_once_is_one_message(published: Site) -> None:
    engine = connect_engine(published.settings.model_copy(update={"clock_offset": into_an_hour()}))
    with transaction(engine) as db:
        assert any_due(db)
    others = [threading.Thread(target=queue_checkpoints, args=[engine]) for _ in range(4)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert published.states() == ["queued"]
    with transaction(engine) as db:
        assert not any_due(db)
    engine.dispose()


def test_an_endpoint_that_has_ended_is_told_no_checkpoint(published: Site) -> None:
    published.lead(webhooks.end_endpoint, published.endpoint, new_request())
    published.run()
    assert published.box.got == []


def test_before_anything_is_published_nothing_is_told(site: Site) -> None:
    site.create(f"{site.box.url}/log", checkpoints=True)
    with transaction(site.engine) as db:
        assert not any_due(db)
    site.run()
    assert site.box.got == []


def test_a_message_of_a_checkpoint_is_no_fault_of_the_history(published: Site) -> None:
    published.run()
    assert list(verify_all(published.engine)) == []
