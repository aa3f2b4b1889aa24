"""An office whose mails go to a real mail server, and the jobs that send them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.jobs.dispatcher import _NOT_ON_THE_WAY, MOST
from casework.jobs.job_functions import tell
from casework.jobs.job_registry import Hands
from casework.jobs.mail_sender import send
from casework.operations.core import outbox
from casework.operations.notifications import mail_outbox
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.support.mailbox import Mailbox, mail_server, mailing
from tests.support.way_to_referral import to_referral
from tests.support.world import World, build_world


@dataclass
class Office:
    """A world with a mail server; `run` does what a worker's jobs do, here in this process."""

    engine: Engine
    world: World
    box: Mailbox
    settings: Settings

    def run(self, seconds_later: float = 0) -> None:
        """Tell what is untold and send what is due, by a database clock that is so much later."""
        later = self.settings.model_copy(update={"clock_offset": round(seconds_later)})
        engine = connect_engine(later)
        hands = Hands(engine, later)
        tell(hands)
        with transaction(engine) as db:
            due = outbox.list_due(
                db, mail_outbox.MAILS, but=_NOT_ON_THE_WAY.format(prefix="send", id="m.id"), most=MOST
            )
        for mail, _ in due:
            send(hands, mail)
        engine.dispose()

    def address(self, name: str) -> str:
        with transaction(self.engine) as db:
            address: str = db.execute(
                text("SELECT email FROM people WHERE id = CAST(:id AS uuid)"), {"id": self.world.people[name]}
            ).scalar_one()
        return address

    def mails(self, name: str) -> list[Any]:
        return self.box.to(self.address(name))

    def subjects(self, name: str) -> list[str]:
        return [str(one["Subject"]) for one in self.mails(name)]

    def states(self) -> list[str]:
        with transaction(self.engine) as db:
            return list(db.execute(text("SELECT state FROM mails ORDER BY made_at, id")).scalars())

    def referral(self) -> tuple[str, str]:
        """A case whose request to the lab was just sent."""
        with transaction(self.engine) as db:
            return to_referral(self.world, db)

    def fire(
        self, by: str, number: str, name: str, data: dict[str, Any] | None = None, *, track: str | None = None
    ) -> None:
        with transaction(self.engine) as db:
            self.world.fire(db, by, number, name, data, track=track)


@pytest.fixture
def office(settings: Settings, engine: Engine) -> Iterator[Office]:
    with transaction(engine) as db:
        world = build_world(db)
    with mail_server() as box:
        yield Office(engine, world, box, mailing(settings, box.port))
