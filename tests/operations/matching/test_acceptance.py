"""A match is accepted against a hard filter with a reason alone, whichever way it came; the reason stands on record."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm
from casework.matching.conflicts import Conflict
from casework.matching.filters import Verdict
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.match_changes import read_match_entries
from casework.operations.catalogue.matches import MATCH_ACCEPTED_AGAINST, create_match, show_match
from casework.operations.core.perform import home_of
from casework.operations.history.timeline import tell
from casework.operations.matching.acceptance import accept_match, judge_match_pair, judge_pair
from casework.operations.matching.decisions import decide
from casework.operations.matching.runs import read_run
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_runs import run
from tests.support.world import World, new_request

WHY = "The group runs both, and says so."


def of_one_owner(world: World, db: Connection, **more: object) -> tuple[str, str, str]:
    """A need, a technology of the same organisation, and their match from an import."""
    owner = world.organisations["need_owner"]
    need = enter(world, db, "need", title="Heat pump", owner_id=owner)
    technology = enter(world, db, "technology", title="Heat pump of the group", owner_id=owner, **more)
    made = create_match(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        need=need,
        technology=technology,
        source="A list",
        external_id="one",
        proposed_on=None,
        proposed_by=None,
        score="0.9",
        rationale=None,
        request=new_request(),
    )
    return need, technology, str(made.answer["id"])


def test_the_filters_say_of_an_imported_match_what_they_say_in_a_ranking(world: World, db: Connection) -> None:
    _, _, match = of_one_owner(world, db)
    officer = world.actor(db, "officer")
    pair = judge_match_pair(db, officer, show_match(db, officer, match))
    assert (pair.verdicts["conflict"], pair.kept["conflict"]) == (Verdict.REMOVED, Conflict.SAME)
    assert pair.unanswered == ["conflict"]


def test_what_a_filter_removes_is_accepted_with_a_reason_alone(world: World, db: Connection) -> None:
    _, _, match = of_one_owner(world, db)
    with pytest.raises(InvalidForm) as refused:
        accept_match(db, world.actor(db, "officer"), match, request=new_request())
    assert refused.value.fields == {"relaxed.conflict": reasons.catalogue.REMOVED_BY_FILTER}
    assert show_match(db, world.actor(db, "officer"), match).case is None


@pytest.mark.parametrize("relaxed", [{"owner": WHY}, {"status": WHY}, {"weather": WHY}, {"conflict": "  "}])
def test_no_other_filter_is_left_out_and_none_without_words(
    world: World, db: Connection, relaxed: dict[str, str]
) -> None:
    _, _, match = of_one_owner(world, db)
    with pytest.raises(InvalidForm):
        accept_match(db, world.actor(db, "officer"), match, relaxed=relaxed, request=new_request())


def test_the_reason_stands_with_the_match_and_in_the_first_entry_of_the_case(world: World, engine: Engine) -> None:
    asked = new_request()
    with transaction(engine) as db:
        _, _, match = of_one_owner(world, db)
    for _ in range(2):
        with transaction(engine) as db:
            done = accept_match(db, world.actor(db, "officer"), match, relaxed={"conflict": WHY}, request=asked)
    assert done.repeated
    with transaction(engine) as db:
        entries = read_match_entries(db, world.actor(db, "auditor"), match)
        log = home_of(db, str(done.answer["number"]))
        (first,) = tell(db, log, {1})
    told = [dict(one.against) for one in entries if one.kind == MATCH_ACCEPTED_AGAINST]
    assert told == [{"against_conflict": WHY}]
    assert first.body["against_conflict"] == WHY


def test_a_reason_for_what_removes_nothing_is_not_put_down(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    done = accept_match(db, officer, world.matches[0], relaxed={"licence": WHY}, request=new_request())
    assert done.answer["number"]
    assert not [one for one in read_match_entries(db, officer, world.matches[0]) if one.against]


def test_what_the_run_left_out_with_a_reason_is_not_asked_again(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, technology, _ = of_one_owner(world, db)
        made = run(world, db, need, relaxed={"conflict": WHY})
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        done = decide(db, officer, made, technology=technology, decision="accept", request=new_request())
        (first,) = tell(db, home_of(db, str(done.answer["case"])), {1})
    assert first.body["against_conflict"] == WHY
    assert list(verify_all(engine)) == []


def test_a_need_that_wants_a_licence_is_given_what_has_none_with_a_reason_alone(world: World, db: Connection) -> None:
    need = enter(world, db, "need", title="Heat pump")
    technology = enter(world, db, "technology", title="Heat pump", licences=["none"])
    made = run(world, db, need)
    db.execute(text("UPDATE needs SET wanted_form = 'licence' WHERE id = CAST(:id AS uuid)"), {"id": need})
    with pytest.raises(InvalidForm) as refused:
        decide(db, world.actor(db, "officer"), made, technology=technology, decision="accept", request=new_request())
    assert list(refused.value.fields) == ["relaxed.licence"]


def test_what_a_filter_removes_since_the_run_was_made_takes_a_reason(world: World, db: Connection) -> None:
    need = enter(world, db, "need", title="Heat pump", readiness_low=5, readiness_high=9)
    technology = enter(world, db, "technology", title="Heat pump", readiness_low=5, readiness_high=6)
    made = run(world, db, need)
    told = "UPDATE technologies SET readiness_low = 1, readiness_high = 2 WHERE id = CAST(:id AS uuid)"
    db.execute(text(told), {"id": technology})
    officer = world.actor(db, "officer")
    with pytest.raises(InvalidForm) as refused:
        decide(db, officer, made, technology=technology, decision="accept", request=new_request())
    assert list(refused.value.fields) == ["relaxed.readiness"]


def test_what_the_need_says_now_is_asked_though_its_run_looked_further(world: World, db: Connection) -> None:
    """Neither what it said when the run was made, nor a place or range that somebody chose there, answers for it."""
    need = enter(world, db, "need", title="Heat pump", readiness_low=1, readiness_high=9)
    technology = enter(world, db, "technology", title="Heat pump of steam", readiness_low=2, readiness_high=2)
    made = run(world, db, need, wanted={"readiness": [1, 9]})
    officer = world.actor(db, "officer")
    found = read_run(db, officer, made)
    assert judge_pair(db, officer, need, technology, found).failed == []
    given: dict[str, Any] = {"fields": {"readiness_low": 7}, "source": None, "reason": "As said."}
    correct_record(db, officer, "need", need, **given, request=new_request())
    assert judge_pair(db, officer, need, technology, found).unanswered == ["readiness"]
