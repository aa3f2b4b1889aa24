"""Who else fills in a form: told by drafts, to those who may do it themselves, of those who may do it themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.operations.cases.editors import AT_IT, MOST, editors_beside, fires
from casework.operations.core.drafts import drop_draft, save_draft
from casework.operations.core.perform import home_of
from casework.operations.mediations.service import open_mediation
from casework.operations.people import registry
from casework.permissions.work import may_work
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_referral)


def _beside(
    db: Connection, world: World, name: str, log: str, track: str, action: str, kind: str = "case"
) -> list[str]:
    case = load(db, log, kind)
    edition = load_library()[case.tracks[track].edition]
    roles = next(rule.by_people for rule in edition.transitions if rule.name == action)
    actor = world.actor(db, name)
    editors = editors_beside(db, actor, f"fire:{track}:{action}", fires(case, case.tracks[track], roles))
    return [editor.name for editor in editors]


def _name(db: Connection, world: World, name: str) -> str:
    return world.actor(db, name).name


def test_a_colleague_who_may_do_it_is_told_and_nobody_else(
    engine: Engine, world: World, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        log = home_of(db, staged[0])
        save_draft(db, world.people["provider"], f"fire:{staged[1]}:decline", {"f-note": ["Half"]})
        mine = _name(db, world, "provider")
        assert _beside(db, world, "provider_lead", log, staged[1], "decline") == [mine]
        for name in ("provider", "officer", "supervisor", "foreign_provider", "foreign_officer", "auditor", "verifier"):
            assert _beside(db, world, name, log, staged[1], "decline") == []
        # Another form, or another action, is another thing.
        assert _beside(db, world, "provider_lead", log, staged[1], "ask_info") == []


def test_who_could_not_do_it_is_not_named_whatever_they_send(
    engine: Engine, world: World, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        log = home_of(db, staged[0])
        for name in ("officer", "foreign_provider", "foreign_officer", "administrator", "auditor", "observer"):
            save_draft(db, world.people[name], f"fire:{staged[1]}:decline", {"f-note": ["Half"]})
        assert _beside(db, world, "provider_lead", log, staged[1], "decline") == []


def test_it_is_told_for_a_few_minutes(engine: Engine, world: World, staged: tuple[str, str]) -> None:
    with transaction(engine) as db:
        log, form = home_of(db, staged[0]), f"fire:{staged[1]}:decline"
        save_draft(db, world.people["provider"], form, {"f-note": ["Half"]})
        db.execute(text("UPDATE drafts SET saved_at = saved_at - :by"), {"by": AT_IT - timedelta(seconds=30)})
        assert len(_beside(db, world, "provider_lead", log, staged[1], "decline")) == 1
        db.execute(text("UPDATE drafts SET saved_at = saved_at - :by"), {"by": timedelta(minutes=1)})
        assert _beside(db, world, "provider_lead", log, staged[1], "decline") == []
        save_draft(db, world.people["provider"], form, {"f-note": ["Half a"]})
        assert len(_beside(db, world, "provider_lead", log, staged[1], "decline")) == 1
        drop_draft(db, world.people["provider"], form)
        assert _beside(db, world, "provider_lead", log, staged[1], "decline") == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cases SET interests = ARRAY[:id] WHERE id = CAST(:log AS uuid)",
        "UPDATE tracks SET barred = ARRAY[:id] WHERE id = CAST(:track AS uuid)",
        "UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)",
        "UPDATE people SET active = false WHERE id = CAST(:id AS uuid)",
    ],
    ids=["interest", "barred", "ended", "closed"],
)
def test_whom_something_shuts_out_is_not_named(
    engine: Engine, world: World, staged: tuple[str, str], change: str
) -> None:
    with transaction(engine) as db:
        log = home_of(db, staged[0])
        save_draft(db, world.people["provider"], f"fire:{staged[1]}:decline", {"f-note": ["Half"]})
        assert len(_beside(db, world, "provider_lead", log, staged[1], "decline")) == 1
        given = {"id": world.people["provider"], "log": log, "track": staged[1]}
        db.execute(text(change), {name: value for name, value in given.items() if f":{name}" in change})
        assert _beside(db, world, "provider_lead", log, staged[1], "decline") == []


def test_whom_an_interest_shuts_out_is_not_told(engine: Engine, world: World, staged: tuple[str, str]) -> None:
    with transaction(engine) as db:
        log = home_of(db, staged[0])
        save_draft(db, world.people["provider"], f"fire:{staged[1]}:decline", {"f-note": ["Half"]})
        db.execute(
            text("UPDATE cases SET interests = ARRAY[:id] WHERE id = CAST(:log AS uuid)"),
            {"id": world.people["provider_lead"], "log": log},
        )
        assert _beside(db, world, "provider_lead", log, staged[1], "decline") == []


def test_of_what_is_sealed_only_those_named_for_it_are_told(
    engine: Engine, world: World, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        opened = open_mediation(db, world.actor(db, "dispute_officer"), staged[0], new_request()).answer
        log, track = str(opened["id"]), str(opened["track"])
        for name in ("officer", "supervisor", "provider"):
            save_draft(db, world.people[name], f"fire:{track}:send", {"f-note": ["Half"]})
        assert _beside(db, world, "dispute_officer", log, track, "send", "mediation") == []
        save_draft(db, world.people["dispute_officer"], f"fire:{track}:send", {"f-note": ["Half"]})
        for name in ("second_mediator", "not_named"):
            person = world.add_person(db, name)
            registry.grant_role(db, person, "dispute_officer", programme=world.programmes["BJ"])
        db.execute(
            text("UPDATE mediations SET team = ARRAY[CAST(:id AS uuid)] WHERE id = CAST(:log AS uuid)"),
            {"id": world.people["second_mediator"], "log": log},
        )
        told = {name: _beside(db, world, name, log, track, "send", "mediation") for name in world.people}
        assert told == {name: [] for name in world.people} | {"second_mediator": [_name(db, world, "dispute_officer")]}


def test_a_task_is_told_of_by_who_may_work_it_and_few_are_named(
    engine: Engine, world: World, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        case = load(db, home_of(db, staged[0]), "case")
        task = next(task for task in case.open_tasks() if task.organisation)
        for name in ("provider", "provider_lead", "officer"):
            save_draft(db, world.people[name], f"task:{task.id}", {"f-note": ["Half"]})
        lead = world.actor(db, "provider_lead")
        editors = editors_beside(db, lead, f"task:{task.id}", lambda actor: may_work(actor, case, task))
        assert [editor.name for editor in editors] == [_name(db, world, "provider")]
        others = [f"colleague_{n}" for n in range(MOST)]
        for age, name in enumerate(others, 1):
            person = world.add_person(db, name)
            registry.grant_role(db, person, "provider", organisation=task.organisation)
            save_draft(db, person, f"task:{task.id}", {"f-note": ["Half"]})
            db.execute(
                text("UPDATE drafts SET saved_at = casework_now() - :by WHERE person_id = CAST(:id AS uuid)"),
                {"by": timedelta(seconds=10 * age), "id": person},
            )
        editors = editors_beside(db, lead, f"task:{task.id}", lambda actor: may_work(actor, case, task))
        # Those who typed last, and no more of them.
        assert [editor.name for editor in editors] == [
            _name(db, world, one) for one in ("provider", *others[: MOST - 1])
        ]
