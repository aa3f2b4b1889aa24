"""Closed cases whose parties are asked what came of it."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.catalogue.organisations import keep_row
from casework.operations.tasks.service import activate_task, complete_task
from tests.support.way_to_referral import complete
from tests.support.world import World, new_request, today

_CHECKED = {"need_complete": True, "technology_complete": True, "duplicate_checked": True, "rationale_fits": True}
_END = {"outcome": "no_agreement", "reason": "money/price"}
#: The questions of a case, in the order of their days.
_RUNGS = """
    SELECT t.id::text FROM tasks t JOIN cases c ON c.id = t.log_id
    WHERE c.number = :number AND t.name = 'follow_up' ORDER BY t.position
"""


def closed_case(world: World, db: Connection) -> tuple[str, list[str]]:
    """A case that ended without an agreement: its number, and the tasks by which its parties are asked later."""
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    complete(world, db, "officer", number, "triage_check", data=_CHECKED | {"interest": "none"})
    world.fire(db, "officer", number, "propose_close", _END | {"statements": "No money this year."})
    world.fire(db, "supervisor", number, "close", _END)
    return number, list(db.execute(text(_RUNGS), {"number": number}).scalars())


def ask_now(world: World, db: Connection, task: str) -> None:
    """The day of a question has come."""
    activate_task(db, world.actor(db, "officer"), task, new_request())


def record(world: World, db: Connection, task: str, running: str) -> None:
    """What a party said, or that it said nothing, is written down."""
    data = {"running": running, "told_on": today().isoformat()}
    if running != "no_answer":
        data |= {"told_by": "need_owner", "effect": "as_expected", "further_sites": "0"}
    complete_task(db, world.actor(db, "officer"), task, data=data, happened_on=None, request=new_request())


def add_contact(world: World, db: Connection, email: str = "zhang@boiler.example") -> None:
    """Somebody whom one writes to at the need owner."""
    officer, owner = world.actor(db, "officer"), world.organisations["need_owner"]
    fields = {"name": "Zhang Wei", "email": email, "language": "zh"}
    keep_row(db, officer, owner, "contacts", None, fields=fields, source="A call", request=new_request())


def later(db: Connection, days: int) -> None:
    """From here to the end of the transaction it is so many days later."""
    db.execute(text(f"SET LOCAL casework.clock_offset = '{days * 86_400}'"))
