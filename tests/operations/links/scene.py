"""A case whose parties are to consent, and links for that."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done
from casework.operations.links.answers import open_link
from casework.operations.links.mail import link_purpose
from casework.operations.links.service import Wanted, give_link
from casework.records.database import transaction
from tests.support.way_to_referral import complete
from tests.support.world import World, new_request

SECRET_BOX = SecretBox(["a secret key for tests, and long enough"])
ADDRESS = "192.0.2.7"
CONSENT = {"agreed": True, "sheet": True}


def to_consent(world: World, db: Connection) -> str:
    """A case at the step of consent; gives its number."""
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    done = {"need_complete": True, "technology_complete": True, "duplicate_checked": True, "rationale_fits": True}
    complete(world, db, "officer", number, "triage_check", data=done | {"interest": "none"})
    world.fire(db, "officer", number, "pass_triage")
    return number


def task_of_consent(db: Connection, number: str, party: str = "need_owner") -> str:
    """The open task to record a party's consent."""
    return str(
        db.execute(
            text(
                "SELECT t.id FROM tasks t JOIN cases c ON c.id = t.log_id WHERE c.number = :number AND t.name = 'record_consent'"
                " AND t.about = :party AND t.closed_at IS NULL"
            ),
            {"number": number, "party": party},
        ).scalar_one()
    )


def give(
    engine: Engine,
    world: World,
    task: str,
    party: str = "need_owner",
    by: str = "officer",
    *,
    code: bool = False,
    address: str = "",
    documents: tuple[str, ...] = (),
    providers: tuple[str, ...] = (),
    days: int = 14,
) -> Done:
    """Give a link, as an officer does."""
    wanted = Wanted(party, days, "zh-Hans", documents, providers, code, address, "Zhang Wei")
    with transaction(engine) as db:
        return give_link(db, world.actor(db, by), SECRET_BOX, task, wanted, request=new_request())


def secret_of(done: Done) -> str:
    """What opens the link that was given."""
    return SECRET_BOX.secrets_of(link_purpose(done.answer["id"]))[0]


def opened(engine: Engine, token: str, code: str | None = None) -> str:
    """Open a link in a browser; gives what that browser keeps."""
    with transaction(engine) as db:
        secret = open_link(db, token, code, ADDRESS)
    assert secret is not None
    return secret
