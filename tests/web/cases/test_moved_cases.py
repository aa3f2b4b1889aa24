"""Whoever looks at a case that moved to another edition, now or as it was before, reads it whole; and so do the figures."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.operations.core.perform import home_of
from casework.operations.history.past_cases import fold_until
from casework.operations.people.case_migrations import make_plan, move_case
from casework.records.database import transaction
from casework.records.event_log import read_events
from tests.operations.people.migration_scene import MAPPING, mixed_cases, publish_next
from tests.support.web_client import Browser
from tests.support.world import World


def test_a_case_that_moved_is_read_as_any_other(
    browser_for: Callable[[str], Browser], world: World, engine: Engine, owner_engine: Engine
) -> None:
    with transaction(engine) as db:
        numbers = mixed_cases(world, db)
    publish_next(owner_engine)
    plan = make_plan("case", 1, 2, MAPPING)
    for number in numbers.values():
        with transaction(engine) as db:
            move_case(db, world.actor(db, "supervisor"), home_of(db, number), plan)
    with transaction(engine) as db:
        events = list(read_events(db, home_of(db, numbers["consent"])))
    then, now = (fold_until(events, moment) for moment in (events[-2].at, events[-1].at))
    assert then is not None
    assert now is not None
    assert (then.case.main.edition, then.case.main.states) == (plan.old.fingerprint, ("consent",))
    assert (now.case.main.edition, now.case.main.states) == (plan.new.fingerprint, ("agreeing",))
    for who, more in (("officer", ()), ("auditor", ("/past",))):
        browser = browser_for(who)
        for number in numbers.values():
            for page in ("", "/clocks", "/history", "/map", *more):
                answer = browser.get(f"/cases/{number}{page}")
                assert answer.status_code == 200, (who, number, page)
            assert "to another edition of its workflow" in browser.get(f"/cases/{number}/history").text
    browser = browser_for("supervisor")
    for page in ("/figures", "/process", "/process.json", "/cases"):
        assert browser.get(page).status_code == 200, page
