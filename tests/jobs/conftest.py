"""What the tests of mails share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from casework.settings import Settings
from tests.jobs.mailbox import mail_server, mailing
from tests.jobs.office import Office
from tests.support.world import build_world


@pytest.fixture
def office(settings: Settings, engine: Engine) -> Iterator[Office]:
    with transaction(engine) as db:
        world = build_world(db)
    with mail_server() as box:
        yield Office(engine, world, box, mailing(settings, box.port))
