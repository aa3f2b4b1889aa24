"""Who is told what: from an event, and the case as it stands, to the notices that it owes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from casework.engine.definition.editions import TransitionRule, do_key
from casework.engine.parts import MAIN, REFERRAL
from casework.engine.roles import INTAKE, ORGANISATION_QUEUES, Role
from casework.engine.state import events
from casework.engine.state.case import READY, Case, Task, Track
from casework.engine.state.events import (
    ACTIVATED,
    COMPLETED,
    FIRED,
    GLASS_BROKEN,
    HANDED_BACK,
    HANDED_OVER,
    LETTER_SENT,
    MOVE_ASKED,
    PARTY_ACTOR,
    PROPOSED,
    REFUSED,
    RESEALED,
    TIMER_FIRED,
    UNSEALED,
    UNSEALING_ASKED,
    UNSEALING_REFUSED,
    Event,
)

#: Said at once.
OFFER, QUESTION, RETURN, CANCELLATION, DELIVERY = "offer", "question", "return", "cancellation", "delivery"
DECISION, DUE, OVERDUE, STOP, LETTER = "decision", "due", "overdue", "stop", "letter"
#: Who may read a sealed mediation has changed; a case was opened in an emergency.
READERS, EMERGENCY = "readers", "emergency"
#: A party has answered by a one-time link.
ANSWER = "answer"
#: Of a finding of the audit: to whoever is to answer it, and to the auditor who raised it.
FINDING = "finding"
#: Said in the digest. What somebody is mentioned in comes from any event whose effects name `mentions`.
TASK, REMINDER, MOVED, OWNERSHIP, MENTION, LINKED = "task", "reminder", "moved", "ownership", "mention", "linked"
AT_ONCE = (
    OFFER,
    QUESTION,
    RETURN,
    CANCELLATION,
    DELIVERY,
    DECISION,
    DUE,
    OVERDUE,
    STOP,
    LETTER,
    READERS,
    EMERGENCY,
    ANSWER,
    FINDING,
)
#: Of no case: a technology is proposed for a need, or a record fits a search that was saved. Said in the digest.
CATALOGUE = "catalogue"
KINDS = (*AT_ONCE, TASK, REMINDER, MOVED, OWNERSHIP, MENTION, LINKED, CATALOGUE)

#: Queues in which people decide on what others have prepared.
DECIDING = frozenset({Role.SUPERVISOR, Role.COMPLIANCE})
#: Who decides on the move of a case to a state.
_DECIDE_MOVES = frozenset({(Role.SUPERVISOR, None), (Role.COMPLIANCE, None)})
#: What is a fact of the case to whoever follows it; everything else, which asks somebody, is to a follower that the case moved.
FACTS = (STOP, OVERDUE, CANCELLATION, DELIVERY, ANSWER)
#: What is a matter of those alone whom it is said to.
_PERSONAL = (REMINDER, DUE, MENTION, READERS, EMERGENCY, LINKED)
_OPENINGS = (UNSEALING_ASKED, UNSEALED, UNSEALING_REFUSED, RESEALED, GLASS_BROKEN)
_MOVES = (MOVE_ASKED, events.MOVED)
_STEPS = {"remind": REMINDER, "due": DUE, "escalate": OVERDUE, "flag": OVERDUE, "wake": TASK}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say to some people and to everybody who works some queues: (queue, organisation or None)."""

    kind: str
    people: frozenset[str] = frozenset()
    queues: frozenset[tuple[str, str | None]] = frozenset()
    #: The edition and the key of the text that names the action: "states.sent.do", "transitions.accept.done".
    edition: str | None = None
    words: str | None = None
    track: str | None = None
    task: str | None = None
    due: str | None = None

    @property
    def about(self) -> str:
        """What tells two notices of one kind and event apart."""
        return self.task or self.track or ""


def _answers(event: Event) -> bool:
    return event.kind == COMPLETED and bool(event.effects.get("answers"))


def owes(event: Event) -> bool:
    """Whether an event may owe a notice to anybody; asked of every event in its own transaction."""
    if event.kind in (
        FIRED,
        PROPOSED,
        REFUSED,
        TIMER_FIRED,
        ACTIVATED,
        HANDED_OVER,
        LETTER_SENT,
        *_OPENINGS,
        *_MOVES,
        *events.LINKINGS,
    ):
        return True
    effects = event.effects
    addressed = any(effects.get(name) for name in ("tasks", "mentions")) or bool(_given(event)) or "held_by" in effects
    return addressed or _answers(event) or event.actor == PARTY_ACTOR


def notices(
    event: Event, case: Case, rule: TransitionRule | None, answered: tuple[str, str] | None = None
) -> list[Notice]:
    """What the event owes, where a transition fired by its rule. See `first_of` for one person's share.

    `answered`: the edition and the key of the text that says how a task was answered.

    Nobody is told of what they did themselves.
    """
    return [notice for notice in _notices(event, case, rule, answered) if notice.people or notice.queues]


def first_of(owed: Iterable[Notice]) -> list[Notice]:
    """Of what one event owes one person: what is said at once, or else every new task, or else that it moved."""
    owed = list(owed)
    for wanted in (AT_ONCE, (TASK, OWNERSHIP, MENTION), (REMINDER, MOVED, LINKED, CATALOGUE)):
        if chosen := [notice for notice in owed if notice.kind in wanted]:
            return chosen
    return []


def for_follower(owed: Iterable[Notice]) -> Notice | None:
    """Of what one event owes those concerned, the one thing that somebody is told who follows the case and has no part in it."""
    owed = [notice for notice in owed if notice.kind not in _PERSONAL]
    for kind in FACTS:
        if fact := next((notice for notice in owed if notice.kind == kind), None):
            return fact
    moved = next((notice for notice in owed if notice.kind == MOVED), next(iter(owed), None))
    return replace(moved, kind=MOVED, task=None, due=None) if moved else None


def _notices(
    event: Event, case: Case, rule: TransitionRule | None, answered: tuple[str, str] | None
) -> Iterator[Notice]:
    track = case.tracks.get(event.track or "")
    if event.kind == TIMER_FIRED:
        yield from _step_notices(event, case)
    yield from _of_case(event, case)
    if event.kind in _OPENINGS:
        yield from _readers(event, case)
    if event.kind in _MOVES and track is not None:
        # To whom it is proposed, and afterwards who works on the case, by the state that it is about.
        audience = (frozenset[str](), _DECIDE_MOVES) if event.kind == MOVE_ASKED else _officers(case)
        kind = DECISION if event.kind == MOVE_ASKED else MOVED
        yield Notice(kind, *audience, track.edition, f"states.{event.effects['move']['to']}", track.id)
    task = case.tasks.get(str(event.effects.get("task")))
    if event.kind == ACTIVATED and task is not None:
        yield _task(case, task, TASK)
    if event.kind in (FIRED, PROPOSED, REFUSED) and track is not None:
        yield from _moved(event, case, track, rule)
    if _answers(event) and track is not None and task is not None:
        # What was decided between the two sides of a referral, each of them hears.
        words = answered or action_of(task)
        yield Notice(MOVED, *_providers(track), *words, track.id)
        yield Notice(MOVED, *_officers(case), *words, track.id)
    yield from _from_outside(event, case, track, task)
    if people := frozenset(event.effects.get("mentions", ())):
        yield Notice(MENTION, people, track=event.track)
    yield from _opened(event, case)
    if (held_by := event.effects.get("held_by")) and task is not None and event.kind != HANDED_BACK:
        yield replace(_task(case, task, MOVED), people=frozenset({str(held_by)}), queues=frozenset())
    for given, holder in _given(event):
        if given_task := case.tasks.get(given):
            yield replace(_task(case, given_task, TASK), people=frozenset({holder}), queues=frozenset())


def _of_case(event: Event, case: Case) -> Iterator[Notice]:
    """What is about the case itself: whose it is now, and to which others it is linked; of a link each of both logs tells its own."""
    if event.kind == HANDED_OVER:
        yield Notice(OWNERSHIP, frozenset({str(event.effects["owner"])}))
    if event.kind in events.LINKINGS:
        yield Notice(LINKED, *_officers(case))


def _from_outside(event: Event, case: Case, track: Track | None, task: Task | None) -> Iterator[Notice]:
    """A letter to a provider; and of a party's answer by a link hear whoever held the task, and whoever owns the case."""
    if event.kind == LETTER_SENT and track is not None:
        yield Notice(LETTER, *_providers(track), track=track.id)
    if event.actor == PARTY_ACTOR and event.kind == COMPLETED and task is not None:
        people, queues = _officers(case)
        held = frozenset({task.holder}) if task.holder else frozenset()
        yield replace(_task(case, task, ANSWER), people=people | held, queues=queues)


def _readers(event: Event, case: Case) -> Iterator[Notice]:
    """Who hears that a log was opened to one more reader, or is to be: both sides of a mediation, and who was named."""
    if event.kind == GLASS_BROKEN:
        people, queues = _officers(case)
        yield Notice(EMERGENCY, people, queues | {(Role.SUPERVISOR, None), (Role.AUDITOR, None)})
        return
    changed = (*event.effects.get("openings", ()), *event.effects.get("opening_states", ()))
    for opening in (case.openings[change["id"]] for change in changed):
        if event.kind == UNSEALING_ASKED:
            yield Notice(DECISION, frozenset({opening.decider or ""}))
        elif event.kind == UNSEALING_REFUSED or opening.decided_at is None:
            yield Notice(READERS, frozenset({opening.asker}))
        else:
            named = frozenset(str(who) for who in (case.owner, *case.team, opening.decider) if who)
            yield Notice(READERS, named | ({opening.reader} if event.kind == UNSEALED else set()))
            if case.main.sent:
                yield Notice(READERS, *_providers(case.main), track=case.main.id)


def _given(event: Event) -> list[tuple[str, str]]:
    """Tasks that somebody put into another one's hands, or forwarded with that person in mind."""
    changes = (
        (change["id"], change.get("holder") or change.get("to")) for change in event.effects.get("task_states", ())
    )
    return [(id, str(person)) for id, person in changes if person not in (None, event.actor)]


def _step_notices(event: Event, case: Case) -> Iterator[Notice]:
    kind, task = _STEPS.get(event.effects["what"]), case.tasks.get(str(event.effects.get("task")))
    if kind is None or task is None or not task.open:
        return
    yield _task(case, task, kind)
    if kind == OVERDUE:
        people, queues = _officers(case)
        yield replace(_task(case, task, OVERDUE), people=people, queues=queues | {(Role.SUPERVISOR, None)})


def _moved(event: Event, case: Case, track: Track, rule: TransitionRule | None) -> Iterator[Notice]:
    name = event.effects.get("transition")
    # What is refused was not done: it is named by what was asked for.
    said = {FIRED: "done", REFUSED: "do"}.get(event.kind)
    done = (track.edition, f"transitions.{name}.{said}", track.id) if name and said else (None, None, track.id)
    if "frozen" in event.effects:
        yield Notice(STOP if event.effects["frozen"] else MOVED, *_everybody(case), *done)
    if event.kind == REFUSED:
        yield Notice(RETURN, *_officers(case), *done)
    if event.kind != FIRED or track.part not in (MAIN, REFERRAL):
        return
    if track.is_referral and rule is not None:
        # A request that was never sent is nothing to its provider.
        if rule.tells_provider and track.sent_by(event.at):
            yield Notice(rule.tells_provider, *_providers(track), *done)
        yield Notice(rule.tells_officers or MOVED, *_officers(case), *done)
        return
    yield Notice(MOVED, *_officers(case), *done)


def _opened(event: Event, case: Case) -> Iterator[Notice]:
    returned = event.kind == COMPLETED and _queue_of(case, event.effects.get("task")) in DECIDING
    for opened in event.effects.get("tasks", ()):
        task = case.tasks.get(opened["id"])
        if task is None or opened["state"] != READY or not task.open:
            continue
        decides = task.type == "decision" or task.queue in DECIDING
        yield _task(case, task, DECISION if decides else RETURN if returned else TASK)


def _queue_of(case: Case, task: str | None) -> str | None:
    entry = case.tasks.get(task or "")
    return entry.queue if entry else None


def _task(case: Case, task: Task, kind: str) -> Notice:
    due = task.due_at.isoformat() if task.due_at else None
    return Notice(kind, *_workers(case, task), *action_of(task), task.track, task.id, due)


def action_of(task: Task) -> tuple[str, str]:
    return task.edition, do_key(task.type, task.rule)


Audience = tuple[frozenset[str], frozenset[tuple[str, str | None]]]


def _workers(case: Case, task: Task) -> Audience:
    """Who is to do a task: its holder, else the one person it is for, else everybody of its queue."""
    if task.holder:
        return frozenset({task.holder}), frozenset()
    track = case.tracks.get(task.track)
    if task.queue in ORGANISATION_QUEUES:
        above = case.referral_of(track) if track else None
        if task.queue == Role.PROVIDER and above is not None and above.named:
            return frozenset({above.named}), frozenset()
        return frozenset(), frozenset({(task.queue, task.organisation)})
    if task.queue == Role.OFFICER:
        return _officers(case)
    return frozenset(), frozenset({(task.queue, None)})


def _officers(case: Case) -> Audience:
    """The owner; while there is none, whoever looks after new cases. Of a mediation those named for it."""
    if case.owner:
        return frozenset({case.owner}), frozenset()
    return frozenset(), frozenset({(INTAKE, None)})


def _providers(track: Track) -> Audience:
    if track.named:
        return frozenset({track.named}), frozenset()
    return frozenset(), frozenset({(Role.PROVIDER, track.provider)})


def _everybody(case: Case) -> Audience:
    people, queues = _officers(case)
    for track in case.live_tracks():
        if track.is_referral and track.sent:
            more_people, more_queues = _providers(track)
            people, queues = people | more_people, queues | more_queues
    return people | frozenset(case.team), queues | {(Role.SUPERVISOR, None)}
