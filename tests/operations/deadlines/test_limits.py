"""The limits of a programme's own: who sets which, what counts by them, and what is said of a date."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.deadlines.calendars import Calendar
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.i18n import Speech
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import calendar_of, home_of
from casework.operations.deadlines.calendars import change_calendar
from casework.operations.deadlines.limits import list_limits, set_limit, show_limit
from casework.operations.deadlines.queries import explain_tasks
from casework.operations.deadlines.words import say_rule
from casework.operations.people.letterheads import show_settings
from casework.operations.people.programme_copies import begin_copy
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import savepoint, transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

PROPOSED = "case.states.proposed"


def set_to(
    db: Connection, world: World, n: int | None, by: str = "supervisor", what: str = PROPOSED, **more: Any
) -> Done:
    given: dict[str, Any] = {"n": n, "reason": "Our office is small.", "request": new_request()} | more
    return set_limit(db, world.actor(db, by), world.programmes["BJ"], what, **given)


def step_of(db: Connection, world: World, number: str, reader: str = "officer") -> Any:
    """The first step of a case, and why it is due when it is."""
    case = load(db, home_of(db, number), "case")
    (task,) = (one for one in case.open_tasks() if one.name == "proposed")
    return case, explain_tasks(db, world.actor(db, reader), case, [task.id])[task.id]


def opened(db: Connection, world: World) -> str:
    number = world.new_case(db, "officer")
    case = load(db, home_of(db, number), "case")
    assert "proposed" in {one.name for one in case.open_tasks()}
    return number


def test_what_begins_counts_by_it_and_what_runs_stays(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        before = opened(db, world)
        set_to(db, world, 3)
    with transaction(engine) as db:
        after = opened(db, world)
        (_, old), (_, new) = step_of(db, world, before), step_of(db, world, after)
    assert (old.rule, old.set_on, old.set_by) == ({"n": 5, "unit": "wd"}, None, None)
    assert new.rule == {"n": 3, "unit": "wd", "own": PROPOSED}
    assert new.set_by == "Supervisor"
    assert new.set_on is not None
    assert new.due_at < old.due_at
    assert list(verify_all(engine)) == []


def test_the_next_setting_is_another_one_and_none_is_the_workflows(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        set_to(db, world, 3)
        first = opened(db, world)
        set_to(db, world, 4)
        second = opened(db, world)
        set_to(db, world, None)
        third = opened(db, world)
        given = [step_of(db, world, number)[1].rule for number in (first, second, third)]
        told = show_settings(db, world.actor(db, "supervisor"), world.programmes["BJ"]).entries
    assert given == [
        {"n": 3, "unit": "wd", "own": PROPOSED},
        {"n": 4, "unit": "wd", "own": PROPOSED},
        {"n": 5, "unit": "wd"},
    ]
    assert [entry.changes[PROPOSED] for entry in told] == [(4, None), (3, 4), (None, 3)]
    assert list(verify_all(engine)) == []


def test_a_limit_of_law_or_of_a_named_day_is_nobodys_to_set(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        items = {
            one.what: one for one in list_limits(db, world.actor(db, "administrator"), world.programmes["BJ"]).items
        }
        by_law = [one for one in items.values() if one.law]
        assert by_law
        assert all(one.law_text and not one.settable for one in by_law)
        others = ["agreement.states.in_force", "pledge.states.servicing"]
        assert not any(items[what].settable for what in others)
        for what in [one.what for one in by_law] + others:
            with pytest.raises(InvalidForm) as refusal:
                set_to(db, world, 3, what=what)
            assert set(refusal.value.fields) == {"n"}
        with pytest.raises(NotFound):
            set_to(db, world, 3, what="case.states.nowhere")


def test_nobody_is_reminded_before_being_asked(world: World, db: Connection) -> None:
    asked, reminded = "catalogue.limits.need_asked", "catalogue.limits.need_reminded"

    def refused(n: int | None, what: str) -> None:
        with pytest.raises(InvalidForm) as refusal, savepoint(db):
            set_to(db, world, n, what=what)
        assert set(refusal.value.fields) == {"n"}

    refused(30, reminded)
    refused(7, asked)
    # A link lasts no longer than one that is given by hand.
    refused(91, asked)
    set_to(db, world, 90, what=asked)
    set_to(db, world, 45, what=reminded)
    # Nor as it was without.
    refused(None, asked)


def test_who_sets_it_why_and_how_far(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        with pytest.raises(NotAllowed):
            set_to(db, world, 3, "administrator")
        for name in ("officer", "auditor", "provider", "manager"):
            with pytest.raises(NotFound):
                set_to(db, world, 3, name)
        for n in (0, 3_651):
            with pytest.raises(InvalidForm):
                set_to(db, world, n)
        with pytest.raises(InvalidForm):
            set_to(db, world, 3, reason=" ")
        with pytest.raises(Refused):
            set_to(db, world, 5)
        _, version = show_limit(db, world.actor(db, "supervisor"), world.programmes["BJ"], PROPOSED)
        set_to(db, world, 3, seen=version)
        with pytest.raises(RecordHasMoved):
            set_to(db, world, 4, seen=version)


def test_another_calendar_keeps_the_limits_and_a_copy_has_them(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        set_to(db, world, 3)
        programme = world.programmes["BJ"]
        present = calendar_of(db, programme)
        administrator, other = world.actor(db, "administrator"), Calendar("other", zone="Asia/Urumqi")
        change_calendar(db, administrator, programme, other, seen=present.digest, request=new_request())
        assert calendar_of(db, programme).limits == {PROPOSED: 3}
        new = begin_copy(db, programme, code="TJ", name="Tianjin", name_zh=None)["id"]
        assert calendar_of(db, new).limits == {PROPOSED: 3}
        db.execute(text("UPDATE programmes SET recount_after = NULL"))
    assert list(verify_all(engine)) == []


def test_a_calendar_without_limits_is_written_as_ever() -> None:
    plain = Calendar("plain")
    assert "limits" not in plain.to_json()
    own = Calendar("plain", limits={PROPOSED: 3})
    assert own.digest != plain.digest
    assert Calendar.from_json(own.to_json()).limits == {PROPOSED: 3}
    assert Calendar.from_json(own.to_json()).digest == own.digest


def test_a_provider_is_told_when_it_was_set_and_not_by_whom(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        set_to(db, world, 3, what="referral.states.accepted")
        number, referral = to_referral(world, db)
        world.accept(db, number, referral)
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case")
        (task,) = (one for one in case.open_tasks() if one.name == "accepted")
        inside = explain_tasks(db, world.actor(db, "officer"), case, [task.id])[task.id]
        outside = explain_tasks(db, world.actor(db, "provider"), case, [task.id])[task.id]
    assert inside.rule == outside.rule == {"n": 3, "unit": "wd", "own": "referral.states.accepted"}
    assert (inside.set_by, outside.set_by) == ("Supervisor", None)
    assert inside.set_on == outside.set_on is not None
    assert say_rule(inside, Speech(chinese=False)).endswith(", by Supervisor.")
    assert "Ours: the programme set this limit on" in say_rule(outside, Speech(chinese=False))
    assert "Supervisor" not in say_rule(outside, Speech(chinese=False))
    assert list(verify_all(engine)) == []


def test_every_other_limit_is_the_programmes_within_its_bounds(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        items = list_limits(db, world.actor(db, "supervisor"), world.programmes["BJ"]).items
        assert len({one.what for one in items}) == len(items)
        # Law, or a day that somebody names: whatever else there is may be set.
        assert [one.what for one in items if not one.settable and not one.law and one.n] == []
        kinds = {one.kind: one for one in items if one.settable}
        assert {"due", "appears", "fires", "remind", "escalate", "holds"} <= set(kinds)
        for one in kinds.values():
            for n in (one.least - 1, one.most + 1):
                with pytest.raises(InvalidForm), db.begin_nested():
                    set_to(db, world, n, what=one.what)
            set_to(db, world, one.least if one.least != one.n else one.most, what=one.what)
        assert set(calendar_of(db, world.programmes["BJ"]).limits) == {one.what for one in kinds.values()}
    assert list(verify_all(engine)) == []


def test_a_request_lapses_when_the_programme_says_and_reminds_before(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        set_to(db, world, 6, what="referral.transitions.lapse.after")
        set_to(db, world, 2, what="referral.states.sent.escalation.0")
        number, referral = to_referral(world, db)
        case = load(db, home_of(db, number), "case")
        sent = [clock for clock in case.clocks.values() if clock.track == referral and clock.state == "running"]
        rules = [(step.what, step.rule) for clock in sent for step in clock.steps]
    fires = {"n": 6, "unit": "wd", "own": "referral.transitions.lapse.after"}
    assert ("fire:lapse", fires) in rules
    assert ("remind", {"n": 2, "unit": "wd", "own": "referral.states.sent.escalation.0"}) in rules
    assert ("remind", {"n": 5, "unit": "wd"}) in rules
    assert list(verify_all(engine)) == []


def test_a_rule_says_what_it_asks_by_here_and_is_judged_by_what_was_set_then(engine: Engine, world: World) -> None:
    what = "referral.limits.start"
    with transaction(engine) as db:
        set_to(db, world, 1, what=what)
        number, referral = to_referral(world, db)
        world.accept(db, number, referral)
    with transaction(engine) as db, pytest.raises(Refused) as refusal:
        world.fire(db, "supervisor", number, "not_started", {}, track=referral)
    told = [str(why) for why in refusal.value.reasons]
    assert told[0] == "The provider still has time to start."
    assert "A provider has to start, after accepting, within: 1 working day." in told
