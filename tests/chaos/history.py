"""The history checker: what clients were told, beside what the database and whoever is written to hold afterwards.

Pure functions. A fault begins with the invariant that it breaks; `docs/explanation/chaos.md` has the list, and what else looks at each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.journeys.kills import Look, Op, Told, faults_of, hash_of

#: What only one organisation may answer, once.
ANSWERS = ("accept", "decline")


@dataclass(frozen=True)
class Fired:
    """A moment of a clock, and when it was recorded that it had come."""

    clock: str
    n: int
    moment: datetime
    at: datetime


@dataclass(frozen=True)
class Message:
    """A mail, or what a provider's system is told."""

    id: str
    state: str
    #: The event that it tells of.
    case: str = ""
    seq: int = 0


@dataclass(frozen=True)
class Track:
    case: str
    states: tuple[str, ...]
    revision: int


@dataclass(frozen=True)
class Asked:
    """What clients asked for and saw, and words of one organisation that were found in an answer to another."""

    ops: Sequence[Op] = ()
    looks: Sequence[Look] = ()
    leaks: Sequence[str] = ()


@dataclass(frozen=True)
class Kept:
    """What the database holds once all is quiet, and what the receiver of messages took."""

    told: Sequence[Told] = ()
    #: `seq` of the last event, by case.
    heads: Mapping[str, int] = field(default_factory=dict)
    tracks: Mapping[str, Track] = field(default_factory=dict)
    #: Of each open task who holds it, if anybody.
    holders: Mapping[str, str | None] = field(default_factory=dict)
    #: Whose each referral is.
    referrals: Mapping[str, str] = field(default_factory=dict)
    #: Moments that are past, by clock, and what fired.
    due: Mapping[str, int] = field(default_factory=dict)
    fired: Sequence[Fired] = ()
    messages: Sequence[Message] = ()
    #: The events, by case and number, of which whoever receives must be told.
    owed: Collection[tuple[str, int]] = ()
    #: Of each message that was taken, in this order, its id; one may come twice, under the same id.
    taken: Sequence[str] = ()
    untold: int = 0
    #: Whose leaf each is, in the order of the tree; all events there are; how many leaves each checkpoint had.
    leaves: Sequence[tuple[str, int]] = ()
    events: Collection[tuple[str, int]] = ()
    sizes: Sequence[int] = ()
    #: What `casework verify` found.
    findings: Sequence[str] = ()


def history_faults(asked: Asked, kept: Kept, *, leaders: Collection[str] = ()) -> list[str]:
    """Everything that does not fit together; nothing where all is well."""
    checks = (
        _answers_kept(asked, kept, leaders),
        _heads(kept),
        _moves(kept),
        _lost_updates(asked, kept),
        _holders(kept),
        _stale_looks(asked, kept),
        _times(kept),
        _four_eyes(kept),
        (f"I15: {one}" for one in clock_faults(kept.due, kept.fired)),
        _referrals(kept),
        (f"I17: {one}" for one in message_faults(kept.messages, kept.taken, kept.untold)),
        _owed(kept),
        _leaves(kept),
        (f"I19: told to another: {one}" for one in asked.leaks),
        (f"verify: {one}" for one in kept.findings),
    )
    return [fault for check in checks for fault in check]


#: What `faults_of` says, by the invariant that it stands for.
_NAMES = {
    "lost": "I1",
    "done": "I1",
    "nobody asked": "I2",
    "refused and yet done": "I3",
    "the events of": "I5",
    "two holders": "I9",
    "out of order": "I10",
}


def _answers_kept(asked: Asked, kept: Kept, leaders: Collection[str]) -> Iterator[str]:
    unknown = {op.key for op in asked.ops if op.unknown}
    for fault in faults_of(asked.ops, kept.told, leaders=leaders):
        name = next(name for begin, name in _NAMES.items() if fault.startswith(begin))
        # Whatever was not answered may have been done, once.
        doubled = name == "I1" and any(f": {key} " in fault for key in unknown)
        yield f"{'I4' if doubled else name}: {fault}"


def _of_cases(told: Iterable[Told]) -> dict[str, list[Told]]:
    made = defaultdict(list)
    for one in sorted(told, key=lambda one: (one.case, one.seq)):
        made[one.case].append(one)
    return made


def _heads(kept: Kept) -> Iterator[str]:
    for case, told in _of_cases(kept.told).items():
        if kept.heads.get(case) != told[-1].seq:
            yield f"I5: {case} says that its last event is {kept.heads.get(case)}, and it is {told[-1].seq}"


def _moves(kept: Kept) -> Iterator[str]:
    """Each track goes on from where it stood, and stands where its last event left it."""
    stood: dict[str, tuple[str, ...]] = {}
    for one in sorted(kept.told, key=lambda one: (one.case, one.seq)):
        if one.track is None or not one.to:
            continue
        if one.frm and one.track in stood and stood[one.track] != one.frm:
            yield f"I7: event {one.seq} of {one.case} comes from {one.frm}, and the track stood at {stood[one.track]}"
        stood[one.track] = one.to
    for id, track in kept.tracks.items():
        if id in stood and stood[id] != track.states:
            yield f"I6: a track of {track.case} is kept at {track.states}, and its events lead to {stood[id]}"


def _lost_updates(asked: Asked, kept: Kept) -> Iterator[str]:
    """Of those that were never answered the history says whether they were done."""
    there = {(one.actor, one.key) for one in kept.told}
    seen = Counter(
        (op.track, op.expected)
        for op in asked.ops
        if op.track is not None and (op.done or (op.unknown and (op.actor, hash_of(op.key)) in there))
    )
    for (_, revision), count in seen.items():
        if count > 1:
            yield f"I8: {count} actions moved a track from revision {revision}"


def _holders(kept: Kept) -> Iterator[str]:
    holder: dict[str, str | None] = {}
    for one in sorted(kept.told, key=lambda one: (one.case, one.seq)):
        if one.task is not None and one.kind in ("claimed", "released"):
            holder[one.task] = one.actor if one.kind == "claimed" else None
    for task, held in kept.holders.items():
        if task in holder and holder[task] != held:
            yield f"I9: task {task} is kept as {held}'s, and its events say {holder[task]}"


def _stale_looks(asked: Asked, kept: Kept) -> Iterator[str]:
    """Whoever looks after an answer sees what was done; and nobody sees more than there is."""
    for look in asked.looks:
        known = [
            op.expected + 1
            for op in asked.ops
            if op.done and op.track == look.track and op.expected is not None and op.answered < look.invoked
        ]
        if known and max(known) > look.revision:
            yield f"I10: a look at {look.case} showed revision {look.revision} after {max(known)} was answered"
        track = kept.tracks.get(look.track)
        if track is not None and look.revision > track.revision:
            yield f"I10: a look at {look.case} showed revision {look.revision}, and there is only {track.revision}"


def _times(kept: Kept) -> Iterator[str]:
    for case, told in _of_cases(kept.told).items():
        timed = [one for one in told if one.at is not None]
        for before, after in zip(timed, timed[1:], strict=False):
            assert before.at is not None
            assert after.at is not None
            if after.at <= before.at:
                yield f"I11: event {after.seq} of {case} is not later than the one before it"


def _four_eyes(kept: Kept) -> Iterator[str]:
    actors = {(one.case, one.seq): one.actor for one in kept.told}
    for one in kept.told:
        if one.confirms is not None and actors.get((one.case, one.confirms)) == one.actor:
            yield f"I12: event {one.seq} of {one.case} was proposed and confirmed by one person"


def _referrals(kept: Kept) -> Iterator[str]:
    answered = Counter(one.track for one in kept.told if one.track in kept.referrals and one.transition in ANSWERS)
    for referral, count in answered.items():
        if count > 1:
            yield f"I16: referral {referral} was answered {count} times"
    for one in kept.told:
        if one.transition in ANSWERS and kept.referrals.get(one.track or "", one.organisation) != one.organisation:
            yield f"I16: event {one.seq} of {one.case} answers what was sent to another organisation"


def clock_faults(due: Mapping[str, int], fired: Sequence[Fired]) -> list[str]:
    """Of so many moments of each clock that have come: which were lost, fired twice, or fired before their time."""
    times = Counter((one.clock, one.n) for one in fired)
    faults = [f"fired {count} times: moment {n} of {clock}" for (clock, n), count in times.items() if count > 1]
    faults += [
        f"lost: moment {n} of {clock}" for clock, many in due.items() for n in range(many) if not times[clock, n]
    ]
    return faults + [f"before its moment: {one.n} of {one.clock}" for one in fired if one.at < one.moment]


#: What has come to its end, and what of it the receiver must have.
_ENDED, _ARRIVED = ("sent", "delivered", "cancelled"), ("sent", "delivered")


def message_faults(messages: Iterable[Message], taken: Sequence[str], untold: int) -> list[str]:
    """What was lost of what people and their systems are told, and what nobody sent. What comes twice has one id."""
    known = {one.id: one.state for one in messages}
    came = set(taken)
    faults = [f"message lost: {id}" for id, state in known.items() if state in _ARRIVED and id not in came]
    faults += [f"message left behind: {id}" for id, state in known.items() if state not in _ENDED]
    faults += [f"message of nobody: {id}" for id in sorted(came - known.keys())]
    return [*faults, f"{untold} events untold"] if untold else faults


def _owed(kept: Kept) -> Iterator[str]:
    """Each event is told of once to each: a second message of another id would have a second effect."""
    arrived = {(one.case, one.seq) for one in kept.messages if one.state in _ARRIVED}
    yield from (f"I17: nobody was told of event {seq} of {case}" for case, seq in sorted(set(kept.owed) - arrived))
    for (case, seq), count in Counter((one.case, one.seq) for one in kept.messages if one.case).items():
        if count > 1:
            yield f"I17: {count} messages tell of event {seq} of {case}"


def _leaves(kept: Kept) -> Iterator[str]:
    """Every event has one leaf, those of a log in their order; a tree never shrinks."""
    counted = Counter(kept.leaves)
    yield from (f"I18: {count} leaves of event {seq} of {log}" for (log, seq), count in counted.items() if count > 1)
    yield from (f"I18: no leaf of event {seq} of {log}" for log, seq in sorted(set(kept.events) - counted.keys()))
    last: dict[str, int] = {}
    for log, seq in kept.leaves:
        if seq < last.get(log, 0):
            yield f"I18: the leaf of event {seq} of {log} stands after that of {last[log]}"
        last[log] = seq
    if any(after < before for before, after in zip(kept.sizes, kept.sizes[1:], strict=False)):
        yield "I18: a checkpoint has fewer leaves than the one before it"
    if kept.sizes and kept.sizes[-1] != len(kept.leaves):
        yield f"I18: the last checkpoint has {kept.sizes[-1]} leaves, and there are {len(kept.leaves)}"


__all__ = ["Asked", "Fired", "Kept", "Message", "Track", "clock_faults", "hash_of", "history_faults", "message_faults"]
