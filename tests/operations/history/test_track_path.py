"""Which moves of its tracks a provider is shown on the map."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.operations.cases.queries import find_case
from casework.operations.history import track_path
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.records.event_log import now
from tests.support.way_to_referral import to_referral
from tests.support.world import World


def moves(db: Connection, actor: Actor, number: str, track: str) -> list[str]:
    ways = track_path.read_ways(db, actor, number)
    return [move.name for way in ways.tracks if way.id == track for move in way.moves]


def test_a_provider_is_shown_what_came_after_the_sending(db: Connection, world: World) -> None:
    number, referral = to_referral(world, db)
    world.accept(db, number, referral)
    assert moves(db, world.actor(db, "officer"), number, referral) == ["send", "accept"]
    assert moves(db, world.actor(db, "provider"), number, referral) == ["accept"]


def test_what_came_before_is_hidden_whatever_its_state_is_called(
    db: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, referral = to_referral(world, db)
    world.fire(db, "provider", number, "ask_info", {"items": "The drawings"}, track=referral)
    sent_later = now(db)
    world.fire(db, "officer", number, "supply_info", {"answer": "Here they are."}, track=referral)

    def find(db: Connection, actor: Actor, number: str) -> tuple[Case, Sight]:
        """As if a state lay between the draft and the sending."""
        case, level = find_case(db, actor, number)
        track = case.tracks[referral]
        fired = {**track.fired, "send": replace(track.fired["send"], at=sent_later)}
        return replace(case, tracks={**case.tracks, referral: replace(track, fired=fired)}), level

    monkeypatch.setattr(track_path, "find_case", find)
    assert moves(db, world.actor(db, "provider"), number, referral) == ["supply_info"]
