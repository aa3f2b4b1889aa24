"""How often each page goes to the database: as often in a small world as in a larger one, whoever looks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.audit.findings import raise_finding
from casework.operations.cases.case_actions import register_document
from casework.operations.cases.saved_views import save_view
from casework.operations.core.perform import home_of
from casework.operations.mediations.service import open_mediation
from casework.operations.notifications.service import tell_due
from casework.operations.people import registry
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from tests.security.authorization_rows import ROLES, Row
from tests.security.authorization_web import TABLE
from tests.support.databases import DatabaseServer
from tests.support.published import sign_and_publish
from tests.support.queries import counted
from tests.support.samples import Sample, values
from tests.support.scene import Scene, set_scene
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

PAGES = tuple(row for row in TABLE if row.method == "GET")
#: Of each page and role, what it sent in the small world and in the larger one.
Counts = dict[tuple[str, str], tuple[list[str], list[str]]]


@pytest.fixture(scope="module", params=values(Sample(3), whole=Sample(1)))
def counts(
    request: pytest.FixtureRequest,
    database_server: DatabaseServer,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Counts]:
    """By default each page as a third of those who may open it."""
    var = tmp_path_factory.mktemp("queries")
    with set_scene(database_server, template_database, var) as scene:
        # Once before: what is not there at all is not looked up, and that is no fault.
        _grow(scene)
        _publish(scene, database_server, var)
        asked = [(row, role) for row in PAGES for role in _asking(row, request.param)]
        small = _walk(scene, asked)
        for _ in range(3):
            _grow(scene)
        _publish(scene, database_server, var)
        large = _walk(scene, asked)
        yield {one: (small[one], large[one]) for one in small}


def _publish(scene: Scene, server: DatabaseServer, var: Path) -> None:
    """What happened is in the tree that everybody is shown, so that it can be proved."""
    engine: Engine = scene.app.extensions["casework"]
    name = engine.url.database or ""
    settings = server.settings(name, var)
    owner = connect_engine(settings.model_copy(update={"owner_database_url": server.url(name)}), role="owner")
    sign_and_publish(engine, owner, settings)
    owner.dispose()


def _asking(row: Row, sample: Sample) -> list[str]:
    return [role for role, _ in sample.pairs([one for one in ROLES if one in row.allowed or row.open], [row.name])]


def _walk(scene: Scene, asked: list[tuple[Row, str]]) -> dict[tuple[str, str], list[str]]:
    return {(row.name, role): _sent(scene, row, role) for row, role in asked}


def _sent(scene: Scene, row: Row, role: str) -> list[str]:
    # The first look marks things as read and fills what the process keeps.
    scene.ask(row, role, "here")
    with counted(scene.app) as sent:
        answer = scene.ask(row, role, "here")
    assert answer.status_code in (200, 303, row.status), f"{row.name} as {role}: {answer.status_code}"
    return [one.query for one in sent]


def _grow(scene: Scene) -> None:
    """More of everything that a page shows: beside the things of here, and in them."""
    engine: Engine = scene.app.extensions["casework"]
    here, world = scene.things["here"], scene.world
    with transaction(engine) as db:
        _grow_lists(world, db)
        _grow_case(world, db, here["number"], here["referral"])
        _grow_registers(world, db, here["person"], here["programme"])
        sealed = load(db, here["mediation"], "mediation")
        world.write(db, "dispute_officer", sealed)
    tell_due(engine, mailing=False)


def _grow_lists(world: World, db: Connection) -> None:
    for _ in range(2):
        number, _ = to_referral(world, db, more_plan={"pledge": "bank"})
        world.send(db, number, world.referral(db, number, "pledge"), "pledge")
        open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
        raise_finding(db, world.actor(db, "auditor"), number, event=1, words="Why?", request=new_request())
        world.new_case(db)
        world.new_match(db)
        world.open_case(db, -1, "supervisor")
    for role in ("officer", "manager", "auditor", "observer", "compliance", "supervisor"):
        name = uuid.uuid4().hex[:8]
        save_view(db, world.actor(db, role), "cases", name=name, query="overdue=yes", request=new_request())


def _grow_case(world: World, db: Connection, number: str, referral: str) -> None:
    case = load(db, home_of(db, number), "case")
    for by, thread in (("officer", None), ("officer", referral), ("provider", referral)):
        tell = ["supervisor", "compliance"] if thread is None else ["provider_lead"] if by == "officer" else []
        world.write(db, by, case, thread, tell=tell)
    raise_finding(db, world.actor(db, "auditor"), number, event=1, words="And why?", request=new_request())
    revision = load(db, home_of(db, number), "case").revision
    register_document(
        db,
        world.actor(db, "officer"),
        number,
        title="A drawing",
        kind="report",
        party="need_owner",
        language="en",
        valid_until=None,
        revision=revision,
        request=new_request(),
    )


def _grow_registers(world: World, db: Connection, person: str, programme: str) -> None:
    for _ in range(2):
        code = uuid.uuid4().hex[:6].upper()
        registry.register_phase(
            db, programme=programme, name=code, name_zh=None, starts_on=date(2026, 1, 5), ends_on=None
        )
        organisation = registry.register_organisation(db, name=code, kind="provider", services=("assessment",))
        registry.grant_role(db, person, "provider", organisation=organisation)
        someone = registry.register_person(db, email=f"{code}@example.org", name=code)
        registry.grant_role(db, someone, "officer", programme=programme)
        registry.grant_role(db, someone, "provider", organisation=world.organisations["lab"])
        db.execute(
            text(
                "INSERT INTO mails (id, person_id, key, kind, sealed, state, made_at, send_at)"
                " VALUES (:id, :person, :code, 'task', false, 'sent', now(), now())"
            ),
            {"id": str(uuid.uuid4()), "person": someone, "code": code},
        )


@pytest.mark.parametrize("row", PAGES, ids=[row.name for row in PAGES])
def test_a_page_asks_as_often_however_much_there_is(counts: Counts, row: Row) -> None:
    wrong = []
    for (page, role), (small, large) in counts.items():
        if page == row.name and len(small) != len(large):
            more = [one.strip()[:150] for one in large if large.count(one) != small.count(one)]
            wrong.append(f"{role}: {len(small)}, then {len(large)}; {more[:3]}")
    assert not wrong, "\n".join(wrong)
