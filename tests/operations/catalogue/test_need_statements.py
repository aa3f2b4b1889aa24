"""Needs that enterprises state: invited, sent, asked back, accepted or refused by the office, and nobody else's to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.catalogue import need_statements as statements
from casework.operations.catalogue.kept_records import read_entries
from casework.operations.catalogue.need_links import (
    Said,
    send_statement,
    show_statement_of,
    withdraw_statement,
)
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need
from casework.operations.core.encryption import SecretBox
from casework.operations.links.office_links import open_link
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.catalogue.test_organisation_merging import enter, merge
from tests.support.world import World, new_request

BOX = SecretBox(["k" * 32])
FIELDS: Mapping[str, Any] = {
    "title": "利用余热供热", "problem": "二十兆瓦数据中心全年排出余热。", "publication": "on_request", "budget": "5000000",
    "budget_currency": "CNY",
    "figures": [
        {"parameter": "供水温度", "unit": "°C", "now": "30", "comparison": "at_least", "target": "70", "condition": "室外零下十度"}
    ],
    "tried": "蓄热水箱", "site": "昌平",
}  # fmt: skip
SAID = Said(fields=FIELDS, by="周敏", position="厂长")


def invited(db: Connection, world: World, *, who: str = "officer", **more: Any) -> tuple[str, str]:
    """A statement that an enterprise is asked for: (its id, the secret of its link)."""
    given = {"organisation": world.organisations["need_owner"], "address": "", "language": "zh-Hans"} | more
    done = statements.invite(
        db, world.actor(db, who), BOX, programme=world.programmes["BJ"], request=new_request(), **given
    )
    return str(done.answer["id"]), str(done.answer.get("path", "")).partition("#")[2]


def sent(db: Connection, world: World, said: Said = SAID) -> tuple[str, str, str]:
    """One that is sent: (its id, the secret of its link, and what the browser keeps that has opened it)."""
    id, token = invited(db, world)
    opened = open_link(db, STATEMENT, token)
    send_statement(db, token, opened, said)
    return id, token, opened


def test_an_accepted_need_is_a_record_for_which_the_officer_stands(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        id, token, opened = sent(db, world)
        officer = world.actor(db, "officer")
        need = str(statements.accept(db, officer, id, request=new_request()).answer["need"])
        one = show_record(db, officer, Need, need)
        assert (one.title, one.source, one.external_id, one.owner) == (
            "利用余热供热",
            "enterprise",
            id,
            world.organisations["need_owner"],
        )
        assert (one.publication, one.status, one.tried, one.site) == ("on_request", "published", "蓄热水箱", "昌平")
        assert (one.constraints, one.contact) == (None, None)
        assert one.figures == FIELDS["figures"]
        assert one.valid_until is not None
        assert {stand["confirmed_by"] for stand in one.provenance.values()} == {officer.person}
        (entry,) = read_entries(db, officer, "need", need)
        assert entry.source == "enterprise"
        shown = show_statement_of(db, token, opened)
        assert (shown.state, shown.becomes, shown.typed) == ("accepted", "published", {})
    for again in (statements.accept, lambda *a, **k: statements.refuse(*a, reason="So.", **k)):
        with pytest.raises(Refused), transaction(engine) as db:
            again(db, officer, id, request=new_request())
    assert list(verify_all(engine)) == []


def test_it_is_asked_back_and_answered_or_refused_with_a_reason(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        id, token, opened = sent(db, world)
        with pytest.raises(NotFound):
            send_statement(db, token, opened, SAID)
        statements.ask_back(db, officer, id, question="多少兆瓦？", request=new_request())
        shown = show_statement_of(db, token, opened)
        assert (shown.state, shown.question) == ("asked", "多少兆瓦？")
    with transaction(engine) as db:
        send_statement(db, token, opened, SAID)
    with pytest.raises(InvalidForm), transaction(engine) as db:
        statements.refuse(db, officer, id, reason=" ", request=new_request())
    with transaction(engine) as db:
        statements.refuse(db, officer, id, reason="不属于本项目。", request=new_request())
        shown = show_statement_of(db, token, opened)
        assert (shown.state, shown.reason) == ("refused", "不属于本项目。")
        assert db.execute(text("SELECT count(*) FROM needs WHERE source = 'enterprise'")).scalar_one() == 0
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize("over", [True, False])
def test_what_is_asked_back_and_never_answered_is_decided_as_it_was_sent(
    world: World, db: Connection, over: bool
) -> None:
    officer, acts = world.actor(db, "officer"), ("ask_back", "refuse", "accept")
    for act in acts:
        id, token, _ = sent(db, world)
        statements.ask_back(db, officer, id, question="多少兆瓦？", request=new_request())
        if over:
            db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))
            assert statements.show_statement(db, officer, id).state == "over"
        words = {"ask_back": {"question": "没有回复？"}, "refuse": {"reason": "没有回复。"}, "accept": {}}[act]
        getattr(statements, act)(db, officer, id, request=new_request(), **words)
        state = {"ask_back": "asked", "refuse": "refused", "accept": "accepted"}[act]
        assert statements.show_statement(db, officer, id).state == state
        # The enterprise has time again to read it.
        assert open_link(db, STATEMENT, token)


def test_nothing_is_decided_but_what_was_looked_at(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        id, token, opened = sent(db, world)
        seen = statements.show_statement(db, officer, id).sent_at
        statements.ask_back(db, officer, id, question="多少兆瓦？", seen=seen, request=new_request())
    with transaction(engine) as db:
        send_statement(db, token, opened, replace(SAID, by="李强"))
    for act in (
        statements.accept,
        lambda *a, **k: statements.ask_back(*a, question="So?", **k),
        lambda *a, **k: statements.refuse(*a, reason="So.", **k),
    ):
        with pytest.raises(RecordHasMoved), transaction(engine) as db:
            act(db, officer, id, seen=seen, request=new_request())
    with transaction(engine) as db:
        one = statements.show_statement(db, officer, id)
        assert (one.state, one.question, one.by) == ("submitted", "多少兆瓦？", "李强")
        done = statements.accept(db, officer, id, seen=one.sent_at, request=new_request())
        assert done.answer["state"] == "accepted"


def test_a_need_goes_to_the_organisation_that_stands_in_the_place_of_who_was_invited(
    world: World, db: Connection
) -> None:
    officer = world.actor(db, "officer")
    gone, kept = (enter(db, world, name, kind="company") for name in ("Heat Works", "Heat Works Ltd"))
    id, token = invited(db, world, organisation=gone)
    send_statement(db, token, open_link(db, STATEMENT, token), SAID)
    merge(db, world, gone, kept)
    one = statements.show_statement(db, officer, id)
    assert (one.organisation, one.organisation_name) == (kept, "Heat Works Ltd")
    need = str(statements.accept(db, officer, id, request=new_request()).answer["need"])
    assert show_record(db, officer, Need, need).owner == kept


def test_only_who_reads_closed_needs_reads_them_and_only_officers_decide(world: World, db: Connection) -> None:
    id, _, _ = sent(db, world)
    for who in ("officer", "supervisor", "auditor"):
        assert statements.show_statement(db, world.actor(db, who), id).fields["title"] == "利用余热供热"
    for who in ("compliance", "manager", "provider", "observer"):
        with pytest.raises(NotFound):
            statements.list_statements(db, world.actor(db, who))
    foreign = world.actor(db, "foreign_officer")
    assert statements.list_statements(db, foreign).items == []
    for act in (statements.show_statement, lambda *a: statements.accept(*a, request=new_request())):
        with pytest.raises(NotFound):
            act(db, foreign, id)
    with pytest.raises(NotAllowed):
        statements.accept(db, world.actor(db, "auditor"), id, request=new_request())
    with pytest.raises(NotAllowed):
        invited(db, world, who="compliance")


def test_those_that_wait_for_the_office_stand_first(world: World, db: Connection) -> None:
    waits, _, _ = sent(db, world)
    draft, token = invited(db, world)
    taken_back, other, opened = sent(db, world)
    withdraw_statement(db, other, opened)
    listed = statements.list_statements(db, world.actor(db, "officer")).items
    assert [(one.id, one.state) for one in listed] == [
        (waits, "submitted"),
        (taken_back, "withdrawn"),
        (draft, "draft"),
    ]
    assert token != other


def test_the_list_goes_on_where_a_part_of_it_ends(world: World, engine: Engine) -> None:
    for _ in range(2):
        with transaction(engine) as db:
            sent(db, world)
    for _ in range(3):
        with transaction(engine) as db:
            invited(db, world)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        every = list[str]()
        cursor: str | None = None
        for most in (1, 2, 2):
            part = statements.list_statements(db, officer, cursor=cursor, limit=most)
            every, cursor = [*every, *(one.id for one in part.items)], part.next
            assert (len(part.items), cursor is None) == (most, len(every) == 5)
        assert every == [one.id for one in statements.list_statements(db, officer).items]
        with pytest.raises(InvalidForm):
            statements.list_statements(db, officer, cursor="x")


def test_an_invitation_says_what_is_wrong_and_is_limited(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for more, name in (
        ({"address": "nobody"}, "address"),
        ({"days": 91}, "days"),
        ({"organisation": "00000000-0000-7000-8000-000000000000"}, "organisation"),
    ):
        with pytest.raises(InvalidForm) as refused:
            invited(db, world, **more)
        assert list(refused.value.fields) == [name]
    assert db.execute(text("SELECT count(*) FROM need_statements")).scalar_one() == 0
    monkeypatch.setattr(statements, "MOST_A_DAY", 1)
    _, token = invited(db, world, address="zhou@campus.example")
    assert token == ""
    with pytest.raises(Refused) as too_many:
        invited(db, world)
    assert too_many.value.reasons == [reasons.catalogue.TOO_MANY_INVITED]


def test_the_same_request_makes_one_link_and_shows_it_once(world: World, db: Connection) -> None:
    request = new_request()
    answers = [
        statements.invite(
            db,
            world.actor(db, "officer"),
            BOX,
            programme=world.programmes["BJ"],
            organisation=world.organisations["need_owner"],
            address="",
            language="en",
            request=request,
        ).answer
        for _ in range(2)
    ]
    assert answers[0]["id"] == answers[1]["id"]
    assert ["path" in answer for answer in answers] == [True, False]
