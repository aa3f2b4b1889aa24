"""Whatever an answer names by its id has a name where the answer is read, and only there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.case import Case
from casework.operations.cases.answer_names import ids_in, names_for_provider, names_in_answers
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from tests.operations.documents.test_grants import Scene
from tests.support.scene import make_things
from tests.support.world import World


@pytest.fixture
def scene(world: World, db: Connection) -> Scene:
    here = make_things(world, db)["here"]
    world.accept(db, here["number"], here["referral"])
    scene = Scene(db, world, here["number"], here["referral"])
    scene.share()
    return scene


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def add_right(db: Connection, case: Case) -> str:
    statement = text(
        "INSERT INTO rights (id, programme_id, kind, office, number) VALUES (gen_random_uuid(), CAST(:programme AS uuid),"
        " 'invention', 'CNIPA', 'ZL 2019 1 0123456.7') RETURNING id"
    )
    return str(db.execute(statement, {"programme": case.programme}).scalar_one())


def test_ids_are_found_however_deep_and_nothing_else_is_taken_for_one() -> None:
    first, second = str(uuid4()), str(uuid4())
    words = "step-by-step plan, well-known to-all"
    assert (len(words), words.count("-")) == (36, 4), "as long as an id, with as many hyphens"
    assert ids_in({"a": first, "b": [{"c": second}], "d": "x" * 36, "e": None, "f": 3, "g": words}) == {first, second}


def test_people_organisations_rights_and_documents_have_their_names(scene: Scene, world: World) -> None:
    case = case_of(scene.db, scene.number)
    document, right = next(iter(case.documents)), add_right(scene.db, case)
    people, lab = world.people["officer"], world.organisations["lab"]
    names = names_in_answers(scene.db, case, [people, lab, right, document, str(uuid4())])
    assert set(names) == {people, lab, right, document}
    assert names[right] == "CNIPA ZL 2019 1 0123456.7"
    assert all(names.values())
    assert names_in_answers(scene.db, None, [document]) == {}
    assert names_in_answers(scene.db, case, []) == {}


def test_a_provider_reads_the_names_of_its_own_people_and_papers_alone(scene: Scene, world: World) -> None:
    case = case_of(scene.db, scene.number)
    actor = world.actor(scene.db, "provider")
    mine = {grant.document for grant in case.grants.values() if grant.track == scene.referral}
    others = set(case.documents) - mine - {one.id for one in case.documents.values() if one.track == scene.referral}
    right = add_right(scene.db, case)
    everybody = [*world.people.values(), *world.organisations.values(), right, *case.documents]
    names = names_for_provider(scene.db, actor, case, everybody)
    assert {world.people["provider"], world.organisations["lab"]} <= set(names)
    assert not {world.people["officer"], world.organisations["bank"], right, *others} & set(names)
    assert mine <= set(names)
