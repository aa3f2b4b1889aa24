"""Giving and withdrawing links: who may, what stands in the database, and what is forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.links.answers import Given, answer, keep_draft
from casework.operations.links.mail import link_purpose
from casework.operations.links.service import (
    MOST_A_DAY,
    Wanted,
    ask_by_link,
    forget_over,
    give_link,
    list_links,
    revoke_link,
    spoken,
)
from casework.operations.people.programme_providers import set_providers
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.links.scene import CONSENT, SECRET_BOX, give, opened, secret_of, task_of_consent, to_consent
from tests.support.world import World, new_request


@pytest.fixture
def task(engine: Engine, world: World) -> tuple[str, str]:
    with transaction(engine) as db:
        number = to_consent(world, db)
        return number, task_of_consent(db, number)


@pytest.mark.parametrize("name", ["auditor", "compliance", "manager", "other_officer"])
def test_who_only_reads_gives_none(engine: Engine, world: World, task: tuple[str, str], name: str) -> None:
    with pytest.raises(NotAllowed):
        give(engine, world, task[1], by=name)


@pytest.mark.parametrize("name", ["provider", "foreign_officer", "dispute_officer", "observer", "administrator"])
def test_for_others_there_is_no_task(engine: Engine, world: World, task: tuple[str, str], name: str) -> None:
    done = give(engine, world, task[1])
    with pytest.raises(NotFound):
        give(engine, world, task[1], by=name)
    with pytest.raises(NotFound), transaction(engine) as db:
        revoke_link(db, world.actor(db, name), done.answer["id"], request=new_request())


def test_the_secret_is_nowhere_in_the_database(
    engine: Engine, superuser_engine: Engine, world: World, task: tuple[str, str]
) -> None:
    done = give(engine, world, task[1], code=True, address="zhang@boiler.example")
    with transaction(superuser_engine) as db:
        tables = db.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        everything = " ".join(
            str(db.execute(text(f"SELECT json_agg(x)::text FROM {table} x")).scalar_one()) for table in tables
        )
    assert secret_of(done) not in everything
    assert done.answer["code"] not in everything
    assert "zhang@boiler.example" in everything
    assert "path" not in done.answer


def test_asked_again_with_the_same_key_it_tells_no_secret(engine: Engine, world: World, task: tuple[str, str]) -> None:
    request, wanted = new_request(), Wanted("need_owner", 14, "en")
    with transaction(engine) as db:
        first = give_link(db, world.actor(db, "officer"), SECRET_BOX, task[1], wanted, request=request)
    with transaction(engine) as db:
        again = give_link(db, world.actor(db, "officer"), SECRET_BOX, task[1], wanted, request=request)
    assert first.answer["path"].endswith(SECRET_BOX.secrets_of(link_purpose(first.answer["id"]))[0])
    assert again.repeated
    assert set(again.answer) == {"id", "state"}


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("need_owner", 14, "en", address="no address"), "address"),
        (Wanted("need_owner", 14, "en", providers=("00000000-0000-0000-0000-000000000000",)), "providers"),
        (Wanted("technology_owner", 14, "en"), "party"),
    ],
)
def test_what_is_no_link_is_refused(
    engine: Engine, world: World, task: tuple[str, str], wanted: Wanted, field: str
) -> None:
    with pytest.raises(InvalidForm) as refused, transaction(engine) as db:
        give_link(db, world.actor(db, "officer"), SECRET_BOX, task[1], wanted, request=new_request())
    assert list(refused.value.fields) == [field]


def test_nobody_is_flooded_with_mails(engine: Engine, world: World, task: tuple[str, str]) -> None:
    for _ in range(MOST_A_DAY):
        give(engine, world, task[1], address="zhang@boiler.example")
    with pytest.raises(Refused):
        give(engine, world, task[1], address="zhang@boiler.example")
    give(engine, world, task[1])


def test_the_office_reads_what_became_of_each(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    number, id = task
    give(engine, world, id, address="zhang@boiler.example")
    done = give(engine, world, id)
    token = secret_of(done)
    with transaction(engine) as db:
        answer(db, document_store, token, opened(engine, token), Given("Zhang Wei", "Director", CONSENT))
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case")
        rows = list_links(db, world.actor(db, "auditor"), case, id)
        assert [(row.state, row.address, row.mailed) for row in rows] == [
            ("used", None, None),
            ("revoked", "zhang@boiler.example", "cancelled"),
        ]
        assert list_links(db, world.actor(db, "provider"), case, id) == []
        assert ask_by_link(db, world.actor(db, "officer"), case, case.tasks[id]) is None


def test_what_may_be_asked_is_offered(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    number, id = task
    mine = world.hand_in(document_store, number, title="Data sheet", party="need_owner")
    world.hand_in(document_store, number, title="Recipe", party="technology_owner")
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case")
        asking = ask_by_link(db, world.actor(db, "officer"), case, case.tasks[id])
    assert asking is not None
    assert asking.asks_documents
    assert asking.asks_providers
    assert [party for party, _ in asking.parties] == ["need_owner"]
    assert [(party, paper.id, paper.name) for party, paper in asking.documents] == [("need_owner", mine, "Data sheet")]
    assert world.organisations["lab"] in {provider.id for provider in asking.providers}
    # A link names whom the programme asks; what a party was asked before holds for whom it was asked about.
    lab, bank = world.organisations["lab"], world.organisations["bank"]
    give(engine, world, id, providers=(lab,))
    with transaction(engine) as db:
        actor, request = world.actor(db, "supervisor"), new_request()
        set_providers(db, actor, world.programmes["BJ"], providers=[], reason="None.", request=request)
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case")
        asking = ask_by_link(db, world.actor(db, "officer"), case, case.tasks[id])
    assert asking is not None
    assert [provider.id for provider in asking.providers] == [lab]
    with pytest.raises(InvalidForm, match="providers"):
        give(engine, world, id, providers=(bank,))


def test_what_is_over_is_forgotten_but_its_hash(
    engine: Engine, superuser_engine: Engine, world: World, task: tuple[str, str]
) -> None:
    done = give(engine, world, task[1], address="zhang@boiler.example")
    token = secret_of(done)
    with transaction(engine) as db:
        keep_draft(db, token, opened(engine, token), {"answered_by": ["Zhang Wei"]})
    with transaction(engine) as db:
        assert forget_over(db) == 0
    with transaction(superuser_engine) as db:
        db.execute(text("UPDATE party_link_secrets SET until = '2020-01-01'"))
    with transaction(engine) as db:
        assert forget_over(db) == 1
    with transaction(superuser_engine) as db:
        row = db.execute(text("SELECT address, typed, token FROM party_link_secrets")).one()
    assert (row.address, row.typed) == (None, None)
    assert row.token


def test_a_link_that_was_given_and_withdrawn_verifies(engine: Engine, world: World, task: tuple[str, str]) -> None:
    done = give(engine, world, task[1])
    with transaction(engine) as db:
        revoke_link(db, world.actor(db, "supervisor"), done.answer["id"], request=new_request())
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize(
    ("written", "language"), [("zh", "zh-Hans"), ("zh-Hans", "zh-Hans"), ("en", "en"), ("de", "en")]
)
def test_a_link_is_offered_in_the_language_of_its_party(written: str, language: str) -> None:
    assert spoken(written) == language


def test_a_party_that_is_written_to_in_chinese_is_asked_in_chinese(
    engine: Engine, owner_engine: Engine, world: World, task: tuple[str, str]
) -> None:
    with transaction(owner_engine) as db:
        db.execute(text("UPDATE organisations SET language = 'zh'"))
    with transaction(engine) as db:
        actor = world.actor(db, "officer")
        case = load(db, home_of(db, task[0]), "case")
        asking = ask_by_link(db, actor, case, case.tasks[task[1]])
    assert asking is not None
    assert set(asking.languages.values()) == {"zh-Hans"}
