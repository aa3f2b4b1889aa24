"""What an enterprise does behind the link that asks whether its need still holds, and what it is shown of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework import reasons
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.catalogue import need_statements
from casework.operations.catalogue.kept_records import correct_record, read_entries
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.need_renewal_links import answer_renewal, show_renewal_of, withdraw_need
from casework.operations.catalogue.need_renewal_mail import RENEWAL
from casework.operations.catalogue.need_renewals import list_renewals
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import bring_back
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need
from casework.operations.links import office_links
from casework.operations.verification.service import verify_all
from casework.records.database import savepoint, transaction
from tests.operations.catalogue.test_need_renewals import (
    anothers,
    answer,
    asked,
    nothing_more,
    on_record,
    today,
    withdrawn,
)
from tests.operations.catalogue.test_need_statements import SAID, invited
from tests.support.world import World, new_request


def test_a_need_that_holds_on_as_it_was_has_its_new_last_day_at_once(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, officer = on_record(db, world), world.actor(db, "officer")
        id, token, opened = asked(db, world, need)
        answer(db, token, opened, days=100)
        one = show_record(db, officer, Need, need)
        assert one.valid_until == (today(db, world) + timedelta(days=100)).isoformat()
        shown = show_renewal_of(db, token, opened)
        assert (shown.state, shown.typed) == ("renewed", {})
        (listed,) = list_renewals(db, officer, need)
        assert (listed.id, listed.state, listed.by, listed.fields) == (id, "renewed", "周敏", {})
        (told,) = [entry for entry in read_entries(db, officer, "need", need) if entry.kind == "renewed"]
        assert (told.role, told.by_link, told.as_what, told.statement) == (Role.PARTY, "周敏", "厂长", id)
        # The link is used up.
        nothing_more(db, token, opened)
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize("first", ["nothing", "changes"])
def test_a_need_that_its_enterprise_withdraws_is_used_no_more(world: World, engine: Engine, first: str) -> None:
    told: list[tuple[str, list[str]]] = []
    with transaction(engine) as db:
        need, officer = on_record(db, world), world.actor(db, "officer")
        id, token, opened = asked(db, world, need)
        if first == "changes":
            answer(db, token, opened, title="利用余热制冷")
        with pytest.raises(InvalidForm):
            withdraw_need(db, token, opened, reason=" ", by="周敏")
        withdraw_need(
            db,
            token,
            opened,
            reason="我们自己建好了。",
            by="周敏",
            tell=lambda db, where, needs: told.append((where, needs)),
        )
        record = show_record(db, officer, Need, need)
        assert record.status == "withdrawn"
        # No import says otherwise.
        assert record.provenance["status"]["confirmed_by"] == "party"
        assert told == [(world.programmes["BJ"], [need])]
        one = need_statements.show_statement(db, officer, id)
        assert (one.state, one.withdrawn_for, one.fields) == ("withdrawn", "我们自己建好了。", {})
        entry = read_entries(db, officer, "need", need)[0]
        assert (entry.kind, entry.reason, entry.by_link) == ("withdrawn", "我们自己建好了。", "周敏")
        assert show_renewal_of(db, token, opened).state == "withdrawn"
        nothing_more(db, token, opened)
        for do in (need_statements.accept, lambda *a, **k: need_statements.refuse(*a, reason="So.", **k)):
            with pytest.raises(Refused), savepoint(db):
                do(db, officer, id, request=new_request())
        with pytest.raises(Refused) as refused, savepoint(db):
            asked(db, world, need)
        assert refused.value.reasons == [reasons.catalogue.NEED_HOLDS_NO_MORE]
        # The office may bring it back, and then ask again.
        bring_back(db, officer, "need", need, reason="They called.", request=new_request())
        asked(db, world, need)
    assert list(verify_all(engine)) == []


def test_it_sees_its_own_words_and_of_the_record_what_is_published(world: World, db: Connection) -> None:
    need, officer = on_record(db, world), world.actor(db, "officer")
    put = {"problem": "Written by the office.", "sector": "Heat", "target": "Eight megawatts.", "title_zh": "余热"}
    correct_record(db, officer, "need", need, fields=put, source="A call", reason="So.", request=new_request())
    _, token, opened = asked(db, world, need)
    # Of one on request the sector is published, and nothing else of what the office wrote.
    stands = show_renewal_of(db, token, opened).stands.fields
    assert (stands["problem"], stands.get("target"), stands["sector"]) == (SAID.fields["problem"], None, "Heat")
    correct_record(
        db, officer, "need", need, fields={"publication": "public"}, source=None, reason="So.", request=new_request()
    )
    stands = show_renewal_of(db, token, opened).stands.fields
    assert (stands["problem"], stands["target"], "title_zh" in stands) == (
        "Written by the office.",
        "Eight megawatts.",
        False,
    )
    # What it leaves as it is shown is no change.
    answer(db, token, opened)
    assert show_renewal_of(db, token, opened).state == "renewed"


def test_what_was_changed_under_its_reader_is_not_answered(world: World, db: Connection) -> None:
    need = on_record(db, world, replace(SAID, fields={**SAID.fields, "publication": "public"}))
    officer = world.actor(db, "officer")
    _, token, opened = asked(db, world, need)
    shown = show_renewal_of(db, token, opened)
    correct_record(db, officer, "need", need, fields={"target": "x"}, source=None, reason="So.", request=new_request())
    until = shown.latest.isoformat()
    with pytest.raises(InvalidForm) as refused:
        answer_renewal(db, token, opened, replace(shown.says, by="周敏"), until=until, seen=shown.seen)
    assert refused.value.fields == {"form": reasons.catalogue.SHOWN_BEFORE}


@pytest.mark.parametrize(("days", "sound"), [(-1, False), (0, True), (365, True), (366, False)])
def test_it_holds_a_year_at_most_and_no_day_that_has_passed(
    world: World, db: Connection, days: int, sound: bool
) -> None:
    need = on_record(db, world)
    _, token, opened = asked(db, world, need)
    if sound:
        answer(db, token, opened, days=days)
        return
    with pytest.raises(InvalidForm) as refused:
        answer(db, token, opened, days=days)
    assert list(refused.value.fields) == ["valid_until"]


def expired(db: Connection, world: World, need: str) -> None:
    last = (today(db, world) - timedelta(days=1)).isoformat()
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


def merged(db: Connection, world: World, need: str) -> None:
    merge_records(
        db, world.actor(db, "supervisor"), "need", need, into=world.needs[0], reason="So.", request=new_request()
    )


@pytest.mark.parametrize("happens", [withdrawn, expired, anothers, merged])
def test_of_a_need_that_is_used_no_more_or_anothers_nothing_is_asked(
    world: World, engine: Engine, happens: Any
) -> None:
    with transaction(engine) as db:
        need = on_record(db, world)
        _, token, opened = asked(db, world, need)
        happens(db, world, need)
        shown = show_renewal_of(db, token, opened)
        assert shown.state == "closed"
        nothing_more(db, token, opened)
        with pytest.raises(NotFound):
            office_links.keep_typed(db, RENEWAL, token, opened, {})
        with pytest.raises((Refused, NotAllowed)), savepoint(db):
            asked(db, world, need)
    assert list(verify_all(engine)) == []


def test_a_link_opens_nothing_of_another_kind(world: World, db: Connection) -> None:
    need = on_record(db, world)
    _, renewing, _ = asked(db, world, need)
    _, stating = invited(db, world)
    for kind, token in ((STATEMENT, renewing), (RENEWAL, stating)):
        with pytest.raises(NotFound):
            office_links.open_link(db, kind, token)


def test_nothing_else_is_said_by_a_link_than_it_asks(world: World, db: Connection) -> None:
    need = on_record(db, world)
    id, token, opened = asked(db, world, need)
    more: dict[str, Any] = {
        "valid_until": "2099-01-01",
        "status": "met",
        "owner_id": world.organisations["lab"],
        "title_zh": "余热",
    }
    answer(db, token, opened, **more)
    assert need_statements.show_statement(db, world.actor(db, "officer"), id).state == "renewed"
