"""The way of a case to a referral: its forms filled in and its steps taken, as far as a test needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.operations.cases.case_rights import add_rights
from casework.operations.cases.known_answers import owner_rows
from casework.operations.core.perform import home_of
from casework.operations.people.registry import register_organisation
from casework.operations.tasks.service import complete_task
from casework.records.case_loader import load
from tests.support.world import World, new_request, today

Json = Any


def complete(
    world: World, db: Connection, by: str, number: str, task: str, *, data: Mapping[str, Json], about: str | None = None
) -> None:
    """Finish a side task of a case by its name."""
    id = db.execute(
        text(
            "SELECT t.id FROM tasks t JOIN cases c ON c.id = t.log_id WHERE c.number = :n AND t.name = :task"
            " AND t.state IN ('Ready', 'Reserved', 'InProgress') AND (CAST(:about AS text) IS NULL OR t.about = :about)"
            " ORDER BY t.id LIMIT 1"
        ),
        {"n": number, "task": task, "about": about},
    ).scalar_one()
    actor = world.actor(db, by)
    complete_task(db, actor, str(id), data=data, happened_on=None, request=new_request())


def to_referral(
    world: World,
    db: Connection,
    service: str = "assessment",
    match: int | None = None,
    more_plan: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """A case at the step of assessment, with a referral sent to its provider: (number, referral)."""
    number, referral = to_request(world, db, service, match, more_plan)
    world.send(db, number, referral, service)
    return number, referral


def to_both(world: World, db: Connection) -> tuple[str, str, str]:
    """A case with a referral sent to the lab and one to the bank: (number, the lab's, the bank's)."""
    number, lab = to_referral(world, db, more_plan={"pledge": "bank"})
    bank = world.referral(db, number, "pledge")
    world.send(db, number, bank, "pledge")
    return number, lab, bank


def to_bank(world: World, db: Connection, *, willing: bool = True) -> tuple[str, str, str]:
    """A case with a right, whose bank has taken the request on: (number, the bank's referral, the track of its loan).

    With `willing` false no party lets a provider read of it on the case sheet.
    """
    number, _, bank = to_both(world, db)
    actor = world.actor(db, "officer")
    add_rights(db, actor, number, rights=[world.rights[0]], reason="Named late.", revision=None, request=new_request())
    if not willing:
        db.execute(text("UPDATE consents SET sheet = false"))
    data = {
        "service": "pledge",
        "interest": False,
        "confidentiality": True,
        "person": world.people["foreign_provider"],
        "planned_on": (today() + timedelta(days=90)).isoformat(),
    }
    world.fire(db, "foreign_provider", number, "accept", data, track=bank)
    case = load(db, home_of(db, number), "case")
    (loan,) = case.children(bank)
    return number, bank, loan.id


def to_accepted(world: World, db: Connection) -> tuple[str, str]:
    """A case at the step of assessment, with a referral that its provider has accepted: (number, referral)."""
    number, referral = to_referral(world, db)
    world.accept(db, number, referral)
    return number, referral


def to_request(
    world: World,
    db: Connection,
    service: str = "assessment",
    match: int | None = None,
    more_plan: Mapping[str, str] | None = None,
    *,
    nda: Mapping[str, Json] | None = None,
) -> tuple[str, str]:
    """A case at the step of assessment, with a request that is to be written: (number, referral)."""
    number = to_plan(world, db, match, more_plan, nda=nda)
    world.fire(db, "supervisor", number, "approve_plan")
    return number, world.referral(db, number, service)


def to_plan(
    world: World,
    db: Connection,
    match: int | None = None,
    more_plan: Mapping[str, str] | None = None,
    *,
    nda: Mapping[str, Json] | None = None,
) -> str:
    """A case whose plan has been handed in, and is to be decided on."""
    number, soon = to_scoping(world, db, match, nda=nda), (today() + timedelta(days=60)).isoformat()
    complete(
        world,
        db,
        "officer",
        number,
        "service_plan",
        data={
            "assessment": world.organisations["lab"],
            "assessment_on": soon,
            "payer": "programme",
            "skip_assessment": False,
            **{name: world.organisations[one] for name, one in (more_plan or {}).items()},
            **{f"{name}_on": soon for name in more_plan or {}},
        },
    )
    return number


def to_scoping(world: World, db: Connection, match: int | None = None, *, nda: Mapping[str, Json] | None = None) -> str:
    """A case whose parties are interested and screened, and whose plan is to be made."""
    number = to_interest(world, db, match)
    on = today().isoformat()
    for side in ("need_owner", "technology_owner"):
        if not _is_asked(db, number, "screening", side):
            # The record of its organisation answers, as another case has left it.
            continue
        complete(
            world,
            db,
            "compliance",
            number,
            "screening",
            data={
                "result": "clear",
                "checked_on": on,
                "list_versions": "UN 2026-01",
                "extract": "Query 7",
                "holds_until": (today() + timedelta(days=90)).isoformat(),
                **_owners(db, number, side),
            },
            about=side,
        )
    complete(world, db, "officer", number, "nda", data=nda or {"status": "signed", "signed_on": on})
    return number


def _owners(db: Connection, number: str, side: str) -> dict[str, Json]:
    """Each owner above 25 per cent that the record of a party's organisation names, found on no list."""
    case = load(db, home_of(db, number), "case")
    task = next(one for one in case.open_tasks() if (one.name, one.about) == ("screening", side))
    edition = load_library()[task.edition]
    rows = owner_rows(db, case, side, edition.form(edition.tasks[task.rule].form)).get("owners", [])
    return {"owners": [row | {"result": "clear"} for row in rows]} if rows else {}


def _is_asked(db: Connection, number: str, task: str, about: str) -> bool:
    case = load(db, home_of(db, number), "case")
    return any((one.name, one.about) == (task, about) for one in case.open_tasks())


def to_interest(world: World, db: Connection, match: int | None = None) -> str:
    """A case whose parties have said that they are interested."""
    number = world.new_case(db) if match is None else world.open_case(db, match)
    on = today().isoformat()
    world.fire(db, "officer", number, "take")
    complete(
        world,
        db,
        "officer",
        number,
        "triage_check",
        data={
            "need_complete": True,
            "technology_complete": True,
            "duplicate_checked": True,
            "rationale_fits": True,
            "interest": "none",
        },
    )
    world.fire(db, "officer", number, "pass_triage")
    for side in ("need_owner", "technology_owner"):
        complete(
            world,
            db,
            "officer",
            number,
            "record_consent",
            data={
                "agreed": True,
                "person": "The director",
                "given_on": on,
                "channel": "meeting",
                "sheet": True,
            },
            about=side,
        )
    world.fire(db, "officer", number, "confirm_interest")
    return number


def to_panel(world: World, db: Connection) -> tuple[str, str, str]:
    """A request to the lab, after which another provider is asked: (number, referral, the other)."""
    other = register_organisation(db, name="Xicheng Laboratory", kind="provider", services=("assessment",))
    number, referral = to_request(world, db)
    data = {
        "service": "assessment",
        "provider": world.organisations["lab"],
        "fee": "programme",
        "panel": [other],
        "question": "Does it reach 180 degrees?",
        "wanted_on": (today() + timedelta(days=60)).isoformat(),
    }
    world.fire(db, "officer", number, "send", data, track=referral)
    return number, referral, other
