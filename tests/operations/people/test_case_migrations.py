"""Cases at mixed steps move to another edition and go back: whole in both verifiers all the way, and equal at its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.engine.execution.migrations import STAYS
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.documents.key_material import document_store_of
from casework.operations.people.case_migrations import (
    judge_cases,
    list_moved,
    make_plan,
    move_case,
    stands_alike,
    take_back_case,
    try_case,
)
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.service import verify_all, verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from casework_verify.replay import replay
from tests.operations.people.migration_scene import MAPPING, logs, mixed_cases, publish_next
from tests.support.world import World
from tests.verifier.forging import Forgery

Json = Any
#: What is no fault of a file that nobody has signed.
_NOTES = {"replay_as_told", "replay_as_told_names", "told_unjudged"}


def _replayed(world: World, db: Connection, engine: Engine, settings: Settings, number: str, path: Path) -> Json:
    """What the package that knows nothing of us says of a case's file, by the number of the event."""
    store = document_store_of(engine, settings)
    file = make_case_file(db, world.actor(db, "auditor"), store, number, "/cases/x/file")
    path.write_bytes(b"".join(file.pieces()))
    return judged(Forgery(path))


def judged(forgery: Forgery) -> list[tuple[str, int | None]]:
    evidence: Json = {"index": forgery.index, "roles": json.loads(forgery.parts["roles.json"])}
    for kind in ("editions", "calendars"):
        evidence[kind] = {
            name.split("/")[1].removesuffix(".json"): json.loads(content)
            for name, content in forgery.parts.items()
            if name.startswith(f"{kind}/")
        }
    return [(one.code, one.seq) for one in replay(forgery.rows, evidence) if one.code not in _NOTES]


def test_mixed_cases_move_and_go_back_whole_in_both_verifiers(
    world: World, engine: Engine, owner_engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        numbers = mixed_cases(world, db)
        homes = logs(db, numbers)
    publish_next(owner_engine)
    plan = make_plan("case", 1, 2, MAPPING)
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        supervisor = world.actor(db, "supervisor")
        before = {name: load(db, home, "case") for name, home in homes.items()}
        verdicts = {one.number: one for one in judge_cases(db, supervisor, programme, plan)}
        assert set(numbers.values()) <= verdicts.keys()
        assert {name for name, number in numbers.items() if verdicts[number].outcome == STAYS} == set()
        assert all(try_case(db, supervisor, home, plan)[1] for home in homes.values())
        assert {name: load(db, home, "case") for name, home in homes.items()} == before
        assert list_moved(db, supervisor, programme, plan.digest) == []
    for home in homes.values():
        with transaction(engine) as db:
            assert move_case(db, world.actor(db, "supervisor"), home, plan).event is not None
    with transaction(engine) as db:
        # Started again, nothing is done a second time.
        assert {move_case(db, world.actor(db, "supervisor"), home, plan).event for home in homes.values()} == {None}
        moved = {name: load(db, home, "case") for name, home in homes.items()}
        assert {case.main.edition for case in moved.values()} == {plan.new.fingerprint}
        stand = {name: case.main.states for name, case in moved.items()}
        assert stand == {
            "proposed": ("proposed",),
            "on_hold": ("on_hold",),
            "consent": ("agreeing",),
            "sent": ("assessment",),
        }
        assert moved["on_hold"].main.came_from["on_hold"] == ("agreeing",)
        for name, case in moved.items():
            was = before[name]
            assert [task.id for task in case.open_tasks()] == [task.id for task in was.open_tasks()]
            assert {id: clock.steps for id, clock in case.clocks.items()} == {
                id: clock.steps for id, clock in was.clocks.items()
            }
            assert (case.grants, case.consents, case.documents) == (was.grants, was.consents, was.documents)
            assert verify_case(db, case.log) == []
        faults = {
            name: _replayed(world, db, engine, settings, number, tmp_path / f"{name}.zip")
            for name, number in numbers.items()
        }
        assert faults == dict.fromkeys(numbers, [])
    with transaction(engine) as db:
        # One goes on by the later edition, and so does not go back.
        world.fire(db, "officer", numbers["proposed"], "take")
    for name, home in homes.items():
        with transaction(engine) as db:
            back = take_back_case(db, world.actor(db, "supervisor"), home, plan.digest)
            assert [why.template.code for why in back.why] == (["migration.went_on"] if name == "proposed" else [])
    with transaction(engine) as db:
        supervisor = world.actor(db, "supervisor")
        for name, home in homes.items():
            assert verify_case(db, home) == []
            assert stands_alike(load(db, home, "case"), before[name]) is (name != "proposed")
        assert [one.id for one in list_moved(db, supervisor, programme, plan.digest)] == [homes["proposed"]]
        file = tmp_path / "back.zip"
        assert _replayed(world, db, engine, settings, numbers["on_hold"], file) == []
    assert list(verify_all(engine)) == []
    _forge(file)


def _forge(file: Path) -> None:
    """What somebody changes of a move, and chains well again, the package finds."""
    forgeries: tuple[tuple[Callable[[Json], object], str], ...] = (
        (lambda told: told.update(plan="0" * 64), "migration_plan"),
        (lambda told: told["tasks"].clear(), "migration_left"),
        (lambda told: told["tracks"][0].update(states=["vetting"]), "migration_state"),
        (lambda told: told["tasks"][0]["now"].update(rule="vetting"), "migration_other"),
    )
    for change, code in forgeries:
        forgery = Forgery(file)
        row = next(row for row in forgery.rows if row["header"]["kind"] == "migrated")
        change(row["effects"]["migration"])
        forgery.rechain()
        assert (code, row["seq"]) in judged(forgery)


def test_only_who_sets_by_which_edition_a_programme_begins_moves_its_cases(world: World, db: Connection) -> None:
    number = world.new_case(db)
    home, programme = logs(db, {"one": number})["one"], world.programmes["BJ"]
    plan = make_plan("referral", 1, 2)
    for who, refused in (("officer", NotFound), ("administrator", NotAllowed), ("foreign_officer", NotFound)):
        actor = world.actor(db, who)
        with pytest.raises(refused):
            judge_cases(db, actor, programme, plan)
        with pytest.raises(refused):
            move_case(db, actor, home, plan)
        with pytest.raises(refused):
            take_back_case(db, actor, home, plan.digest)


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        (("mediation", 1, 1), {"workflow": "migration.sealed"}),
        (("case", 1, 99), {"later": "migration.no_edition"}),
        (("nothing", 1, 2), {"earlier": "migration.no_edition", "later": "migration.no_edition"}),
        (("case", 1, 1), {"later": "migration.same"}),
    ],
)
def test_there_is_no_plan_for_what_does_not_move(asked: tuple[str, int, int], faults: dict[str, str]) -> None:
    with pytest.raises(InvalidForm) as refused:
        make_plan(*asked)
    assert {name: why.as_json()["code"] for name, why in refused.value.fields.items()} == faults
