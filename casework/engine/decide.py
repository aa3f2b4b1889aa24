"""`decide`: what happens when somebody does something; from a case and a command to the events that follow.

It changes nothing: it hands out events, and `evolve` says what a case is after them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.engine.case_objects import (
    case_links,
    documents,
    emergency_access,
    grant_commands,
    letters,
    party_links,
    unsealing,
)
from casework.engine.case_objects.acknowledgements import answer_objection, object_to, receive
from casework.engine.case_objects.case_rights import change_rights
from casework.engine.case_objects.messages import correct, say
from casework.engine.execution import case_moves
from casework.engine.execution.automatic_transitions import settle
from casework.engine.execution.case_opening import open_case
from casework.engine.execution.case_removal import closes
from casework.engine.execution.commands import (
    AskMove,
    ChangeRights,
    Command,
    CorrectAnswer,
    DecideMove,
    DeclareInterest,
    EndConsent,
    Fire,
    FireTimer,
    HandOver,
    HearScreening,
    LinkCase,
    Notice,
    Open,
    Recount,
    UnlinkCase,
)
from casework.engine.execution.consent_ending import end_consent
from casework.engine.execution.context import Context, Library
from casework.engine.execution.corrections import correct_answer
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.handing_over import hand_over
from casework.engine.execution.interests import declare_interest
from casework.engine.execution.record_commands import (
    AnswerByLink,
    AnswerObjection,
    AskUnsealing,
    BreakGlass,
    ChangeGrantDay,
    Correct,
    DecideUnsealing,
    DispatchLetter,
    FileDocument,
    GiveLink,
    Object,
    Receive,
    RegisterDocument,
    Reseal,
    ReturnPapers,
    RevokeLink,
    Say,
    SendLetter,
    TellParties,
    WithdrawDocument,
    WithdrawGrant,
)
from casework.engine.execution.task_changes import commit, open_task_of
from casework.engine.execution.timer_firing import fire_timer, recount_clocks
from casework.engine.execution.transitions import fire_by_person
from casework.engine.state.case import Case
from casework.engine.state.events import ADDED, Event
from casework.engine.tasks.party_answers import answer_by_link
from casework.engine.tasks.record_answers import hear_screening
from casework.engine.tasks.task_operations import TASK_ACTIONS


def decide(library: Library, case: Case | None, command: Command, context: Context) -> list[Event]:
    """The events that a command brings about, in order; raises a `CaseworkError` that says why not."""
    return decide_and_evolve(library, case, command, context)[0]


def decide_and_evolve(
    library: Library, case: Case | None, command: Command, context: Context
) -> tuple[list[Event], Case]:
    """The same, with the case as it is after them: what `evolve` makes of it while they are decided."""
    if case is not None and closes(case, context):
        return [], case
    builder = EventBuilder(library, case, context)
    action: Callable[[EventBuilder, Any], None] = _ACTIONS[type(command)]
    action(builder, command)
    settle(builder)
    return builder.events, builder.case


def _notice(builder: EventBuilder, command: Notice) -> None:
    """A task that something outside this log asks for: another case of the same need was signed, say."""
    rule = builder.library[builder.case.main.edition].task_of(command.part)
    if rule is None:
        return
    builder.begin(ADDED, builder.case.main, {"name": rule.name}, system=True)
    open_task_of(builder, command.part, about=command.about)
    commit(builder)


_ACTIONS: Mapping[type, Callable[..., None]] = {
    Open: open_case,
    Fire: fire_by_person,
    FireTimer: fire_timer,
    Recount: recount_clocks,
    HandOver: hand_over,
    AskMove: case_moves.ask,
    DecideMove: case_moves.decide,
    RegisterDocument: documents.register,
    FileDocument: documents.file,
    WithdrawDocument: documents.withdraw,
    SendLetter: letters.send,
    DispatchLetter: letters.dispatch,
    WithdrawGrant: grant_commands.withdraw_grant,
    ChangeGrantDay: grant_commands.change_day,
    ReturnPapers: grant_commands.return_papers,
    EndConsent: end_consent,
    DeclareInterest: declare_interest,
    Notice: _notice,
    HearScreening: hear_screening,
    **TASK_ACTIONS,
    AskUnsealing: unsealing.ask,
    DecideUnsealing: unsealing.decide,
    Reseal: unsealing.reseal,
    TellParties: unsealing.tell_parties,
    BreakGlass: emergency_access.break_glass,
    Say: say,
    Correct: correct,
    CorrectAnswer: correct_answer,
    Receive: receive,
    Object: object_to,
    AnswerObjection: answer_objection,
    ChangeRights: change_rights,
    LinkCase: case_links.link,
    UnlinkCase: case_links.unlink,
    GiveLink: party_links.give,
    RevokeLink: party_links.revoke,
    AnswerByLink: answer_by_link,
}
