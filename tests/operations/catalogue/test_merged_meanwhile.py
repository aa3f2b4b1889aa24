"""A record that is merged or ended while somebody waits for its lock: what was asked before the lock is asked again after it.

One connection merges and holds its locks; a second one, in a thread, has asked its first question and waits; then the first commits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import CaseworkError, InvalidForm, NotAllowed, Refused
from casework.operations.cases.opening import open_case
from casework.operations.catalogue import kept_records
from casework.operations.catalogue.ip_rights import confirm_right, record_right, set_belonging
from casework.operations.catalogue.matches import create_match
from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.organisations import confirm_organisation, record_organisation
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import end_record
from casework.operations.catalogue.right_merging import merge_rights
from casework.operations.catalogue.screenings import record_screening
from casework.operations.core.record_log import Kept
from casework.records.database import transaction
from tests.support.world import World, add_match, add_record, new_request, today

Deed = Callable[[Connection], Any]

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@dataclass
class Late:
    """Somebody who acts in a connection of their own, and what came of it."""

    engine: Engine
    deed: Deed
    refused: CaseworkError | None = None
    done: Any = None
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._act)
        self.thread.start()

    def _act(self) -> None:
        try:
            with transaction(self.engine) as db:
                self.done = self.deed(db)
        except CaseworkError as refusal:
            self.refused = refusal

    def wait(self) -> None:
        """Until it stands before a lock."""
        for _ in range(200):
            # What others do is read once for each transaction.
            with transaction(self.engine) as db:
                if db.execute(_WAITING).scalar_one():
                    return
            assert self.thread.is_alive(), (self.done, self.refused)
            time.sleep(0.05)
        raise AssertionError("It never waited.")


def meanwhile(engine: Engine, first: Deed, then: Deed) -> Late:
    """What came of a deed that was begun while another one held the locks."""
    with transaction(engine) as db:
        first(db)
        late = Late(engine, then)
        late.wait()
    late.thread.join(30)
    assert not late.thread.is_alive()
    return late


@dataclass
class Doubles:
    """A need, a technology and an organisation, each entered twice, and a match of those that go."""

    world: World
    need: str = ""
    need_kept: str = ""
    technology: str = ""
    technology_kept: str = ""
    owner: str = ""
    owner_kept: str = ""
    match: str = ""

    def merge(self, noun: Kept) -> Deed:
        gone, into = getattr(self, noun), getattr(self, f"{noun}_kept")

        def deed(db: Connection) -> None:
            officer = self.world.actor(db, "officer")
            merge_records(db, officer, noun, gone, into=into, reason="The same works.", request=new_request())

        return deed

    def merge_owner(self, db: Connection) -> None:
        officer = self.world.actor(db, "officer")
        merge_organisations(db, officer, self.owner, into=self.owner_kept, reason="One.", request=new_request())

    def late(self, who: str, operation: Callable[..., Any], *args: Any, **more: Any) -> Deed:
        return lambda db: operation(db, self.world.actor(db, who), *args, **more, request=new_request())


@pytest.fixture
def doubles(world: World, engine: Engine) -> Doubles:
    made, programme = Doubles(world), world.programmes["BJ"]
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        for name in ("owner", "owner_kept"):
            done = record_organisation(
                db,
                officer,
                programme=programme,
                fields={"name": f"Fengtai Dairy {len(name)}", "country": "CN", "kind": "company", "language": "zh"},
                source="Register",
                request=replace(new_request(), sure=True),
            )
            setattr(made, name, str(done.answer["id"]))
        said = {"title": "Steam without coal", "owner_id": made.owner}
        made.need = add_record(db, programme, "need", "n-gone", said)
        made.need_kept = add_record(db, programme, "need", "n-kept", said, source="fair")
        made.technology = add_record(db, programme, "technology", "t-gone", {"title": "Boiler"})
        made.technology_kept = add_record(db, programme, "technology", "t-kept", {"title": "Boiler"}, source="fair")
        made.match = add_match(db, officer, programme, made.need, made.technology)
    return made


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_a_record_that_was_merged_is_corrected_no_more(engine: Engine, doubles: Doubles, noun: Any) -> None:
    id, given = getattr(doubles, noun), {"source": "Call", "reason": "Heard so."}
    for operation, more in (
        (kept_records.correct_record, {"fields": {"title": "Steam with less coal"}, **given}),
        (kept_records.confirm_field, {"field": "title"}),
        (end_record, {"status": "withdrawn", "reason": "Not wanted."}),
    ):
        late = doubles.late("officer", operation, noun, id, **more)
        if operation is kept_records.correct_record:
            assert isinstance(meanwhile(engine, doubles.merge(noun), late).refused, NotAllowed)
        else:
            with pytest.raises(NotAllowed), transaction(engine) as db:
                late(db)


def test_an_organisation_that_was_merged_is_neither_corrected_nor_screened(engine: Engine, doubles: Doubles) -> None:
    screened = {"result": "clear", "checked_on": today().isoformat(), "lists": "UN 2026-01"}
    late = doubles.late("compliance", record_screening, doubles.owner, fields=screened, owners={})
    assert isinstance(meanwhile(engine, doubles.merge_owner, late).refused, NotAllowed)
    with transaction(engine) as db:
        assert not db.execute(text("SELECT 1 FROM organisation_screenings")).all()


def test_what_somebody_confirms_of_a_merged_organisation_is_refused(engine: Engine, doubles: Doubles) -> None:
    late = doubles.late("officer", confirm_organisation, doubles.owner, fields={"name": "Fengtai"}, source="Call")
    assert isinstance(meanwhile(engine, doubles.merge_owner, late).refused, NotAllowed)


def test_a_match_is_made_of_the_record_that_stands(engine: Engine, doubles: Doubles) -> None:
    other: list[str] = []
    with transaction(engine) as db:
        other.append(add_record(db, doubles.world.programmes["BJ"], "technology", "t-other", {"title": "Dryer"}))
    late = doubles.late(
        "officer",
        create_match,
        programme=doubles.world.programmes["BJ"],
        need=doubles.need,
        technology=other[0],
        source="form",
        external_id=None,
        proposed_on=None,
        proposed_by=None,
        score=None,
        rationale=None,
    )
    made = meanwhile(engine, doubles.merge("need"), late)
    with transaction(engine) as db:
        of = db.execute(
            text("SELECT need_id::text FROM matches WHERE id = CAST(:m AS uuid)"), {"m": made.done.answer["id"]}
        )
        assert of.scalar_one() == doubles.need_kept


def test_no_match_is_made_of_a_need_that_was_withdrawn(engine: Engine, doubles: Doubles) -> None:
    end = doubles.late("officer", end_record, "need", doubles.need_kept, status="withdrawn", reason="Not wanted.")
    late = doubles.late(
        "officer",
        create_match,
        programme=doubles.world.programmes["BJ"],
        need=doubles.need_kept,
        technology=doubles.technology,
        source="form",
        external_id=None,
        proposed_on=None,
        proposed_by=None,
        score=None,
        rationale=None,
    )
    assert isinstance(meanwhile(engine, end, late).refused, InvalidForm)


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_a_case_is_opened_of_the_record_that_stands(engine: Engine, doubles: Doubles, noun: Any) -> None:
    made = meanwhile(
        engine,
        doubles.merge(noun),
        lambda db: open_case(db, doubles.world.actor(db, "officer"), doubles.match, new_request()),
    )
    with transaction(engine) as db:
        of = db.execute(text(f"SELECT {noun}_id::text FROM cases WHERE number = :n"), {"n": made.done.answer["number"]})
        assert of.scalar_one() == getattr(doubles, f"{noun}_kept")


def test_a_case_is_opened_with_the_organisation_that_stands(engine: Engine, doubles: Doubles) -> None:
    made = meanwhile(
        engine,
        doubles.merge_owner,
        lambda db: open_case(db, doubles.world.actor(db, "officer"), doubles.match, new_request()),
    )
    with transaction(engine) as db:
        party = text("SELECT parties->>'need_owner' FROM cases WHERE number = :n")
        assert db.execute(party, {"n": made.done.answer["number"]}).scalar_one() == doubles.owner_kept


def test_a_right_is_entered_for_no_technology_that_was_merged(engine: Engine, doubles: Doubles) -> None:
    late = doubles.late(
        "officer",
        record_right,
        programme=doubles.world.programmes["BJ"],
        kind="invention",
        fields={"number": "CN 88", "office": "CNIPA"},
        confirmed=False,
        technologies=[doubles.technology],
    )
    assert isinstance(meanwhile(engine, doubles.merge("technology"), late).refused, InvalidForm)


@pytest.fixture
def rights(world: World, engine: Engine) -> list[str]:
    """Three records of one right."""
    with transaction(engine) as db:
        return [
            str(
                record_right(
                    db,
                    world.actor(db, "officer"),
                    programme=world.programmes["BJ"],
                    kind="invention",
                    fields={"office": "CNIPA", "number": number, "owner": "Works", "status": "in_force"},
                    confirmed=True,
                    technologies=[],
                    request=new_request(),
                ).answer["id"]
            )
            for number in ("CN 201", "CN 202", "CN 203")
        ]


def merge_right(doubles: Doubles, gone: str, into: str) -> Deed:
    return doubles.late("officer", merge_rights, gone, into=into, reason="One patent.")


@pytest.mark.parametrize(
    ("gone", "into", "refusal"), [(0, 1, NotAllowed), (0, 2, NotAllowed), (1, 0, Refused), (2, 0, Refused)]
)
def test_of_two_mergings_at_once_the_second_finds_what_the_first_left(
    engine: Engine, doubles: Doubles, rights: list[str], gone: int, into: int, refusal: type[CaseworkError]
) -> None:
    late = merge_right(doubles, rights[gone], rights[into])
    assert isinstance(meanwhile(engine, merge_right(doubles, rights[0], rights[1]), late).refused, refusal)
    assert stand_in(engine, rights) == [rights[1], None, None]


def test_what_was_merged_into_a_right_meanwhile_goes_on_with_it(
    engine: Engine, doubles: Doubles, rights: list[str]
) -> None:
    late = merge_right(doubles, rights[1], rights[2])
    assert meanwhile(engine, merge_right(doubles, rights[0], rights[1]), late).refused is None
    assert stand_in(engine, rights) == [rights[2], rights[2], None]


def stand_in(engine: Engine, rights: list[str]) -> list[str | None]:
    """Of some rights those that stand in their places."""
    with transaction(engine) as db:
        rows = db.execute(text("SELECT id::text, merged_into::text FROM rights")).all()
    stands = {row.id: row.merged_into for row in rows}
    return [stands[id] for id in rights]


def test_a_right_that_was_merged_meanwhile_is_corrected_no_more(
    engine: Engine, doubles: Doubles, rights: list[str]
) -> None:
    first = merge_right(doubles, rights[0], rights[1])
    late = doubles.late("officer", confirm_right, rights[0], checked_on=today(), fields={"number": "CN 204"})
    assert isinstance(meanwhile(engine, first, late).refused, NotAllowed)
    with pytest.raises(NotAllowed), transaction(engine) as db:
        doubles.late("officer", set_belonging, rights[0], technologies=[doubles.technology])(db)
