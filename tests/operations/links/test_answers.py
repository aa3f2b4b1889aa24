"""What whoever holds a one-time link may do with it: see what is asked, and answer once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR
from casework.errors import CaseworkError, InvalidForm, NotFound, TooManyAttempts
from casework.ledger.redactable_bodies import values
from casework.operations.catalogue.kept_records import set_owner
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore, Kept, part_for
from casework.operations.documents.uploads import receive
from casework.operations.links.answers import (
    LARGEST,
    Given,
    answer,
    keep_draft,
    open_link,
    opened_document,
    show_link,
    state_of,
)
from casework.operations.links.service import revoke_link
from casework.operations.people import registry
from casework.operations.people.letterheads import set_letterhead
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.links.scene import ADDRESS, CONSENT, give, opened, secret_of, task_of_consent, to_consent
from tests.support.file_makers import PDF
from tests.support.way_to_referral import complete
from tests.support.world import World, new_request, today

ZHANG = Given("Zhang Wei", "Director", CONSENT)


@pytest.fixture
def task(engine: Engine, world: World) -> tuple[str, str]:
    """A case at the step of consent: (its number, the task to record the need owner's)."""
    with transaction(engine) as db:
        number = to_consent(world, db)
        return number, task_of_consent(db, number)


def send(engine: Engine, store: DocumentStore, token: str, mark: str, given: Given = ZHANG) -> Any:
    with transaction(engine) as db:
        return answer(db, store, token, mark, given)


def kept(engine: Engine, store: DocumentStore, number: str, party: str = "need_owner", content: bytes = PDF) -> Kept:
    with transaction(engine) as db:
        log = home_of(db, number)
    with receive(io.BytesIO(content), "minutes.pdf") as upload:
        return store.keep(log, part_for(party, None), upload)


def test_the_answer_finishes_that_task_by_the_party_and_verifies(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    number, id = task
    token = secret_of(give(engine, world, id, providers=(world.organisations["lab"],)))
    mark = opened(engine, token)
    with pytest.raises(InvalidForm) as refusal:
        send(engine, document_store, token, mark)
    assert list(refusal.value.fields) == ["providers"]
    ticked = CONSENT | {"providers": [world.organisations["lab"]]}
    done = send(engine, document_store, token, mark, Given("Zhang Wei", "Director", ticked))
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case", every_task=True)
        row = db.execute(
            text("SELECT header, body FROM events WHERE log_id = CAST(:log AS uuid) AND seq = :seq"),
            {"log": case.log, "seq": done.position},
        ).one()
    assert (case.tasks[id].state, case.tasks[id].closed_by) == ("Completed", PARTY_ACTOR)
    assert (row.header["actor"], row.header["role"], row.header["organisation"]) == (
        PARTY_ACTOR,
        Role.PARTY,
        world.organisations["need_owner"],
    )
    said = values(row.body)
    assert (said["answered_by"], said["answered_as"], said["person"]) == ("Zhang Wei", "Director", "Zhang Wei")
    (consent,) = case.consents.values()
    # What was shown is what was agreed to, and no provider else.
    assert (consent.party, consent.providers) == ("need_owner", (world.organisations["lab"],))
    assert consent.given_on == today().isoformat()
    assert next(iter(case.party_links.values())).state == "used"
    assert list(verify_all(engine)) == []


def test_a_link_answers_once(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    token = secret_of(give(engine, world, task[1]))
    mark = opened(engine, token)
    send(engine, document_store, token, mark)
    with pytest.raises(NotFound):
        send(engine, document_store, token, mark)
    with pytest.raises(NotFound), transaction(engine) as db:
        open_link(db, token, None, ADDRESS)
    with transaction(engine) as db:
        assert state_of(db, token)[0] == "used"


def test_files_become_the_partys_documents(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    number, id = task
    token = secret_of(give(engine, world, id))
    mark, file = opened(engine, token), kept(engine, document_store, number)
    send(engine, document_store, token, mark, Given("Zhang Wei", "Director", CONSENT, [file]))
    with transaction(engine) as db:
        (document,) = load(db, home_of(db, number), "case").documents.values()
    assert (document.party, document.own) == ("need_owner", False)
    assert list(verify_all(engine)) == []


def test_it_shows_what_was_named_with_it_and_nothing_else(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    number, id = task
    shown = world.hand_in(document_store, number, title="Data sheet", party="need_owner")
    other = world.hand_in(document_store, number, title="Bank statement", party="need_owner")
    token = secret_of(give(engine, world, id, documents=(shown,)))
    mark = opened(engine, token)
    with transaction(engine) as db:
        named = {"office": "Green Office", "office_zh": "绿色办公室"}
        supervisor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
        set_letterhead(db, supervisor, programme, fields=named, reason="It is called so.", request=new_request())
        page = show_link(db, token, mark)
        assert page is not None
        # The office as its letters have it.
        assert (page.office.name, page.office.name_zh) == ("Green Office", "绿色办公室")
        assert [paper.title for paper in page.documents] == ["Data sheet"]
        # Only what is asked of the party, and what the link leaves out is not.
        assert [field["name"] for field in page.fields] == ["agreed", "documents", "sheet", "expires_on"]
        assert "Bank statement" not in repr(page)
        with opened_document(db, document_store, token, mark, shown) as (_, pieces):
            assert b"".join(pieces) == PDF
        with pytest.raises(NotFound), opened_document(db, document_store, token, mark, other):
            pass
    with pytest.raises(InvalidForm) as refusal:
        send(engine, document_store, token, mark, Given("Zhang Wei", "Director", CONSENT | {"documents": [other]}))
    assert list(refusal.value.fields) == ["documents"]
    # What is not ticked is not agreed to.
    send(engine, document_store, token, mark)
    with transaction(engine) as db:
        (consent,) = load(db, home_of(db, number), "case").consents.values()
    assert consent.documents == ()
    # Nobody was named to the party, so that nobody is agreed to.
    assert page.unnamed == {"providers"}
    assert consent.providers == ()


def test_nothing_of_the_other_party_is_shown(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    number, id = task
    theirs = world.hand_in(document_store, number, title="Recipe", party="technology_owner")
    both = world.hand_in(document_store, number, title="Minutes")
    for paper in (theirs, both):
        with pytest.raises(InvalidForm):
            give(engine, world, id, documents=(paper,))


def test_what_is_wrong_is_told_together(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    token = secret_of(give(engine, world, task[1]))
    with pytest.raises(InvalidForm) as refusal:
        send(engine, document_store, token, opened(engine, token), Given(" ", "", {"expires_on": "soon"}))
    assert set(refusal.value.fields) == {"answered_by", "answered_as", "agreed", "expires_on"}


@pytest.mark.parametrize("field", ["channel", "evidence", "given_on", "person", "party", "providers"])
def test_what_the_link_does_not_ask_is_refused(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str], field: str
) -> None:
    token = secret_of(give(engine, world, task[1]))
    with pytest.raises(InvalidForm):
        send(engine, document_store, token, opened(engine, token), Given("Z", "D", CONSENT | {field: "letter"}))


# --- opening ---------------------------------------------------------------------------------------------------------


def test_with_a_code_the_link_alone_opens_nothing(engine: Engine, world: World, task: tuple[str, str]) -> None:
    done = give(engine, world, task[1], code=True)
    token = secret_of(done)
    with pytest.raises(NotFound), transaction(engine) as db:
        open_link(db, token, None, ADDRESS)
    with transaction(engine) as db:
        assert open_link(db, token, "00000000" if done.answer["code"] != "00000000" else "1", ADDRESS) is None
    assert opened(engine, token, done.answer["code"])


def test_a_stranger_who_guesses_waits_and_the_party_does_not(
    engine: Engine, world: World, task: tuple[str, str]
) -> None:
    done = give(engine, world, task[1], code=True)
    token = secret_of(done)

    def guess() -> None:
        with transaction(engine) as db:
            open_link(db, token, "1", "198.51.100.9")

    with pytest.raises(TooManyAttempts):
        for _ in range(12):
            guess()
    assert opened(engine, token, done.answer["code"])


def test_what_was_opened_elsewhere_is_not_open_here(engine: Engine, world: World, task: tuple[str, str]) -> None:
    token = secret_of(give(engine, world, task[1]))
    opened(engine, token)
    with transaction(engine) as db:
        assert show_link(db, token, "") is None
        assert show_link(db, token, "guessed") is None


@pytest.mark.parametrize("how", ["revoked", "over", "done otherwise", "replaced"])
def test_a_link_that_is_over_opens_nothing(
    engine: Engine,
    superuser_engine: Engine,
    world: World,
    document_store: DocumentStore,
    task: tuple[str, str],
    how: str,
) -> None:
    number, id = task
    done = give(engine, world, id)
    token = secret_of(done)
    mark = opened(engine, token)
    with transaction(engine) as db:
        if how == "revoked":
            revoke_link(db, world.actor(db, "officer"), done.answer["id"], request=new_request())
        elif how == "done otherwise":
            data = {"agreed": True, "sheet": False, "person": "The director", "given_on": today().isoformat()}
            more = {"channel": "meeting"}
            complete(world, db, "officer", number, "record_consent", data=data | more, about="need_owner")
    if how == "over":
        with transaction(superuser_engine) as db:
            db.execute(text("UPDATE party_links SET until = :at"), {"at": "2020-01-01"})
    if how == "replaced":
        give(engine, world, id)
    with transaction(engine) as db:
        assert state_of(db, token)[0] == {"replaced": "revoked", "done otherwise": "over"}.get(how, how)
        with pytest.raises(NotFound):
            show_link(db, token, mark)
    with pytest.raises(NotFound):
        send(engine, document_store, token, mark)


def test_a_secret_that_nobody_gave_opens_nothing(engine: Engine) -> None:
    with transaction(engine) as db:
        for token in ("", "x", "x" * 200, "\N{SNOWMAN}"):
            with pytest.raises(NotFound):
                state_of(db, token)


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_sealed_until_the_answer(
    engine: Engine, superuser_engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    token = secret_of(give(engine, world, task[1]))
    mark = opened(engine, token)
    with transaction(engine) as db:
        keep_draft(db, token, mark, {"answered_by": ["\\u0000"]})
        keep_draft(db, token, mark, {"answered_by": ["Zhang Wei"]})
    with transaction(engine) as db:
        page = show_link(db, token, mark)
    assert page is not None
    assert page.draft == {"answered_by": ["Zhang Wei"]}
    with transaction(superuser_engine) as db:
        kept_as = db.execute(text("SELECT CAST(typed AS text) FROM party_link_secrets")).scalar_one()
    assert "Zhang" not in kept_as
    send(engine, document_store, token, mark)
    with transaction(superuser_engine) as db:
        assert db.execute(text("SELECT address, typed, opened FROM party_link_secrets")).one() == (None, None, None)


def test_a_draft_that_is_too_large_is_refused_and_one_in_chinese_is_as_long_as_it_is(
    engine: Engine, world: World, task: tuple[str, str]
) -> None:
    token = secret_of(give(engine, world, task[1]))
    mark = opened(engine, token)
    with pytest.raises(CaseworkError), transaction(engine) as db:
        keep_draft(db, token, mark, {"f-note": ["x" * LARGEST]})
    with transaction(engine) as db:
        keep_draft(db, token, mark, {"f-note": ["热" * (LARGEST // 2)]})


def test_whoever_owns_the_record_no_more_reads_and_agrees_to_nothing(
    engine: Engine, world: World, document_store: DocumentStore, task: tuple[str, str]
) -> None:
    """An owner that was corrected is the party from now on: its predecessor's link opens nothing, and a new one is its own."""
    number, id = task
    token = secret_of(give(engine, world, id))
    mark = opened(engine, token)
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case")
        owner = registry.register_organisation(db, name="Another Works", country="CN", programme=case.programme)
        officer = world.actor(db, "officer")
        reason = "The record named the wrong works."
        set_owner(db, officer, "need", str(case.need), organisation=owner, reason=reason, request=new_request())
    with transaction(engine) as db, pytest.raises(NotFound):
        show_link(db, token, mark)
    with pytest.raises(NotFound):
        send(engine, document_store, token, mark)
    token = secret_of(give(engine, world, id))
    mark = opened(engine, token)
    with transaction(engine) as db:
        page = show_link(db, token, mark)
    assert page is not None
    assert page.organisation.id == owner
    send(engine, document_store, token, mark)
    with transaction(engine) as db:
        case = load(db, case.log, "case")
    assert [link.organisation for link in case.party_links.values() if link.state == "used"] == [owner]
    assert list(verify_all(engine)) == []


def test_a_log_that_names_no_owner_any_more_is_found_and_stops_no_verification(
    engine: Engine, superuser_engine: Engine, world: World, task: tuple[str, str]
) -> None:
    give(engine, world, task[1])
    with transaction(engine) as db:
        need = str(load(db, home_of(db, task[0]), "case").need)
        owner = registry.register_organisation(db, name="Another Works", country="CN", programme=world.programmes["BJ"])
        officer, reason = world.actor(db, "officer"), "The record named the wrong works."
        set_owner(db, officer, "need", need, organisation=owner, reason=reason, request=new_request())
    give(engine, world, task[1])
    changed = "UPDATE events SET body = jsonb_set(body, '{owner_id,value}', '\"<b>\"') WHERE body->'owner_id' ? 'value'"
    with superuser_engine.begin() as attack:
        attack.execute(text("SET LOCAL session_replication_role = replica"))
        assert attack.execute(text(changed)).rowcount
    assert list(verify_all(engine))
