"""Which providers a programme asks: who says so, what the history tells of it, and what nobody else learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.core.programme_providers import providers_of
from casework.operations.people.letterheads import show_settings
from casework.operations.people.programme_providers import set_providers, show_providers
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.way_to_referral import to_accepted
from tests.support.world import World, new_request


def ask_only(
    db: Connection,
    world: World,
    *names: str,
    ids: Sequence[str] = (),
    by: str = "supervisor",
    reason: str | None = "So.",
) -> Done:
    """Let the programme ask these providers alone."""
    providers = [*(world.organisations[name] for name in names), *ids]
    actor = world.actor(db, by)
    return set_providers(db, actor, world.programmes["BJ"], providers=providers, reason=reason, request=new_request())


def test_a_supervisor_says_whom_the_programme_asks_and_the_history_who_came_and_went(
    engine: Engine, world: World
) -> None:
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        shown = show_providers(db, world.actor(db, "supervisor"), programme)
        assert (shown.every, shown.version, shown.mine) == (True, 0, True)
        assert all(one.asked and one.since is None for one in shown.items)
        ask_only(db, world, "lab")
    with transaction(engine) as db:
        # That some come to it needs no reason.
        ask_only(db, world, "lab", "bank", reason=None)
    with transaction(engine) as db:
        ask_only(db, world, "bank", reason="It closed.")
        shown = show_providers(db, world.actor(db, "supervisor"), programme)
        entries = show_settings(db, world.actor(db, "supervisor"), programme).entries
    (bank,) = [one for one in shown.items if one.asked]
    assert (bank.name, shown.every) == ("Chaoyang Green Bank", False)
    assert bank.since == entries[1].at
    gone, came, begun = entries
    lab = f"providers.{world.organisations['lab']}"
    assert gone.changes == {lab: ("Haidian Assessment Lab", None)}
    assert (gone.reason, gone.who, shown.version) == ("It closed.", "Supervisor", gone.seq)
    assert came.changes == {f"providers.{bank.id}": (None, "Chaoyang Green Bank")}
    assert begun.changes == {"providers": ("every", "listed"), lab: (None, "Haidian Assessment Lab")}
    assert list(verify_all(engine)) == []


def test_the_list_is_given_up_with_a_reason(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        ask_only(db, world, "lab")
        programme, actor = world.programmes["BJ"], world.actor(db, "supervisor")
        set_providers(db, actor, programme, providers=None, reason="All may come.", request=new_request())
        assert providers_of(db, programme) is None
        newest = show_settings(db, actor, programme).entries[0]
    assert newest.changes == {"providers": ("listed", "every")}
    assert list(verify_all(engine)) == []


def test_what_is_no_change_or_no_provider_is_refused(db: Connection, world: World) -> None:
    for reason in (None, " "):
        with pytest.raises(InvalidForm, match="say why"):
            ask_only(db, world, "lab", reason=reason)
    with pytest.raises(InvalidForm, match="takes no requests"):
        ask_only(db, world, "need_owner")
    for nobody in ("00000000-0000-7000-8000-000000000000", "lab"):
        with pytest.raises(InvalidForm, match="takes no requests"):
            ask_only(db, world, ids=[nobody])
    ask_only(db, world, "lab")
    with pytest.raises(Refused, match="Nothing is changed"):
        ask_only(db, world, "lab")
    actor = world.actor(db, "supervisor")
    given: dict[str, Any] = {"programme": world.programmes["BJ"], "reason": None}
    with pytest.raises(InvalidForm, match="say why"):
        set_providers(db, actor, **given, providers=None, request=new_request())
    with pytest.raises(InvalidForm, match="say why"):
        set_providers(db, actor, **given, providers=[], request=new_request())


def test_two_who_change_it_at_once_do_not_overwrite_each_other(db: Connection, world: World) -> None:
    ask_only(db, world, "lab")
    actor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
    seen = show_providers(db, actor, programme).version
    ask_only(db, world, "lab", "bank")
    with pytest.raises(RecordHasMoved):
        set_providers(db, actor, programme, providers=[], reason="None.", request=new_request(), seen=seen)


def test_the_same_key_does_it_once(db: Connection, world: World) -> None:
    actor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
    given: dict[str, Any] = {"providers": [world.organisations["lab"]], "reason": "So.", "request": new_request()}
    first, again = (set_providers(db, actor, programme, **given) for _ in range(2))
    assert (again.repeated, again.answer) == (True, first.answer)


def test_who_may_look_and_who_may_set(db: Connection, world: World) -> None:
    programme = world.programmes["BJ"]
    to_accepted(world, db)
    assert not show_providers(db, world.actor(db, "administrator"), programme).mine
    with pytest.raises(NotAllowed):
        ask_only(db, world, "lab", by="administrator")
    # The provider who is asked, and whoever works elsewhere, learn neither who is on the list nor that there is one.
    others = ("officer", "foreign_officer", "auditor", "compliance", "provider", "provider_lead", "manager", "observer")
    for name in (*others, "dispute_officer"):
        with pytest.raises(NotFound):
            ask_only(db, world, "lab", by=name)
        with pytest.raises(NotFound):
            show_providers(db, world.actor(db, name), programme)
    with pytest.raises(NotFound):
        show_providers(db, world.actor(db, "supervisor"), world.programmes["SH"])
    assert providers_of(db, programme) is None
