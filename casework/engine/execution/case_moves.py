"""The move of a case to a state without the steps that lead there: one person asks for it, another one agrees.

A rule of the office is passed over, a guard of law never: whoever moves a case goes the ways by which one comes there, and each asks
again what it asks of law, with the answers that its form was given if it was gone. What the state that is left has open ends, and what
the one that is entered asks for begins as by an ordinary entry. Nothing is answered in anybody's place: a case ends by the step alone
that ends it and asks what came of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any, cast

from casework import reasons
from casework.engine.definition.edition_schema import WrittenOpening
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.guard_facts import UNKNOWN, FormNeeded
from casework.engine.definition.migration_plans import is_marking
from casework.engine.definition.registry import GUARDS
from casework.engine.definition.required_documents import SCANS, papers_for, reason
from casework.engine.execution.commands import AskMove, DecideMove
from casework.engine.execution.context import Context, Library
from casework.engine.execution.effects import settle_proposals
from casework.engine.execution.entered_states import move
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guard_refusals import refusal_of
from casework.engine.execution.guards import duty_reasons, line
from casework.engine.execution.step_opening import enter_state, leave_state
from casework.engine.execution.task_changes import close_task, commit, open_side_task
from casework.engine.execution.track_opening import open_tracks
from casework.engine.roles import Role
from casework.engine.state.case import OBSOLETE, Case, Track
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import MOVE_ASKED, MOVE_REFUSED, MOVED, Event
from casework.engine.state.migration_effects import ToldMove
from casework.engine.state.moves import MADE, AskedMove, asked_move, moved_from
from casework.engine.two_person import Matter, Refusal, are_apart, refusal
from casework.errors import InvalidForm, NotAllowed, Refused, WrongState
from casework.reasons import Why

#: Who asks for a move, and who agrees to one or refuses it.
ASKERS = (Role.SUPERVISOR,)
DECIDERS = (Role.SUPERVISOR, Role.COMPLIANCE)

Marking = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WayThere:
    """By which ways one comes to a state from the beginning, so that their law was asked; none of what is taken back."""

    to: str
    over: tuple[TransitionRule, ...] = ()
    back: bool = False

    @property
    def last(self) -> TransitionRule | None:
        return self.over[-1] if self.over else None

    def told(self) -> ToldMove:
        told: ToldMove = {"to": self.to, "over": [rule.name for rule in self.over]}
        if self.back:
            told["back"] = True
        return told


# --- where to ---------------------------------------------------------------------------------------------------------


def places(edition: Edition) -> list[str]:
    """The states to which a case can be moved at all, as they stand in the edition: none that ends it, and none beside."""
    ways = {rule.target for rule in edition.transitions if not rule.target.startswith("=")}
    entered = ways | {str(edition.rules["initial"])}
    return [path for path in edition.states if path in entered and _may_be_entered(edition, path)]


def _may_be_entered(edition: Edition, path: str) -> bool:
    marking = edition.entered(path)
    return is_marking(edition, marking) and not _aside(edition, marking) and not edition.ended(marking)


def _aside(edition: Edition, marking: Iterable[str]) -> bool:
    return bool(set(marking) & edition.side_states)


def reads_of_law(edition: Edition) -> frozenset[str]:
    """The facts from outside the log that a move may read: of the law, of papers, and of what opens by itself then."""
    asked = {guard for rule in edition.transitions for guard in (*rule.guards, *edition.asked_before_opening(rule))}
    keys = {key for name in asked if name in GUARDS for key in GUARDS[name].reads}
    return frozenset(keys | ({SCANS} if any(rule.needs for rule in edition.transitions) else set()))


def _insist_standing(case: Case, edition: Edition) -> None:
    """That a case can be moved at all from where it stands. Raises Refused."""
    if case.kind != "case":
        raise Refused(reasons.moves.SEALED)
    if case.closed_at is not None:
        raise Refused(reasons.moves.CLOSED)
    if case.frozen:
        raise Refused(reasons.cases.STANDS_STILL)
    if case.hold is not None:
        raise Refused(reasons.moves.ON_HOLD)
    _insist_not_aside(edition, case.main.states)


def _insist_not_aside(edition: Edition, marking: Marking) -> None:
    for leaf in marking:
        if leaf in edition.side_states:
            raise Refused(reasons.moves.ASIDE(state=edition.as_reason(f"states.{leaf}")))


def find_way(builder: EventBuilder, to: str) -> WayThere:
    """How a case comes to a state. Raises InvalidForm for none that it can come to, and Refused with what the law says."""
    track = builder.case.main
    edition = builder.library[track.edition]
    _insist_standing(builder.case, edition)
    if to not in edition.states or not is_marking(edition, marking := edition.entered(to)):
        raise InvalidForm(fields={"to": reasons.moves.UNKNOWN})
    if marking == track.states:
        raise InvalidForm(fields={"to": reasons.moves.SAME})
    _insist_not_aside(edition, marking)
    if edition.ended(marking):
        raise Refused(reasons.moves.ENDS(state=edition.as_reason(f"states.{to}")))
    if moved_from(track) == marking:
        return WayThere(to=to, back=True)
    over, against = _cheapest(builder, track, edition, marking)
    if over is None:
        raise InvalidForm(fields={"to": reasons.moves.UNKNOWN})
    if against:
        raise Refused(*against)
    return WayThere(to=to, over=over)


def _cheapest(
    builder: EventBuilder, track: Track, edition: Edition, wanted: Marking
) -> tuple[tuple[TransitionRule, ...] | None, tuple[Why, ...]]:
    """Of the ways from the beginning the one against which least speaks, and what does; None where no way leads there."""
    against = {rule.index: tuple(dict.fromkeys(_against(builder, track, rule))) for rule in edition.transitions}
    tie = count()
    waiting: list[Any] = [(0, 0, next(tie), edition.initial, (), ())]
    seen: set[Marking] = set()
    while waiting:
        _, steps, _, marking, over, why = heappop(waiting)
        if marking in seen:
            continue
        seen.add(marking)
        if marking == wanted:
            return over, tuple(dict.fromkeys(why))
        for rule, after in _on(edition, marking):
            told = (*why, *against[rule.index])
            heappush(waiting, (len(told), steps + 1, next(tie), after, (*over, rule), told))
    return None, ()


def _on(edition: Edition, marking: Marking) -> Iterator[tuple[TransitionRule, Marking]]:
    """The ways on from a marking: none from an end, for what begins again is asked other things, and none by a state beside."""
    if edition.ended(marking) or _aside(edition, marking):
        return
    for rule, place in edition.leaving(marking):
        if not rule.target.startswith("="):
            yield rule, move(edition, marking, rule, place, ())


def _against(builder: EventBuilder, track: Track, rule: TransitionRule) -> Iterator[Why]:
    """What a way asks of law that does not hold, or that only its form could tell; and papers that are not on file."""
    edition, fired = builder.library[track.edition], track.fired.get(rule.name)
    facts = builder.facts(track, UNKNOWN if fired is None else fired.data)
    for name in rule.guards:
        if GUARDS[name].law is None:
            continue
        try:
            if not GUARDS[name].holds(facts):
                yield from refusal_of(edition, name, facts)
        except FormNeeded:
            yield reasons.moves.BY_FORM(action=edition.as_reason(f"transitions.{rule.name}.do"))
    yield from (why for paper in papers_for(facts, rule) if (why := reason(edition, paper)) is not None)
    if fired is None:
        yield from duty_reasons(builder.case, rule.not_by, _movers(builder, track), track)


def _movers(builder: EventBuilder, track: Track) -> set[str | None]:
    """Whoever moves it: who acts now, and who asked for it, whom another way may have let through."""
    asked, now = asked_move(track), {builder.by.person, builder.by.acting_for}
    return now if asked is None else {*now, asked.actor, asked.acting_for}


# --- the deeds --------------------------------------------------------------------------------------------------------


def ask(builder: EventBuilder, command: AskMove) -> None:
    """Ask that the case be moved to a state, with a reason; what would refuse it refuses it now."""
    track = builder.case.main
    if asked_move(track) is not None:
        raise WrongState(action=reasons.actions.MOVE_CASE, why=reasons.moves.WAITS)
    find_way(builder, command.to)
    body = {"reason": line(command.reason, "reason")}
    builder.begin(MOVE_ASKED, track, {"what": command.to, "move": {"to": command.to}}, body, to=track.states)
    commit(builder)


def decide(builder: EventBuilder, command: DecideMove) -> None:
    """Agree to a move that another person asked for, or not; who asked may take it back."""
    track = builder.case.main
    asked = asked_move(track)
    if asked is None:
        raise WrongState(action=reasons.actions.DECIDE, why=reasons.moves.NONE_WAITS)
    if (why := why_not_decided(asked, builder.by.person, builder.by.acting_for, agree=command.agree)) is not None:
        raise NotAllowed(why=why)
    if not command.agree:
        body = {"note": line(command.note, "note")} if command.note else {}
        effects: Effects = {"what": asked.to, "move": {"to": asked.to}}
        builder.begin(MOVE_REFUSED, track, effects, body, to=track.states, because=asked.seq)
        commit(builder)
        return
    make(builder, find_way(builder, asked.to), asked.seq)


def why_not_decided(asked: AskedMove, person: str, acting_for: str | None, *, agree: bool) -> Why | None:
    """Why somebody does not decide on a move; who asked for it, or had it asked in their name, takes it back alone."""
    matter = Matter(asked.actor, frozenset({asked.acting_for}))
    said = refusal(matter, person, in_role=True, agree=agree, withdrawable=True)
    in_place = agree and not are_apart(matter.parties, (acting_for,))
    return reasons.moves.ANOTHER if said is Refusal.PARTY or in_place else None


def make(builder: EventBuilder, way: WayThere, asked: int | None) -> None:
    """Move the case: what it has open where it stood ends, and what the other state asks for begins."""
    track = builder.case.main
    edition = builder.library[track.edition]
    to = edition.entered(way.to)
    effects: Effects = {"what": way.to, "move": way.told(), "entered": True}
    if kept := {key: builder.context.facts[key] for key in sorted(_read(edition, way)) if key in builder.context.facts}:
        effects["facts"] = kept
    builder.begin(MOVED, track, effects, to=to, because=asked)
    facts = builder.facts(track, {})
    _drop_tasks(builder, track, edition, to)
    settle_proposals(builder, track, left=True)
    leave_state(builder, track, way.to, "", to, done=False)
    enter_state(builder, track, way.to, "", to, facts=facts)
    if way.back:
        _open_again(builder, track)
    elif way.last is not None:
        open_tracks(builder, _missing(builder, edition, way.last.opens), track, facts)
    commit(builder)


def _read(edition: Edition, way: WayThere) -> frozenset[str]:
    """The facts from outside on which a move rests."""
    guards = {name for rule in way.over for name in (*rule.guards, *edition.asked_before_opening(rule))}
    keys = {key for name in guards for key in GUARDS[name].reads}
    return frozenset(keys | ({SCANS} if any(rule.needs for rule in way.over) else set()))


def _drop_tasks(builder: EventBuilder, track: Track, edition: Edition, to: Marking) -> None:
    """End the tasks beside the step that whoever leaves this state would end, and that belong to the other one no more."""
    gone = _ended_by(edition, track.states) - _ended_by(edition, to)
    for task in builder.case.open_tasks():
        if task.track == track.id and task.type == "side" and task.name in gone:
            close_task(builder, task, OBSOLETE)


def _open_again(builder: EventBuilder, track: Track) -> None:
    """Begin anew what the move ended that is taken back."""
    made, edition = track.fired[MADE], builder.library[track.edition]
    for task in list(builder.case.tasks.values()):
        ended = task.state == OBSOLETE and task.closed_at == made.at
        if ended and (task.track, task.type, task.edition) == (track.id, "side", track.edition):
            open_side_task(builder, edition.tasks[task.rule], track, builder.facts(track, {}), task.about, by_hand=True)


def _ended_by(edition: Edition, marking: Marking) -> set[str]:
    ways = [rule for rule, _ in edition.leaving(marking) if rule.target != "=same"]
    return {name for rule in ways for name in (*rule.ends, *rule.drops)}


def _missing(builder: EventBuilder, edition: Edition, opens: Iterable[WrittenOpening]) -> list[WrittenOpening]:
    """Of what an ordinary entry opens what is not there yet: nothing is asked for, and nothing runs, twice."""
    open_now = {task.name for task in builder.case.open_tasks()}
    missing: list[WrittenOpening] = []
    for one in opens:
        if one["open"] == "task" and edition.tasks[one["task"]].name not in open_now:
            missing.append(one)
        elif one["open"] in ("track", "referral"):
            missing.append(cast(WrittenOpening, {**one, "fresh": False}))
    return missing


# --- before it is made, and judged again ---------------------------------------------------------------------------


def foresee(library: Library, case: Case, context: Context, to: str) -> list[Event]:
    """The events that a move would bring about by itself. Raises what refuses it."""
    builder = EventBuilder(library, case, context)
    make(builder, find_way(builder, to), None)
    return builder.events


def faults_of(library: Library, before: Case, event: Event, context: Context) -> Iterator[str]:
    """What is wrong with a move that was made, or asked for, as sentences. Who may do it is judged elsewhere."""
    asked = asked_move(before.main)
    if event.track != before.main.id:
        yield "it moves another track than the case's own"
    if event.kind != MOVED:
        yield from _beside(event, frozenset({"what", "move"}))
    if event.kind == MOVE_ASKED:
        if asked is not None:
            yield "a move had been asked for already"
        return
    told = event.effects["move"]
    if asked is None or event.because != asked.seq or told["to"] != asked.to:
        yield "nobody had asked for this move"
        return
    if why_not_decided(asked, event.actor, event.acting_for, agree=event.kind == MOVED) is not None:
        yield "the person who asked for it also decided on it"
    if event.kind == MOVED:
        yield from _made_otherwise(library, before, event, context)


def _made_otherwise(library: Library, before: Case, event: Event, context: Context) -> Iterator[str]:
    builder, told = EventBuilder(library, before, context), event.effects["move"]
    edition = library[before.main.edition]
    try:
        _insist_standing(before, edition)
        way = _told_way(builder, told)
    except Refused as refused:
        yield from (f"it could not be made: {why}" for why in refused.reasons)
        return
    if way is None:
        yield "the ways that it names do not lead there"
        return
    make(builder, way, event.because)
    yield from _beside(event, builder.events[0].effects.keys())
    yield from (f"it makes otherwise what it is about: {what}" for what in _apart(builder.events[0], event))


def _beside(event: Event, known: Collection[str]) -> Iterator[str]:
    yield from (f"it does besides what no such move does: {name}" for name in sorted(set(event.effects) - set(known)))


def _told_way(builder: EventBuilder, told: ToldMove) -> WayThere | None:
    """The ways that a move names, if they lead where it says. Raises Refused with what of law does not hold on them."""
    track = builder.case.main
    edition, to = builder.library[track.edition], told["to"]
    if to not in edition.states or not _may_be_entered(edition, to) or edition.entered(to) == track.states:
        return None
    if told.get("back"):
        return WayThere(to=to, back=True) if moved_from(track) == edition.entered(to) else None
    marking, over = edition.initial, []
    for name in told.get("over", ()):
        found = next(((rule, after) for rule, after in _on(edition, marking) if rule.name == name), None)
        if found is None:
            return None
        over.append(found[0])
        marking = found[1]
    if against := [why for rule in over for why in _against(builder, track, rule)]:
        raise Refused(*against)
    return WayThere(to=to, over=tuple(over)) if marking == edition.entered(to) else None


def _apart(made: Event, told: Event) -> list[str]:
    """In what two events of one move differ, but for the ids of what begins."""
    return [name for name, one, other in zip(_PARTS, _parts(made), _parts(told), strict=True) if one != other]


_PARTS = ("states", "tasks that end", "clocks", "tasks that begin", "tracks", "proposals")


def _parts(event: Event) -> Sequence[object]:
    effects = event.effects
    return (
        event.to,
        sorted((one["id"], one.get("state", "")) for one in effects.get("task_states", ())),
        sorted((one["id"], one["state"]) for one in effects.get("clock_states", ())),
        sorted((one["name"], one["queue"], str(one["of"]), str(one["about"])) for one in effects.get("tasks", ())),
        sorted((one["workflow"], one["kind"]) for one in effects.get("tracks", ())),
        sorted(effects.get("proposals_ended", ())),
    )


__all__ = [
    "ASKERS", "DECIDERS", "WayThere", "ask", "decide", "faults_of", "find_way", "foresee", "make", "places",
    "reads_of_law", "why_not_decided",
]  # fmt: skip
