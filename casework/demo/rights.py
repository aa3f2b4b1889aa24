"""The rights that the demo's technologies have, and a company's own: as an officer has found them in registers and contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import uuid_utils
from sqlalchemy import text

from casework.demo.cast import NEED_OWNERS
from casework.engine.roles import Role
from casework.json_values import JsonObject
from casework.operations.catalogue.ip_rights import confirm_right, record_right
from casework.operations.core.idempotency import Request
from casework.permissions.actors import Actor
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.speakers import said_by
from casework.playbook.stage import Stage
from casework.records.actors import find_actor

#: A technology whose right came with an import, and that an officer looks up in the course of its case.
UNCONFIRMED = "DEMO-T028"
#: A company that pledges a patent of its own for the plant.
PLEDGES_ITS_OWN = "Changping Cloud Campus"
#: What a technology has that is said nowhere else.
USUAL = ("invention",)
#: What others have: kinds of rights, the main one first.
KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "DEMO-T003": ("invention", "trade_secret"),
    "DEMO-T005": ("application",),
    "DEMO-T009": ("invention", "design"),
    "DEMO-T012": ("utility_model",),
    "DEMO-T017": ("design",),
    "DEMO-T019": ("invention", "design"),
    "DEMO-T022": ("utility_model",),
    "DEMO-T023": ("application", "software"),
    "DEMO-T025": ("know_how",),
    "DEMO-T029": ("know_how",),
    "DEMO-T030": ("utility_model",),
    "DEMO-T032": ("application",),
    "DEMO-T033": ("know_how",),
    "DEMO-T039": ("invention", "invention"),
    "DEMO-T040": ("application",),
}
#: In the numbers of patents and applications the first digit after the year says what is protected.
_DIGIT = {"invention": 1, "application": 1, "utility_model": 2, "design": 3}
#: Years from the filing to the end.
_YEARS = {"invention": 20, "utility_model": 10, "design": 15, "software": 50}
_REGISTER, _STATEMENT = "CNIPA register", "Statement of the owner, and its contracts"


@dataclass
class _Writer:
    """Writes rights down as an officer does, with numbers that no two of them have."""

    stage: Stage
    officer: Actor
    n: int = 0

    def enter(self, kind: str, name: str, owner: str | None, technologies: list[str], *, confirmed: bool = True) -> str:
        self.n += 1
        done = record_right(
            self.stage.db,
            self.officer,
            programme=self.stage.ids["programme"],
            technologies=technologies,
            owners=[{"organisation": owner, "share": None}] if owner and confirmed else [],
            kind=kind,
            fields={
                "owner": name,
                "checked_on": self.stage.today.isoformat(),
                **told_by_register(kind, self.n, self.stage.today, self.stage.calendar.local_date(self.stage.end)),
            },
            confirmed=confirmed,
            request=_request(f"right {self.n}"),
        )
        return str(done.answer["id"])


def told_by_register(kind: str, n: int, today: date, end: date) -> JsonObject:
    """What the register says of the n-th right on the first day of a story, up to whose end it is in force; of a secret there is none."""
    if kind in ("know_how", "trade_secret"):
        return {"status": "kept"}
    # However many there are, each is still in force at the end: what lasts ten years was filed no more than six before.
    filed = today - timedelta(days=500 + 37 * n % (1600 if kind == "utility_model" else 2600))
    serial = (104_729 + 7919 * n) % 1_000_000
    number = f"{filed.year}{_DIGIT.get(kind, 1)}0{serial:06d}.{n % 10}"
    if kind == "application":
        # None of them waits longer than some two years.
        filed = today - timedelta(days=60 + 5 * n % 700)
        number = f"{filed.year}10{100_000 + serial:06d}.{n % 10}"
        return {"office": "CNIPA", "application_number": f"CN{number}", "filed_on": _day(filed), "status": "pending"}
    known: JsonObject = {
        "status": "in_force",
        "filed_on": _day(filed),
        "expires_on": _day(_later(filed, _YEARS[kind])),
    }
    if kind == "software":
        return known | {
            "office": "Copyright Protection Centre of China",
            "number": f"{filed.year}SR{104_729 + n:07d}",
        }
    granted = filed + timedelta(days=420 if kind == "invention" else 200)
    # The fee of a year is paid before the year before has run out: so far the office has seen to it.
    paid = end + timedelta(days=90 + 11 * n % 250)
    return known | {"office": "CNIPA", "number": f"ZL{number}", "granted_on": _day(granted), "fee_paid_to": _day(paid)}


def enter_rights(stage: Stage, technologies: Iterable[str]) -> None:
    """Each technology of a case has rights, or is kept secret; an officer has looked up all but one."""
    officer = find_actor(stage.db, stage.ids["chen"])
    assert officer is not None
    writer = _Writer(stage, officer)
    for technology in sorted(technologies):
        row = stage.db.execute(_OWNED, {"id": technology}).one()
        for place, kind in enumerate(KINDS_OF.get(technology.partition(".")[0], USUAL)):
            confirmed = not technology.startswith(UNCONFIRMED)
            right = writer.enter(kind, row.name, row.owner_id, [row.id], confirmed=confirmed)
            if place == 0:
                # A script may say what lies on it.
                stage.ids[f"right of {technology}"] = right
    # The patent that a company in need pledges for the plant is its own.
    owner = stage.ids[PLEDGES_ITS_OWN]
    stage.ids["own_patent"] = writer.enter("invention", NEED_OWNERS[PLEDGES_ITS_OWN], owner, [])


def looked_up(hand: OperationsHand) -> None:
    """Before they are relied on the officer looks all rights of the case up once more, each where it stands."""
    with hand.action() as db:
        for right in hand.case.rights:
            kind = db.execute(_KIND, {"id": right}).scalar_one()
            confirm_right(
                db,
                hand.actor(Role.OFFICER),
                right,
                checked_on=hand.stage.today,
                fields={},
                source=said_by(
                    db, hand.id(Role.OFFICER), _STATEMENT if kind in ("know_how", "trade_secret") else _REGISTER
                ),
                request=_request(right),
            )


def _later(day: date, years: int) -> date:
    """The same day so many years on, or the one before it."""
    return (
        (day - timedelta(days=1)).replace(year=day.year + years)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year + years)
    )


def _day(day: date) -> str:
    return day.isoformat()


def _request(about: str) -> Request:
    return Request(str(uuid_utils.uuid7()), about)


#: A technology and whose it is, as a register here names it.
_OWNED = text(
    "SELECT t.id, o.id::text AS owner_id, coalesce(o.name_zh, o.name) AS name FROM technologies t"
    " LEFT JOIN organisations o ON o.id = t.owner_id"
    " WHERE t.external_id = :id"
)
#: Of what kind a right is.
_KIND = text("SELECT kind FROM rights WHERE id = CAST(:id AS uuid)")
