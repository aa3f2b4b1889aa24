"""Whether a need still holds: asked by hand and by the clock, answered by a link, accepted into the record that there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.definition.own_limits import ASKED_BEFORE, REMINDED_BEFORE, NamedLimit
from casework.errors import NotFound, Refused
from casework.operations.catalogue import need_links, need_statements
from casework.operations.catalogue.kept_records import correct_record, read_entries, set_owner
from casework.operations.catalogue.need_links import Said
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.need_renewal_links import answer_renewal, show_renewal_of, withdraw_need
from casework.operations.catalogue.need_renewal_mail import RENEWAL
from casework.operations.catalogue.need_renewals import ask_due, ask_whether, list_renewals, take_back
from casework.operations.catalogue.record_use import end_record
from casework.operations.core.perform import calendar_of
from casework.operations.deadlines.limits import set_limit
from casework.operations.links import office_links
from casework.operations.notifications.mail_outbox import OFFICE_LINKS
from casework.operations.verification.service import verify_all
from casework.records.database import savepoint, transaction
from casework.records.event_log import now
from casework.records.row_security import whole
from tests.operations.catalogue.test_need_statements import BOX, SAID, invited, sent
from tests.support.world import World, new_request


def on_record(db: Connection, world: World, said: Said = SAID, *, address: str = "", **more: Any) -> str:
    """A need that an enterprise stated and an officer accepted."""
    id, token = invited(db, world, address=address, **more)
    token = token or office_links.secret_of(BOX, STATEMENT, id)
    need_links.send_statement(db, token, office_links.open_link(db, STATEMENT, token), said)
    return str(need_statements.accept(db, world.actor(db, "officer"), id, request=new_request()).answer["need"])


def asked(db: Connection, world: World, need: str, **more: Any) -> tuple[str, str, str]:
    """Its enterprise is asked whether it still holds: (the question, the secret of its link, and what the browser keeps)."""
    given = {"address": "", "language": "zh-Hans"} | more
    done = ask_whether(db, world.actor(db, "officer"), BOX, need, request=new_request(), **given)
    id = str(done.answer["id"])
    token = office_links.secret_of(BOX, RENEWAL, id)
    return id, token, office_links.open_link(db, RENEWAL, token)


def today(db: Connection, world: World) -> date:
    return calendar_of(db, world.programmes["BJ"]).local_date(now(db))


def answer(db: Connection, token: str, opened: str, *, days: int = 200, **changes: Any) -> None:
    """It holds for so many days, and says otherwise what is named."""
    shown = show_renewal_of(db, token, opened)
    said = Said(fields={**shown.says.fields, **changes}, by="周敏", position="厂长")
    until = (calendar_of(db, shown.programme).local_date(now(db)) + timedelta(days=days)).isoformat()
    answer_renewal(db, token, opened, said, until=until, seen=shown.seen, typed={"f-by": ["周敏"]})


def nothing_more(db: Connection, token: str, opened: str) -> None:
    """Nothing is said by the link any more."""
    with pytest.raises(NotFound):
        answer(db, token, opened)
    with pytest.raises(NotFound):
        withdraw_need(db, token, opened, reason="So.", by="周敏")


def kinds(db: Connection, world: World, need: str) -> list[str]:
    return [entry.kind for entry in read_entries(db, world.actor(db, "officer"), "need", need)][::-1]


def withdrawn(db: Connection, world: World, need: str) -> None:
    end_record(db, world.actor(db, "officer"), "need", need, status="withdrawn", reason="So.", request=new_request())


def anothers(db: Connection, world: World, need: str) -> None:
    other = world.organisations["technology_owner"]
    set_owner(db, world.actor(db, "officer"), "need", need, organisation=other, reason="So.", request=new_request())


def test_a_question_is_taken_back_and_asked_again(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, officer = on_record(db, world), world.actor(db, "officer")
        id, token, opened = asked(db, world, need)
        with pytest.raises(Refused) as refused, savepoint(db):
            asked(db, world, need)
        assert refused.value.reasons == [reasons.catalogue.RENEWAL_ASKED_ALREADY]
        take_back(db, officer, id, request=new_request())
        assert show_renewal_of(db, token, opened).state == "revoked"
        nothing_more(db, token, opened)
        with pytest.raises(Refused), savepoint(db):
            take_back(db, officer, id, request=new_request())
        asked(db, world, need)
        assert [one.state for one in list_renewals(db, officer, need)] == ["draft", "revoked"]
        stated, _, _ = sent(db, world)
        with pytest.raises(Refused), savepoint(db):
            take_back(db, officer, stated, request=new_request())
    assert list(verify_all(engine)) == []


def test_nobody_is_asked_of_what_was_not_stated_by_a_link(world: World, db: Connection) -> None:
    with pytest.raises(Refused) as refused:
        asked(db, world, world.needs[0])
    assert refused.value.reasons == [reasons.catalogue.NOT_STATED_BY_LINK]


def test_who_may_not_see_the_need_learns_of_no_question(world: World, db: Connection) -> None:
    closed = on_record(db, world, replace(SAID, fields={**SAID.fields, "publication": "closed"}))
    id, token, opened = asked(db, world, closed)
    answer(db, token, opened, title="利用余热制冷")
    for who in ("manager", "foreign_officer"):
        actor = world.actor(db, who)
        for look in (
            lambda actor: list_renewals(db, actor, closed),
            lambda actor: ask_whether(db, actor, BOX, closed, address="", language="en", request=new_request()),
            lambda actor: take_back(db, actor, id, request=new_request()),
            lambda actor: need_statements.accept(db, actor, id, request=new_request()),
        ):
            with pytest.raises(NotFound):
                look(actor)
    # Of one that a manager sees it reads neither who answered nor why.
    open_need = on_record(db, world)
    _, token, opened = asked(db, world, open_need)
    withdraw_need(db, token, opened, reason="我们自己建好了。", by="周敏")
    manager = world.actor(db, "manager")
    assert list_renewals(db, manager, open_need) == []
    entry = read_entries(db, manager, "need", open_need)[0]
    assert (entry.kind, entry.reason, entry.by_link, entry.statement) == ("withdrawn", None, None, None)


@pytest.fixture
def expiring(world: World, engine: Engine) -> str:
    """A need with an address that expires in twenty days, and two that do not: one has no address, the other time."""
    with transaction(engine) as db:
        needs = [
            on_record(db, world, address=address) for address in ("zhou@campus.example", "", "zhou@campus.example")
        ]
        for need in needs[:2]:
            last = (today(db, world) + timedelta(days=20)).isoformat()
            correct_record(
                db,
                world.actor(db, "officer"),
                "need",
                need,
                fields={"valid_until": last},
                source=None,
                reason="So.",
                request=new_request(),
            )
    return needs[0]


def test_the_clock_asks_once_before_a_need_expires(world: World, engine: Engine, expiring: str) -> None:
    programme = world.programmes["BJ"]
    assert [ask_due(engine, programme, BOX) for _ in range(2)] == [1, 0]
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        (one,) = list_renewals(db, officer, expiring)
        assert (one.state, one.invited_by, one.address, one.language) == (
            "draft",
            None,
            "zhou@campus.example",
            "zh-Hans",
        )
        # It works to the end of its last day.
        assert one.until[:10] in (today(db, world) + timedelta(days=20)).isoformat() or one.until > now(db).isoformat()
        # One mail goes now, one near the end.
        mails = text("SELECT count(*) FROM mails WHERE office_link_id = CAST(:id AS uuid) AND state = 'queued'")
        assert db.execute(mails, {"id": one.id}).scalar_one() == 2
        take_back(db, officer, one.id, request=new_request())
        assert db.execute(mails, {"id": one.id}).scalar_one() == 0
    # Taken back, it is not asked again by itself.
    assert ask_due(engine, programme, BOX) == 0
    assert list(verify_all(engine)) == []


def test_a_programme_says_how_long_before_it_is_asked_and_reminded(world: World, engine: Engine, expiring: str) -> None:
    programme = world.programmes["BJ"]

    def set_to(limit: NamedLimit, n: int) -> None:
        with transaction(engine) as db:
            supervisor = world.actor(db, "supervisor")
            set_limit(db, supervisor, programme, limit.what, n=n, reason="So.", request=new_request())

    set_to(ASKED_BEFORE, 10)
    assert ask_due(engine, programme, BOX) == 0
    set_to(ASKED_BEFORE, 25)
    set_to(REMINDED_BEFORE, 3)
    assert ask_due(engine, programme, BOX) == 1
    query = """
        SELECT s.until - m.send_at FROM mails m JOIN office_link_secrets s ON s.id = m.office_link_id
        JOIN need_statements q ON q.id = s.statement_id WHERE q.renews_id IS NOT NULL ORDER BY m.send_at DESC LIMIT 1
    """
    with transaction(engine) as db, whole(db):
        assert db.execute(text(query)).scalar_one() == timedelta(days=3)
    assert list(verify_all(engine)) == []


def test_an_answer_that_holds_for_a_short_time_is_asked_of_again(world: World, engine: Engine, expiring: str) -> None:
    programme = world.programmes["BJ"]
    ask = text(
        "UPDATE need_statements SET invited_at = casework_now() - make_interval(days => :days) WHERE renews_id IS NOT NULL"
    )

    def after(days: int) -> int:
        with transaction(engine) as db, whole(db):
            db.execute(ask, {"days": days})
        return ask_due(engine, programme, BOX)

    assert ask_due(engine, programme, BOX) == 1
    # As long as its link is open it is asked once.
    assert after(20) == 0
    with transaction(engine) as db:
        (one,) = list_renewals(db, world.actor(db, "officer"), expiring)
        token = office_links.secret_of(BOX, RENEWAL, one.id)
        answer(db, token, office_links.open_link(db, RENEWAL, token), days=16)
    # Asked again half-way, long before it has expired: of 21 days since.
    assert [after(days) for days in (1, 5, 16)] == [0, 0, 1]


def test_who_is_asked_for_a_short_time_is_reminded_half_way(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need = on_record(db, world, address="zhou@campus.example")
        done = ask_whether(
            db,
            world.actor(db, "officer"),
            BOX,
            need,
            address="zhou@campus.example",
            language="en",
            days=6,
            request=new_request(),
        )
        query = "SELECT count(*) FROM mails WHERE office_link_id = CAST(:id AS uuid) AND send_at > casework_now() + interval '2 days'"
        with whole(db):
            assert db.execute(text(query), {"id": done.answer["id"]}).scalar_one() == 1


def test_who_was_asked_and_did_not_answer_is_told_and_keeps_its_address_while_the_need_is_in_use(
    world: World, engine: Engine, expiring: str
) -> None:
    ask_due(engine, world.programmes["BJ"], BOX)
    addresses = text("SELECT count(*) FROM office_link_secrets WHERE address IS NOT NULL")
    with transaction(engine) as db, whole(db):
        db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))
        assert office_links.forget_over(db, OFFICE_LINKS) == 0
        (one,) = list_renewals(db, world.actor(db, "officer"), expiring)
        assert (one.state, one.sent_at) == ("over", None)
        assert db.execute(addresses).scalar_one() == 3
    with transaction(engine) as db, whole(db):
        withdrawn(db, world, expiring)
        # That of the statement and that of the question.
        assert office_links.forget_over(db, OFFICE_LINKS) == 2
        assert db.execute(addresses).scalar_one() == 1


@pytest.mark.parametrize("happens", [withdrawn, anothers])
def test_the_clock_asks_nothing_of_what_is_used_no_more(
    world: World, engine: Engine, expiring: str, happens: Any
) -> None:
    with transaction(engine) as db:
        happens(db, world, expiring)
    assert ask_due(engine, world.programmes["BJ"], BOX) == 0
