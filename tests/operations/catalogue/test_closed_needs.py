"""A closed need is there for who keeps it and who judges that; to all others it does not exist, whatever they read or try."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.case_objects.kept_records import PUBLICATIONS
from casework.errors import CaseworkError, InvalidForm, NotFound
from casework.operations.catalogue import kept_records, matches, organisation_queries, record_use, twins
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.views import Need
from casework.operations.core.idempotency import Done
from casework.operations.matching import desk, follow_up, runs
from casework.operations.matching.decisions import decide
from casework.permissions.actors import Actor
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter as enter_any
from tests.support.world import World, new_request

READERS, OUTSIDERS = ("officer", "other_officer", "supervisor", "auditor"), ("compliance", "manager", "foreign_officer")
WORDS = (
    "Quicksilver runs out of the pumps of the works at all hours of the day, and nobody knows where it goes. The seals were changed"
    " in two plants, which helped for a month; then it began again, with the valves closed and the motors at rest in the night."
)
NOBODY = "00000000-0000-7000-8000-000000000000"


def enter(db: Connection, world: World, level: str | None = None, title: str = "Quicksilver pump") -> str:
    fields = {"title": title, "problem": WORDS}
    fields |= {"owner_id": world.organisations["need_owner"]} | ({"publication": level} if level else {})
    done = kept_records.create_record(
        db,
        world.actor(db, "officer"),
        "need",
        programme=world.programmes["BJ"],
        fields=fields,
        source="visit",
        confirmed=True,
        request=new_request(),
    )
    return str(done.answer["id"])


def read(db: Connection, world: World, who: str, id: str) -> str:
    """All that the registers tell somebody, an address of a need with it."""
    actor = world.actor(db, who)
    told: list[object] = [
        catalogue.list_records(db, actor, Need).items,
        catalogue.list_records(db, actor, Need, filters={"title": "quicksilver"}).items,
        catalogue.titles_of(db, actor, "need", {id}),
        matches.list_matches(db, actor).items,
        organisation_queries.needs_of(db, actor, world.organisations["need_owner"]),
        desk.list_open_needs(db, actor).items,
        desk.needs_beside(db, actor, world.programmes["BJ"], world.needs[0]),
        follow_up.list_to_correct(db, actor),
        follow_up.count_by_rank(db, actor),
    ]
    for show in (catalogue.show_record, _entries):
        try:
            told.append(show(db, actor, Need, id))
        except NotFound as refusal:
            told.append(refusal.code)
    return str(told)


def _entries(db: Connection, actor: Actor, kind: type[Need], id: str) -> object:
    return kept_records.read_entries(db, actor, "need", id)


def tried(db: Connection, world: World, who: str, id: str) -> list[str]:
    """What somebody is told who does something with a need."""
    actor = world.actor(db, who)
    acts: tuple[Callable[[], Done], ...] = (
        lambda: kept_records.confirm_field(db, actor, "need", id, field="title", request=new_request()),
        lambda: kept_records.correct_record(
            db, actor, "need", id, fields={"title": "Mine"}, source=None, reason="So.", request=new_request()
        ),
        lambda: record_use.end_record(db, actor, "need", id, status="expired", reason="So.", request=new_request()),
        lambda: runs.start_run(db, actor, id, request=new_request()),
        lambda: twins.tell_apart(db, actor, "need", id, other=world.needs[0], reason="So.", request=new_request()),
    )
    told = []
    for act in acts:
        with pytest.raises(CaseworkError) as refused:
            act()
        told.append(f"{type(refused.value).__name__}: {refused.value}")
    return told


def test_it_is_closed_until_somebody_chooses(world: World, db: Connection) -> None:
    id = enter(db, world)
    for who in READERS:
        assert catalogue.show_record(db, world.actor(db, who), Need, id).publication == "closed"
    for who in OUTSIDERS:
        with pytest.raises(NotFound):
            catalogue.show_record(db, world.actor(db, who), Need, id)
    for level in ("public", "on_request"):
        other = enter(db, world, level)
        assert catalogue.show_record(db, world.actor(db, "manager"), Need, other).publication == level
    with pytest.raises(InvalidForm) as refused:
        enter(db, world, "secret")
    assert refused.value.fields == {"publication": reasons.fields.ONE_OF(choices=PUBLICATIONS)}


def test_whoever_may_not_see_it_reads_and_is_told_the_same_at_every_moment(world: World, engine: Engine) -> None:
    def told(id: str) -> list[object]:
        with transaction(engine) as db:
            return [(read(db, world, who, id), tried(db, world, who, id)) for who in OUTSIDERS]

    def forget(one: list[object], id: str) -> list[object]:
        return [str(line).replace(id, "") for line in one]

    with transaction(engine) as db:
        pump = enter_any(world, db, "technology", title="Pump of the works", description=WORDS.partition("; ")[2])
    without = forget(told(NOBODY), NOBODY)
    with transaction(engine) as db:
        id, twin = enter(db, world), enter(db, world)
        inside = read(db, world, "auditor", id)
    moments = [told(id)]
    with transaction(engine) as db:
        run = str(runs.start_run(db, world.actor(db, "officer"), id, request=new_request()).answer["id"])
        matches.create_match(
            db,
            world.actor(db, "officer"),
            programme=world.programmes["BJ"],
            need=id,
            technology=world.technologies[0],
            source="visit",
            external_id=None,
            proposed_on=None,
            proposed_by=None,
            score="1",
            rationale="Quicksilver",
            request=new_request(),
        )
    moments.append(told(id))
    with transaction(engine) as db:
        decide(
            db,
            world.actor(db, "officer"),
            run,
            technology=pump,
            decision="refuse",
            code="not_ready",
            reason="Quicksilver runs out of it.",
            request=new_request(),
        )
    moments.append(told(id))
    with transaction(engine) as db:
        assert "runs out of it" in read(db, world, "auditor", id)
    twins.search_twins(engine, world.programmes["BJ"])
    moments.append(told(id))
    assert [forget(moment, id) for moment in moments] == [without] * 4
    assert "Quicksilver" in inside
    with transaction(engine) as db:
        assert runs.show_run(db, world.actor(db, "auditor"), run).need == id
        for who in OUTSIDERS:
            with pytest.raises(NotFound):
                runs.show_run(db, world.actor(db, who), run)
        (group,) = twins.list_groups(db, world.actor(db, "officer"), about=id)
        assert {one.id for one in group.records} == {id, twin}
        # In what others look at in the index there is nothing of it either.
        nouns = "SELECT DISTINCT noun FROM index_terms WHERE term LIKE 'quicksilv%'"
        assert db.execute(text(nouns)).scalars().all() == ["closed_need"]


def test_of_one_that_was_merged_into_an_open_one_its_runs_are_not_told(world: World, db: Connection) -> None:
    officer, (id, stays) = world.actor(db, "officer"), (enter(db, world), enter(db, world, "public"))
    run, other = (str(runs.start_run(db, officer, need, request=new_request()).answer["id"]) for need in (id, stays))
    merge_records(db, officer, "need", id, into=stays, reason="They are one.", request=new_request())
    for who in READERS:
        assert {one.id for one in desk.list_runs(db, world.actor(db, who), stays)} == {run, other}
    for who in ("compliance", "manager"):
        assert [one.id for one in desk.list_runs(db, world.actor(db, who), stays)] == [other]
