"""The history checker checked: one that finds nothing in a broken history is worth nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.chaos.history import Asked, Fired, Kept, Message, Track, history_faults
from tests.journeys.kills import UNKNOWN, Look, Op, Told, hash_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CASE, MAIN, REFERRAL, TASK = "BJ-1", "main", "referral", "task"


def _op(key: str, what: str, at: float, actor: str = "ann", status: int = 200, **more: Any) -> Op:
    return Op(actor, key, CASE, what, status, at, at + 0.5, **more)


def _told(seq: int, key: str | None, kind: str, actor: str = "ann", **more: Any) -> Told:
    return Told(CASE, seq, kind, actor, hash_of(key) if key else None, at=NOON + timedelta(seconds=seq), **more)


OPS = (
    _op("claim", "claim", 1),
    _op("late claim", "claim", 2, "bob", 409),
    _op("release", "release", 3),
    _op("claim again", "claim", 4, "bob"),
    _op("hold", "hold", 5, track=MAIN, expected=1),
    _op("propose", "propose_close", 6, track=MAIN, expected=2),
    _op("gone", "note", 7, status=UNKNOWN),
    _op("never", "note", 8, status=UNKNOWN),
    _op("accept", "accept", 9, "lab's", track=REFERRAL, expected=1),
    _op("confirm", "confirm", 10, "sue"),
)
LOOKS = (Look(CASE, MAIN, 2, 5.6, 5.9), Look(CASE, MAIN, 3, 11, 11.5))
TOLD = (
    _told(1, None, "opened", track=MAIN, to=("triage",)),
    _told(2, "claim", "claimed", task=TASK),
    _told(3, "release", "released", task=TASK),
    _told(4, "claim again", "claimed", "bob", task=TASK),
    _told(5, "hold", "fired", track=MAIN, frm=("triage",), to=("on_hold",), transition="hold"),
    _told(6, "propose", "proposed", track=MAIN),
    _told(7, "gone", "noted"),
    _told(8, "accept", "fired", "lab's", track=REFERRAL, frm=("sent",), to=("accepted",), transition="accept", organisation="lab"),
    _told(9, "confirm", "fired", "sue", track=MAIN, frm=("on_hold",), to=("closed",), transition="close", confirms=6),
    _told(10, None, "timer_fired", "system"),
)  # fmt: skip
ASKED = Asked(OPS, LOOKS)
KEPT = Kept(
    TOLD,
    heads={CASE: 10},
    tracks={MAIN: Track(CASE, ("closed",), 3), REFERRAL: Track(CASE, ("accepted",), 2)},
    holders={TASK: "bob"},
    referrals={REFERRAL: "lab"},
    due={"clock": 2},
    fired=[Fired("clock", n, NOON + timedelta(days=n), NOON + timedelta(days=n, seconds=1)) for n in range(2)],
    messages=[Message("m1", "delivered", CASE, 8), Message("m2", "sent", CASE, 9), Message("m3", "cancelled")],
    owed={(CASE, 8), (CASE, 9)},
    taken=["m1", "m2", "m2"],
    leaves=[("log", 1), ("other", 1), ("log", 2), ("log", 3)],
    events={("log", 1), ("log", 2), ("log", 3), ("other", 1)},
    sizes=[1, 2, 4],
)


def _events(*changed: Told, without: int = 0) -> Mapping[str, Sequence[Told]]:
    """The history with some events in the place of those of their number, or without one."""
    by_seq = {one.seq: one for one in TOLD if one.seq != without} | {one.seq: one for one in changed}
    return {"told": list(by_seq.values())}


def _kept(**changed: Any) -> Callable[[], tuple[Asked, Kept]]:
    return lambda: (ASKED, replace(KEPT, **changed))


def _asked(*ops: Op, looks: Sequence[Look] = LOOKS, leaks: Sequence[str] = ()) -> Callable[[], tuple[Asked, Kept]]:
    changed = {one.key: one for one in ops}
    return lambda: (
        Asked([changed.pop(one.key, one) for one in OPS] + list(changed.values()), looks, leaks),
        KEPT,
    )


#: Each with how what comes of it is called.
SEEDED = {
    "an answered action is not there": (_kept(**_events(_told(4, None, "noted", "system"))), "I1: lost: claim again"),
    "an action is done to another case": (
        _kept(**_events(replace(TOLD[1], case="BJ-2", seq=1)), heads={CASE: 10, "BJ-2": 1}),
        "I1: done elsewhere: claim",
    ),
    "an action is there twice": (_kept(**_events(_told(10, "claim", "noted"))), "I1: done 2 times: claim"),
    "an event that nobody asked for": (_kept(**_events(_told(10, "whose", "noted"))), "I2: nobody asked"),
    "a refused action is there": (
        _kept(**_events(_told(10, "late claim", "noted", "bob"))),
        "I3: refused and yet done",
    ),
    "an unanswered action is there twice": (_kept(**_events(_told(10, "gone", "noted"))), "I4: done 2 times: gone"),
    "an event is dropped": (_kept(**_events(without=10)), "I5: BJ-1 says that its last event is 10, and it is 9"),
    "an event is dropped in the middle": (_kept(**_events(without=7)), "I5: the events of BJ-1 have gaps"),
    "the case stands elsewhere than its events lead": (
        _kept(tracks={**KEPT.tracks, MAIN: Track(CASE, ("on_hold",), 3)}),
        "I6: a track of BJ-1",
    ),
    "an event comes from where nothing stood": (
        _kept(**_events(replace(TOLD[8], frm=("assessment",)))),
        "I7: event 9 of BJ-1",
    ),
    "two moved a track from one revision": (
        _asked(_op("propose", "propose_close", 6, track=MAIN, expected=1)),
        "I8: 2 actions",
    ),
    "an action that was never answered moved a track that another moved": (
        _asked(_op("gone", "hold", 7, status=UNKNOWN, track=MAIN, expected=2)),
        "I8: 2 actions",
    ),
    "the wrong holder is kept": (_kept(holders={TASK: "ann"}), "I9: task task"),
    "a task is given to a second person": (_kept(**_events(_told(3, None, "noted", "system"))), "I9: two holders"),
    "two events are swapped": (
        _kept(**_events(replace(TOLD[4], seq=6), replace(TOLD[5], seq=5))),
        "I10: out of order: hold and propose",
    ),
    "an action that was never answered stands before what was answered before it": (
        _kept(**_events(replace(TOLD[4], seq=7), replace(TOLD[6], seq=5))),
        "I10: out of order: hold and gone",
    ),
    "a stale read": (_asked(looks=[Look(CASE, MAIN, 1, 5.6, 5.9)]), "I10: a look at BJ-1 showed revision 1 after 2"),
    "a read of what never was": (_asked(looks=[Look(CASE, MAIN, 4, 11, 12)]), "I10: a look at BJ-1 showed revision 4"),
    "time runs back": (_kept(**_events(replace(TOLD[6], at=NOON))), "I11: event 7 of BJ-1"),
    "somebody confirms what they proposed": (
        _kept(**_events(replace(TOLD[8], confirms=4, actor="bob"))),
        "I12: event 9",
    ),
    "a deadline fires twice": (_kept(fired=[*KEPT.fired, KEPT.fired[1]]), "I15: fired 2 times: moment 1"),
    "a deadline does not fire": (_kept(fired=KEPT.fired[:1]), "I15: lost: moment 1"),
    "a deadline fires too early": (
        _kept(fired=[replace(KEPT.fired[0], at=NOON - timedelta(seconds=1)), KEPT.fired[1]]),
        "I15: before its moment",
    ),
    "a referral is answered twice": (
        _kept(**_events(replace(TOLD[9], track=REFERRAL, transition="decline", organisation="lab"))),
        "I16: referral referral was answered 2 times",
    ),
    "another organisation answers": (_kept(**_events(replace(TOLD[7], organisation="bank"))), "I16: event 8"),
    "a message does not arrive": (_kept(taken=["m2"]), "I17: message lost: m1"),
    "a message lies there": (_kept(messages=[*KEPT.messages, Message("m4", "queued")]), "I17: message left behind: m4"),
    "a message is sent by nobody": (_kept(taken=[*KEPT.taken, "m9"]), "I17: message of nobody: m9"),
    "a message is written twice": (
        _kept(messages=[*KEPT.messages, Message("m5", "cancelled", CASE, 8)]),
        "I17: 2 messages tell of event 8",
    ),
    "a message is never made": (_kept(messages=KEPT.messages[1:], taken=["m2"]), "I17: nobody was told of event 8"),
    "a message that is owed is called off": (
        _kept(messages=[replace(KEPT.messages[0], state="cancelled"), *KEPT.messages[1:]]),
        "I17: nobody was told of event 8",
    ),
    "an event is not told of": (_kept(untold=1), "I17: 1 events untold"),
    "an event has two leaves": (_kept(leaves=[*KEPT.leaves, ("log", 3)], sizes=[1, 5]), "I18: 2 leaves of event 3"),
    "an event has no leaf": (_kept(leaves=KEPT.leaves[:-1], sizes=[1, 3]), "I18: no leaf of event 3"),
    "leaves of a log are swapped": (
        _kept(leaves=[("log", 2), ("other", 1), ("log", 1), ("log", 3)]),
        "I18: the leaf of event 1",
    ),
    "the tree shrinks": (_kept(sizes=[1, 5, 4]), "I18: a checkpoint has fewer leaves"),
    "the tree ends before its leaves": (_kept(sizes=[1, 3]), "I18: the last checkpoint"),
    "words of one organisation reach another": (_asked(leaks=["BJ-9 to lab"]), "I19: told to another"),
    "the verification finds something": (_kept(findings=["chain: event 3"]), "verify: chain: event 3"),
}


def test_it_finds_nothing_where_nothing_is_wrong() -> None:
    assert history_faults(ASKED, KEPT) == []


@pytest.mark.parametrize("fault", list(SEEDED))
def test_it_names_each_seeded_fault(fault: str) -> None:
    seed, name = SEEDED[fault]
    found = history_faults(*seed())
    assert any(one.startswith(name) for one in found), found


def test_an_unanswered_action_may_have_been_done_or_not() -> None:
    ops = [replace(one, status=UNKNOWN) if one.key == "gone" else one for one in OPS]
    events = [replace(one, key=None) if one.seq == 7 else one for one in TOLD]
    assert history_faults(Asked(ops, LOOKS), replace(KEPT, told=events)) == []
