"""What is not in use is counted where it says as much of a need as the last candidate, and nothing else is."""

from __future__ import annotations

from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Connection

from casework.matching.pruning import weight_of
from casework.matching.terms import tally
from casework.operations.catalogue.record_use import end_record
from casework.operations.core.catalogue_index import Findable, put_in_index
from casework.operations.matching import idle_records
from casework.operations.matching.idle_records import count_idle
from casework.operations.matching.ranking import gather, shipped_glossary, telling_of
from casework.operations.matching.runs import replay_run, show_run
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_runs import put, run
from tests.support.world import World, new_request

WORDS = ("baju", "ceku", "dilu", "fomu", "gunu", "haju", "kelu", "mofu")


@pytest.mark.parametrize("candidates", [300, 20])
def test_those_count_that_say_as_much_as_the_last_candidate(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch, candidates: int
) -> None:
    monkeypatch.setattr(idle_records, "CANDIDATES", candidates)
    chance, programme = Random(5), world.programmes["BJ"]
    bodies = [" ".join(chance.choices(WORDS, range(1, 9), k=chance.randint(1, 4))) for _ in range(120)]
    found = [
        Findable(id=str(UUID(int=n + 1)), programme=programme, title="xulu", body=body, idle=n % 3 == 0)
        for n, body in enumerate(bodies)
    ]
    put_in_index(db, "technology", found)
    for asked in ("baju ceku", "mofu kelu haju", "mofu", "gunu baju"):
        evidence = gather(db, programme, "technology", asked, glossary=shipped_glossary())
        telling = telling_of(evidence.asked, evidence.corpus)
        says = {one.id: weight_of(telling, tally("xulu", one.body)) for one in found}
        in_use = sorted((says[one.id] for one in found if not one.idle), reverse=True)
        least = in_use[candidates - 1] if len(evidence.candidates) >= candidates else 1
        expected = sum(one.idle and says[one.id] >= max(1, least) for one in found)
        assert count_idle(db, programme, evidence) == min(candidates, expected)


def test_a_run_says_how_many_are_not_in_use_and_is_replayed_as_it_was(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    for name, status in (("idea", "expired"), ("unknown", "withdrawn")):
        end_record(db, officer, "technology", ids[name], status=status, reason="Gone.", request=new_request())
    made = run(world, db, ids["need"])
    counted = {"name": "status", "removed": 2, "unknown": 0}
    assert show_run(db, officer, made).filters[-1] == counted
    end_record(db, officer, "technology", ids["pump"], status="expired", reason="Gone.", request=new_request())
    enter(world, db, "technology", title="Heat pump again")
    assert replay_run(db, officer, made).equal
    assert show_run(db, officer, made).filters[-1] == counted
