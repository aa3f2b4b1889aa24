"""Technologies that may be one are proposed once for a need, whichever was found first; whoever says that they are two has both."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue.matches import judge_match
from casework.operations.catalogue.twins import tell_apart
from casework.operations.matching.proposals import (
    dismiss,
    list_needs_proposed,
    list_proposals,
    list_waiting_proposals,
    take_up,
)
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_proposals import OFFERED, WORDS, propose, proposed
from tests.operations.matching.test_twin_groups import alike
from tests.support.samples import few_of
from tests.support.world import World, new_request


def put(world: World, db: Connection, count: int = 2) -> tuple[str, list[str]]:
    """A need and technologies that say as much of it, the first one the most."""
    need = enter(world, db, "need", **WORDS)
    more = {"description": OFFERED["description"] + " It is unused."}
    technologies = [enter(world, db, "technology", **OFFERED | (more if n == 0 else {})) for n in range(count)]
    return need, technologies


def shown(engine: Engine, world: World, need: str) -> dict[str, list[str]]:
    """What is proposed for a need, each with what stands behind it."""
    return {one.technology: [str(twin["technology"]) for twin in one.twins] for one in proposed(engine, world, need)}


def test_the_best_of_twins_is_proposed_and_the_others_stand_behind_it_in_lists_and_counts(
    world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        need, (best, *others) = put(world, db, 3)
        every = [best, *others]
        pairs = [(one, other) for n, one in enumerate(every) for other in every[n + 1 :]]
        alike(db, world.programmes["BJ"], *pairs)
    propose(engine, world)
    told = shown(engine, world, need)
    assert {one: set(behind) for one, behind in told.items()} == {best: set(others)}
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        assert [row.proposals for row in list_needs_proposed(db, officer)[0]] == [1]
        assert [one.technology for one in list_waiting_proposals(db, officer).items] == [best]


def test_twins_that_are_found_after_both_were_proposed_count_once_from_then_on(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, (best, other) = put(world, db)
    propose(engine, world)
    assert shown(engine, world, need) == {best: [], other: []}
    with transaction(engine) as db:
        alike(db, world.programmes["BJ"], (best, other))
    assert shown(engine, world, need) == {best: [other]}


def test_two_of_which_somebody_says_that_they_are_two_are_both_proposed(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, (best, other) = put(world, db)
        alike(db, world.programmes["BJ"], (best, other))
    propose(engine, world)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        tell_apart(db, officer, "technology", best, other=other, reason="Two sizes.", request=new_request())
    assert shown(engine, world, need) == {best: [], other: []}


def test_of_a_chain_none_is_lost_behind_one_that_stands_behind_another(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, ids = put(world, db, 3)
    propose(engine, world)
    best, second, third = [one.technology for one in proposed(engine, world, need)]
    with transaction(engine) as db:
        alike(db, world.programmes["BJ"], (best, second), (second, third))
    assert list(shown(engine, world, need)) == [best, third]


@pytest.mark.parametrize("length", few_of([2, 3, 4, 5, 6], 4))
def test_each_of_a_chain_is_proposed_once_in_whatever_order_they_are(world: World, engine: Engine, length: int) -> None:
    with transaction(engine) as db:
        need, chain = put(world, db, length)
    propose(engine, world)
    with transaction(engine) as db:
        alike(db, world.programmes["BJ"], *pairwise(chain))
        officer, set_share = world.actor(db, "officer"), text(_SHARE)
        for order in permutations(range(length)):
            for place, at in enumerate(order):
                db.execute(set_share, {"share": 1 - place / 10, "id": chain[at]})
            stands = set[int]()
            for at in order:
                stands |= set() if stands & {at - 1, at + 1} else {at}
            behind = {at: min({at - 1, at + 1} & stands, key=order.index) for at in order if at not in stands}
            wanted = [
                (chain[at], [chain[twin] for twin in order if behind.get(twin) == at]) for at in order if at in stands
            ]
            found = list_proposals(db, officer, need)
            assert [(one.technology, [twin["technology"] for twin in one.twins]) for one in found] == wanted, order
            assert [row.proposals for row in list_needs_proposed(db, officer)[0]] == [len(stands)]


_SHARE = "UPDATE match_proposals SET share = :share WHERE technology_id = CAST(:id AS uuid)"


def test_of_a_chain_that_begins_with_one_that_was_decided_the_next_but_one_is_proposed(
    world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        need, ids = put(world, db, 4)
    propose(engine, world)
    chain = [one.technology for one in proposed(engine, world, need)]
    with transaction(engine) as db:
        alike(db, world.programmes["BJ"], *pairwise(chain))
        (first, *_) = list_proposals(db, world.actor(db, "officer"), need)
        dismiss(db, world.actor(db, "officer"), first.id, reason="It needs steam.", request=new_request())
    assert shown(engine, world, need) == {chain[2]: [chain[3]]}


@pytest.mark.parametrize("by", ["dismissed", "refused", "matched"])
def test_what_was_decided_on_a_twin_is_not_proposed_again(world: World, engine: Engine, by: str) -> None:
    with transaction(engine) as db:
        need, (best, other) = put(world, db)
        alike(db, world.programmes["BJ"], (best, other))
    propose(engine, world)
    (one,) = proposed(engine, world, need)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        if by == "dismissed":
            dismiss(db, officer, one.id, reason="It needs steam.", request=new_request())
        else:
            match = str(take_up(db, officer, one.id, request=new_request()).answer["id"])
        if by == "refused":
            judge_match(db, officer, match, refused=True, code="does_not_fit", reason="Steam.", request=new_request())
    assert proposed(engine, world, need) == []


@pytest.mark.parametrize("ends", ["withdrawn", "refused"])
def test_a_twin_is_proposed_once_the_better_one_is_gone_or_was_refused_for_its_record(
    world: World, engine: Engine, ends: str
) -> None:
    with transaction(engine) as db:
        need, (best, other) = put(world, db)
        alike(db, world.programmes["BJ"], (best, other))
    propose(engine, world)
    (one,) = proposed(engine, world, need)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        if ends == "withdrawn":
            gone = "UPDATE technologies SET status = 'withdrawn' WHERE id = CAST(:id AS uuid)"
            db.execute(text(gone), {"id": best})
        else:
            match = str(take_up(db, officer, one.id, request=new_request()).answer["id"])
            judge_match(db, officer, match, refused=True, code="duplicate", reason="Twice.", request=new_request())
    assert list(shown(engine, world, need)) == [other]


def test_of_a_twin_of_what_is_proposed_already_nobody_is_told(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, (best, other) = put(world, db)
        alike(db, world.programmes["BJ"], (best, other))
        db.execute(text("DELETE FROM pending_searches WHERE record_id <> CAST(:id AS uuid)"), {"id": best})
    propose(engine, world)
    with transaction(engine) as db:
        assert db.execute(text("DELETE FROM notifications WHERE kind = 'catalogue'")).rowcount == 1
        waits = "INSERT INTO pending_searches (looks_for, programme_id, record_id) VALUES ('needs', :programme, CAST(:id AS uuid))"
        db.execute(text(waits), {"programme": world.programmes["BJ"], "id": other})
    propose(engine, world)
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM notifications WHERE kind = 'catalogue'")).scalar_one() == 0
