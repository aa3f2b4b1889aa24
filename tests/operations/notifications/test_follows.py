"""Following a case or a referral: who may, what a follower is told, and that it ends with what the follower sees."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.analysis.notification_rules import MOVED, OFFER
from casework.errors import NotAllowed, NotFound
from casework.operations.auth.sessions import close_account
from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.notification_preferences import set_telling
from casework.operations.core.perform import home_of
from casework.operations.core.unread import look
from casework.operations.mediations.service import open_mediation
from casework.operations.notifications.alerts import FOLLOWED, count_alerts, list_alerts
from casework.operations.notifications.follows import (
    find_case_follow,
    find_referral_follow,
    follow_case,
    follow_referral,
    unfollow_case,
    unfollow_referral,
)
from casework.operations.notifications.queries import list_notifications
from casework.operations.notifications.service import tell_due
from casework.operations.people import registry
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def case(engine: Engine, staged: tuple[str, str]) -> str:
    """A case whose request was sent to the lab, everybody told."""
    assert tell_due(engine, mailing=False) > 0
    return staged[0]


def _kinds(engine: Engine, world: World, name: str) -> list[str]:
    """What somebody was told since, the oldest first."""
    tell_due(engine, mailing=False)
    with transaction(engine) as db:
        return [one.kind for one in reversed(list_notifications(db, world.actor(db, name), limit=100).items)]


def _log(db: Connection, number: str) -> str:
    return home_of(db, number)


def _rows(db: Connection, name: str, world: World) -> int:
    count: int = db.execute(
        text("SELECT count(*) FROM follows WHERE person_id = CAST(:id AS uuid)"), {"id": world.people[name]}
    ).scalar_one()
    return count


def _decline(engine: Engine, world: World, staged: tuple[str, str]) -> None:
    with transaction(engine) as db:
        world.fire(db, "provider", staged[0], "decline", {"reason": "no_capacity"}, track=staged[1])


def test_a_follower_is_told_what_those_concerned_are_and_nobody_twice(
    engine: Engine, world: World, case: str, staged: tuple[str, str]
) -> None:
    before = {name: _kinds(engine, world, name) for name in ("manager", "auditor", "officer")}
    with transaction(engine) as db:
        for name in ("manager", "officer", "provider"):
            follow = follow_referral(db, world.actor(db, name), staged[1])
            assert follow.follows
            assert follow.id == _log(db, case)
            assert look(db, world.actor(db, name), follow.id)
    _decline(engine, world, staged)
    told = {name: _kinds(engine, world, name) for name in before}
    assert before["manager"] == []
    assert told["manager"] == [MOVED]
    assert told["auditor"] == []
    assert len(told["officer"]) > len(before["officer"])
    with transaction(engine) as db:
        twice = text("SELECT 1 FROM notifications GROUP BY person_id, log_id, seq, kind, about HAVING count(*) > 1")
        assert db.execute(twice).all() == []
        mine = list_notifications(db, world.actor(db, "manager")).items[0]
        assert (mine.number, mine.task, mine.due_at) == (case, None, None)
    # Who did it is told nothing of it.
    assert _kinds(engine, world, "provider") == [OFFER]


def test_a_provider_s_people_hear_of_their_referral_and_of_nothing_else(
    engine: Engine, world: World, case: str, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        world.accept(db, case, staged[1])
        db.execute(
            text("UPDATE tracks SET named = CAST(:id AS uuid) WHERE id = CAST(:track AS uuid)"),
            {"id": world.people["provider"], "track": staged[1]},
        )
    before = _kinds(engine, world, "provider_lead")
    with transaction(engine) as db:
        follow_referral(db, world.actor(db, "provider_lead"), staged[1])
        world.write(db, "officer", load(db, _log(db, case), "case"), words="Inside.", tell=("supervisor",))
        world.fire(
            db,
            "officer",
            case,
            "hold",
            {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "It is voted on."},
        )
    assert _kinds(engine, world, "provider_lead") == before


def test_whoever_does_not_see_it_does_not_follow_it(
    engine: Engine, world: World, case: str, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        for name in ("foreign_officer", "foreign_provider", "observer", "administrator", "dispute_officer", "provider"):
            for act in (follow_case, unfollow_case, find_case_follow):
                with pytest.raises(NotFound):
                    act(db, world.actor(db, name), case)
        for name in ("foreign_officer", "foreign_provider", "observer", "administrator", "verifier"):
            for do in (follow_referral, unfollow_referral, find_referral_follow):
                with pytest.raises(NotFound):
                    do(db, world.actor(db, name), staged[1])
        assert db.execute(text("SELECT count(*) FROM follows")).scalar_one() == 0


def test_one_reads_whether_one_follows(engine: Engine, world: World, case: str, staged: tuple[str, str]) -> None:
    with transaction(engine) as db:
        manager, provider = world.actor(db, "manager"), world.actor(db, "provider")
        assert not find_case_follow(db, manager, case).follows
        follow_case(db, manager, case)
        follow_referral(db, provider, staged[1])
        assert find_case_follow(db, manager, case).follows
        assert find_referral_follow(db, manager, staged[1]).follows
        assert find_referral_follow(db, provider, staged[1]).follows
        assert not find_case_follow(db, world.actor(db, "auditor"), case).follows
        unfollow_case(db, manager, case)
        assert not find_referral_follow(db, manager, staged[1]).follows


def test_who_tells_waits_for_nobody_who_ends_a_follow(
    engine: Engine, world: World, case: str, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        log, gone = _log(db, case), [world.people[name] for name in ("foreign_officer", "observer")]
        db.execute(
            text("INSERT INTO follows (person_id, log_id) SELECT unnest(CAST(:people AS uuid[])), CAST(:log AS uuid)"),
            {"people": gone, "log": log},
        )
    _decline(engine, world, staged)
    with transaction(engine) as other:
        other.execute(text("DELETE FROM follows WHERE person_id = CAST(:id AS uuid)"), {"id": gone[0]})
        # While that transaction lasts: the other follow is ended, and everybody is told.
        assert tell_due(engine, mailing=False) > 0
        with transaction(engine) as db:
            left = db.execute(text("SELECT CAST(person_id AS text) FROM follows")).scalars().all()
        assert left == [gone[0]]


def test_what_is_sealed_is_not_followed_by_anybody(engine: Engine, world: World, case: str) -> None:
    with transaction(engine) as db:
        mediation = open_mediation(db, world.actor(db, "dispute_officer"), case, new_request()).answer
        for name in world.people:
            with pytest.raises(NotFound):
                follow_referral(db, world.actor(db, name), str(mediation["track"]))
        # Nor would anybody be told of it who did.
        db.execute(
            text("INSERT INTO follows (person_id, log_id) SELECT id, CAST(:log AS uuid) FROM people"),
            {"log": mediation["id"]},
        )
        world.write(db, "dispute_officer", load(db, str(mediation["id"]), "mediation"), words="Sealed.")
    for name in ("manager", "auditor", "administrator", "foreign_officer"):
        assert _kinds(engine, world, name) == []


def test_whoever_loses_sight_hears_nothing_and_follows_no_more(
    engine: Engine, world: World, case: str, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        for name in ("manager", "auditor"):
            follow_case(db, world.actor(db, name), case)
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people["manager"]},
        )
    _decline(engine, world, staged)
    assert _kinds(engine, world, "auditor") == [MOVED]
    with transaction(engine) as db:
        left = "SELECT count(*) FROM notifications WHERE person_id = CAST(:id AS uuid)"
        assert db.execute(text(left), {"id": world.people["manager"]}).scalar_one() == 0
        assert (_rows(db, "manager", world), _rows(db, "auditor", world)) == (0, 1)


def test_an_interest_ends_it_and_keeps_from_it(
    engine: Engine, world: World, case: str, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        follow_case(db, world.actor(db, "manager"), case)
        declare_interest(db, world.actor(db, "manager"), case, nature="A cousin.", request=new_request())
        with pytest.raises(NotAllowed):
            follow_case(db, world.actor(db, "manager"), case)
    _decline(engine, world, staged)
    assert _kinds(engine, world, "manager") == []
    with transaction(engine) as db:
        assert _rows(db, "manager", world) == 0


def test_it_ends_where_the_follower_says_so_and_with_the_account(engine: Engine, world: World, case: str) -> None:
    with transaction(engine) as db:
        for name in ("manager", "auditor", "supervisor"):
            follow_case(db, world.actor(db, name), case)
            follow_case(db, world.actor(db, name), case)
            assert _rows(db, name, world) == 1
        assert not unfollow_case(db, world.actor(db, "manager"), case).follows
        assert not unfollow_case(db, world.actor(db, "manager"), case).follows
        close_account(db, world.people["auditor"])
        assert [_rows(db, name, world) for name in ("manager", "auditor", "supervisor")] == [0, 0, 1]


def test_a_follower_is_mailed_as_told_to(engine: Engine, world: World, case: str, staged: tuple[str, str]) -> None:
    with transaction(engine) as db:
        for name, how in (("manager", "at_once"), ("auditor", "none")):
            follow_case(db, world.actor(db, name), case)
            set_telling(db, world.actor(db, name), {MOVED: how}, quiet=False)
    _decline(engine, world, staged)
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        mails = "SELECT kind FROM mails WHERE person_id = CAST(:id AS uuid)"
        assert db.execute(text(mails), {"id": world.people["manager"]}).scalars().all() == [MOVED]
        assert db.execute(text(mails), {"id": world.people["auditor"]}).scalars().all() == []


def test_alerts_show_what_is_followed(engine: Engine, world: World, case: str, staged: tuple[str, str]) -> None:
    with transaction(engine) as db:
        follow_case(db, world.actor(db, "manager"), case)
    _decline(engine, world, staged)
    tell_due(engine, mailing=False)
    with transaction(engine) as db:
        manager, officer = world.actor(db, "manager"), world.actor(db, "officer")
        assert [group.followed for group in list_alerts(db, manager, FOLLOWED).items] == [True]
        assert count_alerts(db, manager).followed == 1
        assert list_alerts(db, officer, FOLLOWED).items == []
        assert not any(group.followed for group in list_alerts(db, officer).items)


def test_a_role_that_is_given_again_does_not_bring_it_back_after_something_happened(
    engine: Engine, world: World, case: str, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        follow_case(db, world.actor(db, "manager"), case)
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people["manager"]},
        )
    _decline(engine, world, staged)
    tell_due(engine, mailing=False)
    with transaction(engine) as db:
        registry.grant_role(db, world.people["manager"], "manager", programme=world.programmes["BJ"])
        assert not look(db, world.actor(db, "manager"), _log(db, case))
