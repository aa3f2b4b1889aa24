"""How one may choose to be told: what cannot be put off is not, and what was never chosen goes the usual way."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.analysis.notification_rules import (
    AT_ONCE,
    EMERGENCY,
    KINDS,
    MOVED,
    OFFER,
    OVERDUE,
    READERS,
    STOP,
    TASK,
)
from casework.errors import InvalidForm
from casework.operations.core.notification_preferences import (
    DIGEST,
    NONE,
    NOW,
    Telling,
    allowed,
    choice_of,
    find_telling,
    set_telling,
)
from tests.support.world import World

#: What is never held back.
INSISTS = {OVERDUE, STOP, READERS, EMERGENCY}


@pytest.mark.parametrize("kind", KINDS)
def test_what_one_may_choose_follows_from_how_much_it_hurries(kind: str) -> None:
    if kind in INSISTS:
        assert allowed(kind) == (NOW,)
    elif kind in AT_ONCE:
        assert allowed(kind) == (NOW, DIGEST)
    else:
        assert allowed(kind) == (DIGEST, NOW, NONE)


@pytest.mark.parametrize(
    ("kind", "kept", "gets"),
    [
        (OFFER, None, NOW),
        (OFFER, DIGEST, DIGEST),
        (OFFER, NONE, NOW),
        (MOVED, None, DIGEST),
        (MOVED, NONE, NONE),
        (MOVED, "by pigeon", DIGEST),
        (STOP, DIGEST, NOW),
        (OVERDUE, NONE, NOW),
    ],
)
def test_what_was_chosen_counts_where_it_may_be_chosen(kind: str, kept: str | None, gets: str) -> None:
    assert choice_of(kind, {} if kept is None else {kind: kept}) == gets


def test_whoever_has_chosen_nothing_is_told_the_usual_way(world: World, db: Connection) -> None:
    usual = Telling({kind: allowed(kind)[0] for kind in KINDS}, quiet=False)
    assert find_telling(db, world.actor(db, "officer")) == usual


def test_one_chooses_anew_for_oneself_alone(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    set_telling(db, officer, {OFFER: DIGEST, MOVED: NONE}, quiet=True)
    set_telling(db, officer, {MOVED: NOW}, quiet=True)
    telling = find_telling(db, officer)
    assert (telling.choices[OFFER], telling.choices[MOVED], telling.quiet) == (NOW, NOW, True)
    assert not find_telling(db, world.actor(db, "supervisor")).quiet


@pytest.mark.parametrize(("kind", "chosen"), [(STOP, DIGEST), (OFFER, NONE), ("weather", NOW), (MOVED, "by pigeon")])
def test_what_may_not_be_chosen_is_refused_and_changes_nothing(
    world: World, db: Connection, kind: str, chosen: str
) -> None:
    officer = world.actor(db, "officer")
    with pytest.raises(InvalidForm) as refused:
        set_telling(db, officer, {kind: chosen, TASK: NONE}, quiet=True)
    assert set(refused.value.fields) == {kind}
    assert find_telling(db, officer).choices[TASK] == DIGEST
