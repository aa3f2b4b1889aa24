"""A field is in doubt from a refusal of fact until somebody looks at it; of every reason of fact its programme may refuse with it."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.engine.case_objects.programme_lists import LISTS
from casework.operations.catalogue.doubted_fields import OF_FACT, doubted_by, is_doubted
from casework.operations.catalogue.kept_records import CORRECTED, confirm_field, correct_record
from casework.operations.matching.follow_up import list_to_correct
from casework.web.catalogue.correct_words import TO_DO
from tests.operations.matching.test_follow_up import refuse
from tests.operations.matching.test_runs import put, run
from tests.support.world import World, new_request


def test_every_reason_of_fact_is_on_the_list_and_says_what_is_to_be_done() -> None:
    assert set(OF_FACT) == set(TO_DO)
    assert set(OF_FACT) <= {entry.code for entry in LISTS["match_refusals"].start}
    assert doubted_by(list(OF_FACT)) <= CORRECTED["technology"] | {"owner_id", "status"}


def test_a_field_is_in_doubt_until_somebody_looks_at_it(world: World, db: Connection) -> None:
    ids = put(world, db)
    assert not is_doubted(db, ids["pump"], "readiness_low")
    refuse(world, db, run(world, db, ids["need"]), ids["pump"], "not_ready")
    assert is_doubted(db, ids["pump"], "readiness_low")
    assert not is_doubted(db, ids["pump"], "licences")
    assert not is_doubted(db, ids["unknown"], "readiness_low")
    officer = world.actor(db, "officer")
    confirm_field(db, officer, "technology", ids["pump"], field="readiness_low", request=new_request())
    assert not is_doubted(db, ids["pump"], "readiness_low")


def test_a_record_that_lacks_a_standard_is_put_right_by_saying_so(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    refuse(world, db, run(world, db, ids["need"]), ids["pump"], "region_or_standard")
    assert is_doubted(db, ids["pump"], "standards")
    assert [one.code for one in list_to_correct(db, officer, ids["pump"])] == ["region_or_standard"]
    correct_record(
        db,
        officer,
        "technology",
        ids["pump"],
        fields={"standards": [{"name": "CE", "held": "no"}]},
        source="The maker",
        reason=None,
        request=new_request(),
    )
    assert list_to_correct(db, officer, ids["pump"]) == []
