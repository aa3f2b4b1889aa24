"""The referral as a contract of two sides: what each has received of the other, and what they do not agree about.

A receipt covers all that the other side has done until then. An objection is about one action of the other side. It opens
a task, with a date, in which another person than who raised it upholds or dismisses it with a reason that both sides
read; whoever raised it may call it settled before. The action itself stands until somebody undoes it.
"""

from __future__ import annotations

from casework import reasons
from casework.engine.case_objects.messages import SHARED, WRITERS
from casework.engine.definition.editions import Edition
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import AnswerObjection, Object, Receive
from casework.engine.execution.task_changes import close_task, commit, open_side_task
from casework.engine.parts import SETTLES_OBJECTION
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.engine.state.case import OBSOLETE, Case, Task, Track
from casework.engine.state.effects_schema import Effects, Objection
from casework.engine.state.events import OBJECTED, RECEIVED
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.reasons import Reason

#: Whose action it was, and who receives what the other has done.
THEIRS, OURS = "provider", "office"
#: Who signs for what the other side has done, and objects to it: whoever writes to the other side.
PARTIES = WRITERS[SHARED]
#: What becomes of an objection.
RAISED, ANSWERED, SETTLED, UPHELD, DISMISSED = "raised", "answered", "settled", "upheld", "dismissed"
#: Nothing more is said of it then.
OVER = frozenset({SETTLED, UPHELD, DISMISSED})


def side_of(role: str | None) -> str:
    """The side on which a role stands."""
    return THEIRS if role in ORGANISATION_ROLES else OURS


def other_side(side: str) -> str:
    return OURS if side == THEIRS else THEIRS


def done_by(edition: Edition, track: Track, side: str) -> dict[str, int]:
    """How often each transition of a side has fired on a referral. What a clock alone fires is nobody's action."""
    counts = {}
    for rule in edition.transitions:
        people = [role for role in (*rule.by_people, *rule.confirm_by) if role != Role.SYSTEM]
        if rule.name in track.fired and people and side_of(people[0]) == side:
            counts[rule.name] = track.fired[rule.name].count
    return counts


def unreceived(edition: Edition, track: Track, side: str) -> dict[str, int]:
    """What the other side has done and this one has not signed for yet, with how often it was done."""
    other = done_by(edition, track, other_side(side))
    signed = {name: receipt["count"] for name, receipt in track.received.items()}
    return {name: count for name, count in other.items() if signed.get(name, 0) < count}


def refusal(case: Case, role: str | None, track: Track | None) -> Reason | None:
    """Why this role has no part in this contract now; None where it has one."""
    if track is None or not track.is_referral or not track.sent:
        return reasons.referrals.NOTHING_PASSED
    if role not in accepted(case, PARTIES):
        return reasons.cases.FOR_ROLES(roles=PARTIES)
    return None


# --- actions -----------------------------------------------------------------------------------------------------------


def receive(builder: EventBuilder, command: Receive) -> None:
    """Sign for what the other side has done."""
    track = _of_the_contract(builder, command.referral)
    waiting = unreceived(builder.library[track.edition], track, side_of(builder.by.role))
    if not waiting:
        raise WrongState(action=reasons.actions.CONFIRM_RECEIPT, why=reasons.referrals.NOTHING_CAME)
    builder.begin(RECEIVED, track, {"received": waiting})
    commit(builder)


def object_to(builder: EventBuilder, command: Object) -> None:
    """Put on record that one does not agree with an action of the other side."""
    track = _of_the_contract(builder, command.referral)
    side = side_of(builder.by.role)
    if command.to not in done_by(builder.library[track.edition], track, other_side(side)):
        raise InvalidForm(fields={"to": reasons.referrals.NOT_DONE_BY_OTHER})
    objection: Objection = {"id": builder.context.new_id(), "what": RAISED, "side": side, "to": command.to}
    builder.begin(OBJECTED, track, {"what": RAISED, "objection": objection}, {"words": line(command.words, "words")})
    rule = builder.library[track.edition].task_of(SETTLES_OBJECTION)
    if rule is not None:
        open_side_task(builder, rule, track, builder.facts(track, {}), objection["id"])
    commit(builder)


def answer_objection(builder: EventBuilder, command: AnswerObjection) -> None:
    """Answer the other side's objection, or call one's own settled."""
    track = _of_the_contract(builder, command.referral)
    objection = track.objections.get(command.objection)
    if objection is None:
        raise NotFound("objection")
    if objection["what"] in OVER:
        raise WrongState(
            action=reasons.actions.ANSWER,
            why=reasons.referrals.SETTLED if objection["what"] == SETTLED else reasons.referrals.DECIDED,
        )
    what = SETTLED if objection["side"] == side_of(builder.by.role) else ANSWERED
    reply: Objection = {"id": command.objection, "what": what, "side": objection["side"], "to": objection["to"]}
    builder.begin(OBJECTED, track, {"what": what, "objection": reply}, {"words": line(command.words, "words")})
    if what == SETTLED:
        for task in decisions(builder.case, command.objection):
            close_task(builder, task, OBSOLETE)
    commit(builder)


def decisions(case: Case, objection: str) -> list[Task]:
    """The open task in which an objection is to be decided."""
    return [task for task in case.open_tasks() if task.about == objection]


def objectors(case: Case, task: Task) -> frozenset[str]:
    """Who raised what the task decides, and in whose name; they do not decide it."""
    raised = case.tracks[task.track].objections.get(task.about or "")
    if raised is None:
        return frozenset()
    return frozenset(person for person in (raised.get("by"), raised.get("acting_for")) if person)


def _of_the_contract(builder: EventBuilder, referral: str) -> Track:
    track = builder.track(referral)
    if (why := refusal(builder.case, builder.by.role, track)) is not None:
        if builder.by.role not in accepted(builder.case, PARTIES):
            raise NotAllowed(why=why)
        raise WrongState(action=reasons.actions.SIGN, why=why)
    return track


def faults_of(
    before: Case, edition: Edition, track: Track, kind: str, role: str | None, *, effects: Effects
) -> list[str]:
    """What is wrong with a recorded receipt or objection, as sentences; empty where it could be made."""
    if why := refusal(before, role, track):
        return [f"it is no part of the contract: {why}"]
    side = side_of(role)
    if kind == RECEIVED:
        return (
            []
            if effects.get("received") == unreceived(edition, track, side)
            else ["it signs for something else than what had come"]
        )
    objection = effects["objection"]
    known = track.objections.get(objection["id"])
    if objection["what"] == RAISED:
        other = done_by(edition, track, other_side(side))
        fits = known is None and objection["side"] == side and objection["to"] in other
    else:
        mine = known is not None and known["side"] == side
        fits = known is not None and known["what"] not in OVER and objection["what"] == (SETTLED if mine else ANSWERED)
        fits = fits and known is not None and (objection["side"], objection["to"]) == (known["side"], known["to"])
    return [] if fits else ["it objects to what the other side has not done, or answers what was not asked"]
