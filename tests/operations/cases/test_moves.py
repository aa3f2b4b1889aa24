"""A case is moved to a state by two persons: marked wherever it is read, whole in both verifiers, and every forgery of it is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.errors import CaseHasMoved, NotAllowed, NotFound, Refused
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.list_queries import list_cases
from casework.operations.cases.moves import decide_move, propose_move, show_moves
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.core.perform import home_of
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.people.test_case_migrations import judged
from tests.support.world import World, new_request
from tests.verifier.forging import Forgery

Json = Any


def _propose(world: World, db: Connection, number: str, to: str, who: str = "supervisor") -> int:
    actor = world.actor(db, who)
    revision = find_case(db, actor, number)[0].main.revision
    done = propose_move(db, actor, number, to=to, reason="Nobody was there.", revision=revision, request=new_request())
    return int(done.answer["event"])


def _decide(world: World, db: Connection, number: str, asked: int, who: str = "compliance", agree: bool = True) -> Json:
    actor = world.actor(db, who)
    return decide_move(db, actor, number, asked=asked, agree=agree, note=None, request=new_request()).answer


def test_a_move_is_marked_wherever_the_case_is_read_and_whole_in_both_verifiers(
    world: World, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        asked = _propose(world, db, number, "triage")
        home = home_of(db, number)
        supervisor = world.actor(db, "supervisor")
        assert describe_whole(db, supervisor, load(db, home, "case")).move_waits == "triage"
        shown = show_moves(db, world.actor(db, "compliance"), number)
        assert shown.waiting is not None
        assert not shown.waiting.own
        assert shown.waiting.reason == "Nobody was there."
        assert shown.foreseen is not None
        assert shown.foreseen.ends == ["states.proposed.do"]
        assert shown.foreseen.begins == ["states.triage.do", "tasks.triage_check"]
        # Of a state that the law closes it is said why, in the guard's own words.
        consent = next(one for one in shown.places if one.state == "consent")
        assert "triage check" in str(consent.against[0])
    with transaction(engine) as db:
        assert _decide(world, db, number, asked)["states"] == ["triage"]
    with transaction(engine) as db:
        case = load(db, home, "case")
        whole = describe_whole(db, world.actor(db, "supervisor"), case)
        assert whole.moved is not None
        assert (whole.moved.times, whole.moved.states) == (1, ["proposed"])
        assert whole.move_waits is None
        listed = list_cases(db, world.actor(db, "supervisor")).items
        assert [getattr(row, "moved", None) for row in listed if row.number == number] == [True]
        assert verify_case(db, home) == []
        # It goes on by the ordinary steps, and another move takes it back.
        asked = _propose(world, db, number, "proposed")
        _decide(world, db, number, asked, agree=False)
        asked = _propose(world, db, number, "proposed")
        assert _decide(world, db, number, asked)["states"] == ["proposed"]
        world.fire(db, "officer", number, "take")
        assert verify_case(db, home) == []
        file = tmp_path / "moved.zip"
        made = make_case_file(
            db, world.actor(db, "auditor"), document_store_of(engine, settings), number, "/cases/x/file"
        )
        file.write_bytes(b"".join(made.pieces()))
        assert judged(Forgery(file)) == []
    _forge(file)


def _forge(file: Path) -> None:
    """What somebody changes of a move, and chains well again, the package finds."""
    forgeries: tuple[tuple[str, Callable[[Json], object], str], ...] = (
        ("moved", lambda row: row["effects"]["move"].update(over=["pass_triage"]), "move_way"),
        ("moved", lambda row: row["effects"]["move"].update(to="consent"), "move_none"),
        ("moved", lambda row: row["header"].update(to=["consent"]), "move_to"),
        ("moved", lambda row: row["effects"]["task_states"].clear(), "step_left_open"),
        ("moved", lambda row: row["effects"]["tasks"].clear(), "steps_other"),
        ("moved", lambda row: row["effects"].update(consents_ended=[]), "effect_of_none"),
        ("move_asked", lambda row: row["effects"].update(reasons=[]), "effect_of_none"),
        ("move_refused", lambda row: row["header"].update(because=1), "move_none"),
        (
            "move_asked",
            lambda row: row["effects"].update(frozen=False, to=["x"]) or row["header"].update(to=["triage"]),
            "moved_without",
        ),
    )
    for kind, change, code in forgeries:
        forgery = Forgery(file)
        row = next(row for row in forgery.rows if row["header"]["kind"] == kind)
        change(row)
        forgery.rechain()
        assert (code, row["seq"]) in judged(forgery), code
    forgery = Forgery(file)
    asked, moved = (next(r for r in forgery.rows if r["header"]["kind"] == kind) for kind in ("move_asked", "moved"))
    moved["header"].update({key: asked["header"][key] for key in ("actor", "role", "acting_for")})
    forgery.rechain()
    assert ("move_same", moved["seq"]) in judged(forgery)


def test_nobody_but_two_of_those_who_may_moves_a_case_and_none_past_the_law(world: World, db: Connection) -> None:
    number = world.new_case(db)
    for who, refused in (("officer", NotAllowed), ("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refused):
            show_moves(db, world.actor(db, who), number)
    with pytest.raises(NotAllowed):
        _propose(world, db, number, "triage", "compliance")
    with pytest.raises(Refused, match="interest"):
        _propose(world, db, number, "consent")
    asked = _propose(world, db, number, "triage")
    with pytest.raises(NotAllowed):
        _decide(world, db, number, asked, "supervisor")
    with pytest.raises(CaseHasMoved):
        _decide(world, db, number, asked + 1)
    # Whoever declared an interest decides on nothing in the case.
    declare_interest(db, world.actor(db, "compliance"), number, nature="Family", request=new_request())
    with pytest.raises(NotAllowed):
        _decide(world, db, number, asked)
    world.fire(db, "officer", number, "take")
    # The case went on by itself: what was proposed is proposed no more.
    assert show_moves(db, world.actor(db, "supervisor"), number).waiting is None
