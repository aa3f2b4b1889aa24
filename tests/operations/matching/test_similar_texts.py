"""Similar texts are found beside words, with the sentences by which that is seen; where nobody can look, the run says why."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from casework.matching.dictionary import cc_cedict
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.record_use import end_record
from casework.operations.matching import meanings, similar_texts
from casework.operations.matching.runs import MatchRun, replay_run, show_run, start_run
from casework.operations.matching.similar_texts import find_similar
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request

SAID = "Recover warmth from the waste water of a dye house."


def put(world: World, engine: Engine) -> dict[str, str]:
    """Technologies of which one means what the need says, without a word of it, and the need."""
    # Read before a transaction begins that waits for it.
    cc_cedict().chinese("")
    with transaction(engine) as db:
        ids = {
            "pump": enter(
                world,
                db,
                "technology",
                title="Heat pump for sewage",
                description="It is made of steel. Textile mills reuse heat.",
            ),
            "paint": enter(world, db, "technology", title="Paint for ships that keeps shells away"),
            "dye": enter(world, db, "technology", title="Colours for a dye house"),
            "need": enter(world, db, "need", title="Warmth", problem=SAID),
        }
    meanings.switch_on(engine, world.programmes["BJ"])
    meanings.embed(engine, world.programmes["BJ"])
    return ids


def run(world: World, engine: Engine, need: str, said: str | None = SAID) -> MatchRun:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        made = start_run(db, officer, need, said=said, request=new_request()).answer
        return show_run(db, officer, str(made["id"]))


def found(db: Connection, world: World, said: str = SAID) -> list[str]:
    return list(find_similar(db, world.programmes["BJ"], said).ranks)


def test_a_record_without_a_word_of_the_need_is_found_and_its_closest_sentence_is_shown(
    world: World, engine: Engine
) -> None:
    ids = put(world, engine)
    shown = run(world, engine, ids["need"])
    assert (shown.channels, shown.without) == (["words", "text"], None)
    assert shown.model is not None
    assert shown.model.startswith("all-MiniLM-L6-v2 ")
    (pump,) = [one for one in shown.candidates if one["technology"] == ids["pump"]]
    assert pump["explanation"]["ranks"]["text"] <= 3
    assert pump["rank"] <= 3
    (similar,) = [part for part in pump["explanation"]["parts"] if part["kind"] == "similar"]
    assert (similar["text"], similar["source"]) == (SAID, shown.model)
    assert similar["closest"] in ("Heat pump for sewage", "Textile mills reuse heat.")
    for one in shown.candidates:
        assert abs(sum(part["share"] for part in one["explanation"]["parts"]) - one["score"]) < 1e-6


def test_the_problem_that_a_technology_solves_is_the_closest_sentence_where_it_says_most(
    world: World, engine: Engine
) -> None:
    ids = put(world, engine)
    with transaction(engine) as db:
        solves = "Warmth in the waste water of a dye house is lost."
        one = enter(
            world, db, "technology", title="Exchanger of steel plates", problem=solves, description="It is blue."
        )
    meanings.embed(engine, world.programmes["BJ"])
    shown = run(world, engine, ids["need"])
    (found_one,) = [told for told in shown.candidates if told["technology"] == one]
    (similar,) = [part for part in found_one["explanation"]["parts"] if part["kind"] == "similar"]
    assert similar["closest"] == solves


def test_whatever_is_known_of_meanings_by_then_a_run_gives_the_same_list(world: World, engine: Engine) -> None:
    ids = put(world, engine)
    shown = run(world, engine, ids["need"])
    with transaction(engine) as db:
        correct_record(
            db,
            world.actor(db, "officer"),
            "technology",
            ids["pump"],
            fields={"title": "A boat", "description": "It sails."},
            source=None,
            reason="It is one.",
            request=new_request(),
        )
    assert run(world, engine, ids["need"]).candidates != shown.candidates
    meanings.switch_off(engine, world.programmes["BJ"])
    with transaction(engine) as db:
        replay = replay_run(db, world.actor(db, "auditor"), shown.id)
        assert (replay.equal, replay.differences) == (True, [])
        assert show_run(db, world.actor(db, "auditor"), shown.id) == shown
    assert list(verify_all(engine)) == []
    assert run(world, engine, ids["need"]).without == "not_switched_on"


def test_what_this_process_knows_follows_what_others_write(world: World, engine: Engine) -> None:
    ids, programme = put(world, engine), world.programmes["BJ"]
    with transaction(engine) as db:
        assert ids["pump"] in found(db, world)
        new = enter(world, db, "technology", title="Recovers warmth from waste water of dye houses")
    meanings.embed(engine, programme)
    with transaction(engine) as db:
        assert found(db, world)[0] == new
        known = similar_texts._held[str(engine.url), programme].directions
        correct_record(
            db,
            world.actor(db, "officer"),
            "technology",
            new,
            fields={"title": "A boat"},
            source=None,
            reason="It is one.",
            request=new_request(),
        )
        assert new not in found(db, world)
        assert similar_texts._held[str(engine.url), programme].directions is not known
        # Read anew it is the same.
        before = found(db, world)
        similar_texts.drop_held(db, programme)
        assert found(db, world) == before


def test_what_this_process_knew_before_it_was_switched_off_is_gone_when_it_is_on_again(
    world: World, engine: Engine
) -> None:
    ids, programme = put(world, engine), world.programmes["BJ"]
    with transaction(engine) as db:
        assert ids["pump"] in found(db, world)
    meanings.switch_off(engine, programme)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        end_record(db, officer, "technology", ids["pump"], status="withdrawn", reason="Gone.", request=new_request())
    meanings.switch_on(engine, programme)
    with transaction(engine) as db:
        assert find_similar(db, programme, SAID).without == "not_made"
    meanings.embed(engine, programme)
    with transaction(engine) as db:
        assert ids["dye"] in found(db, world)
        assert ids["pump"] not in found(db, world)


@pytest.mark.parametrize(
    ("said", "why"), [("热泵", "language"), ("Eine Pumpe, die Wärme aus dem Abwasser nimmt", "language"), (SAID, None)]
)
def test_what_the_model_cannot_read_is_found_by_its_words_and_the_run_says_so(
    world: World, engine: Engine, said: str, why: str | None
) -> None:
    ids = put(world, engine)
    shown = run(world, engine, ids["need"], said)
    assert shown.without == why
    assert shown.channels == (["words"] if why else ["words", "text"])


def test_before_any_record_was_looked_at_the_run_says_so(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need = enter(world, db, "need", title="Warmth", problem=SAID)
    assert run(world, engine, need).without == "not_switched_on"
    meanings.switch_on(engine, world.programmes["BJ"])
    assert run(world, engine, need).without == "not_made"
