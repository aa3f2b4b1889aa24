"""Cases: list them, see one, move its tracks, and the actions on the case itself."""

from __future__ import annotations

from collections.abc import Callable

from casework.api.cases import schemas
from casework.api.protocol import case_schemas, link_schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import given, text_of
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.cases import (
    case_actions,
    case_events,
    case_links,
    case_rights,
    contracts,
    corrections,
    handing_over,
    list_queries,
    moves,
    side_tasks,
    transitions,
)
from casework.operations.cases import queries as case_queries
from casework.operations.cases.contracts import ContractSums
from casework.operations.cases.event_views import AnyCaseEvent
from casework.operations.cases.link_views import LinkedCase
from casework.operations.cases.move_views import CaseMoves
from casework.operations.cases.views import CaseOutline, CasePart, ListedCase, WholeCase
from casework.operations.core.access_queries import case_log
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.views import Items
from casework.operations.deadlines import queries as deadline_queries
from casework.operations.deadlines.views import ClockExplained, ClockSummary
from casework.operations.history import past_cases, past_sight
from casework.operations.history.views import PastCase, PastSight
from casework.operations.oversight import prospects
from casework.operations.oversight.views import CaseProspect
from casework.operations.people import offboarding
from casework.operations.tasks import bulk_cases
from casework.records.event_log import now


def list_cases(call: Call) -> Page[ListedCase]:
    filters = given(call.query, "cursor", "limit", "sort")
    return list_queries.list_cases(
        call.db, call.actor, filters=filters, sort=call.query.sort, cursor=call.query.cursor, limit=call.query.limit
    )


def sum_contracts(call: Call) -> ContractSums:
    return contracts.sum_contracts(call.db, call.actor, programme=text_of(call.query.programme))


def show_case(call: Call) -> CaseOutline | CasePart | WholeCase | PastCase:
    if call.query.as_of is not None:
        return past_cases.show_case_then(call.db, call.actor, call.path["number"], call.query.as_of)
    return case_queries.show_case(call.db, call.actor, call.path["number"])


def list_case_events(call: Call) -> Page[AnyCaseEvent]:
    number, until = call.path["number"], None
    if call.query.as_of is not None:
        until = past_cases.find_case_then(call.db, call.actor, number, call.query.as_of).case.seq
    case, _ = case_queries.find_case(call.db, call.actor, number)
    return case_events.list_events(
        call.db, call.actor, case, cursor=call.query.cursor, limit=call.query.limit, until=until
    )


def show_case_prospect(call: Call) -> CaseProspect:
    return prospects.show_case_prospect(call.db, call.actor, call.path["number"])


def list_clocks(call: Call) -> Items[ClockSummary]:
    if call.query.as_of is not None:
        return past_cases.list_clocks_then(call.db, call.actor, call.path["number"], call.query.as_of)
    return deadline_queries.list_clocks(call.db, call.actor, call.path["number"])


def show_sight(call: Call) -> PastSight:
    at = call.query.as_of or now(call.db)
    return past_sight.show_sight_then(call.db, call.actor, call.path["number"], call.path["who"], at)


def show_clock(call: Call) -> ClockExplained:
    return deadline_queries.show_clock(call.db, call.actor, call.path["number"], call.path["clock"])


def fire_case_transition(call: Call) -> Done:
    return transitions.fire_case_transition(
        call.db,
        call.actor,
        call.path["number"],
        call.path["track"],
        transition=call.path["transition"],
        data=call.body.data,
        revision=call.revision,
        request=call.request,
        reason=call.body.reason,
        happened_on=text_of(call.body.happened_on),
    )


def add_case_task(call: Call) -> Done:
    log = case_log(call.db, call.actor, call.path["number"])
    return side_tasks.add_task(
        call.db,
        call.actor,
        log,
        "case",
        call.path["track"],
        task=call.body.task,
        about=call.body.about,
        request=call.request,
        due=text_of(call.body.due),
        person=text_of(call.body.person),
        note=call.body.note,
    )


def hand_over_case(call: Call) -> Done:
    return handing_over.hand_over(
        call.db,
        call.actor,
        call.path["number"],
        owner=str(call.body.owner),
        team=[str(person) for person in call.body.team],
        note=call.body.note,
        revision=call.revision,
        request=call.request,
    )


def show_moves(call: Call) -> CaseMoves:
    return moves.show_moves(call.db, call.actor, call.path["number"], call.query.to)


def propose_move(call: Call) -> Done:
    return moves.propose_move(
        call.db,
        call.actor,
        call.path["number"],
        to=call.body.to,
        reason=call.body.reason,
        revision=call.revision,
        request=call.request,
    )


def decide_move(call: Call) -> Done:
    body = call.body
    return moves.decide_move(
        call.db,
        call.actor,
        call.path["number"],
        asked=body.asked,
        agree=body.agree,
        note=body.note,
        request=call.request,
    )


def list_case_links(call: Call) -> Items[LinkedCase]:
    return case_links.list_case_links(call.db, call.actor, call.path["number"])


def link_cases(call: Call) -> Done:
    return case_links.link_cases(
        call.db,
        call.actor,
        call.path["number"],
        other=call.body.other,
        kind=call.body.kind,
        revision=call.revision,
        request=call.request,
    )


def end_case_link(call: Call) -> Done:
    return case_links.end_case_link(
        call.db,
        call.actor,
        call.path["number"],
        call.path["case_link"],
        reason=call.body.reason,
        revision=call.revision,
        request=call.request,
    )


def _change_rights(call: Call, change: Callable[..., Done]) -> Done:
    return change(
        call.db,
        call.actor,
        call.path["number"],
        rights=[str(right) for right in call.body.rights],
        reason=call.body.reason,
        revision=call.revision,
        request=call.request,
    )


def add_rights(call: Call) -> Done:
    return _change_rights(call, case_rights.add_rights)


def remove_rights(call: Call) -> Done:
    return _change_rights(call, case_rights.remove_rights)


def register_document(call: Call) -> Done:
    return case_actions.register_document(
        call.db,
        call.actor,
        call.path["number"],
        title=call.body.title,
        kind=call.body.kind,
        party=call.body.party,
        own=call.body.own,
        language=call.body.language,
        valid_until=text_of(call.body.valid_until),
        revision=call.revision,
        request=call.request,
    )


def withdraw_consent(call: Call) -> Done:
    return case_actions.withdraw_consent(
        call.db,
        call.actor,
        call.path["number"],
        call.path["consent"],
        reason=call.body.reason,
        revision=call.revision,
        request=call.request,
    )


def declare_interest(call: Call) -> Done:
    return case_actions.declare_interest(
        call.db, call.actor, call.path["number"], nature=call.body.nature, request=call.request
    )


def correct_case_answer(call: Call) -> Done:
    case, _ = case_queries.find_case(call.db, call.actor, call.path["number"])
    seq = call.path["seq"]
    if not (seq.isascii() and seq.isdigit() and len(seq) < 10):
        raise NotFound("answer")
    return corrections.correct_answer(
        call.db,
        call.actor,
        case,
        int(seq),
        data=call.body.data,
        reason=call.body.reason,
        request=call.request,
        seen=call.body.seen,
    )


_CASE, _TRACK = "/cases/{number}", "/cases/{number}/tracks/{track}"


def look_at_case(call: Call) -> JsonObject:
    return case_queries.look_at_case(call.db, call.actor, call.path["number"])


def take_over(call: Call) -> Done:
    body = call.body
    return offboarding.take_over(
        call.db,
        call.actor,
        call.path["number"],
        leaver=str(body.leaver),
        successor=text_of(body.successor),
        note=body.note,
        request=call.request,
    )


def do_to_cases(call: Call) -> Done:
    body = call.body
    return bulk_cases.do_to_cases(
        call.db, call.actor, body.cases, body.action, body.data, request=call.request, dry_run=body.dry_run
    )


ROUTES: tuple[Route, ...] = (
    get("/cases", list_cases, "List the cases that you may see, filtered and sorted", schemas.CasePage, query=schemas.CaseQuery),
    get("/contract-values", sum_contracts, "Sum the contract values of your cases by currency, year and kind", schemas.ContractSums,
        query=schemas.ContractQuery),
    post("/cases/bulk", do_to_cases, "Put several cases on hold, or try it first; each has its own result", schemas.CaseOutcomes,
        body=schemas.ManyCases),
    get(_CASE, show_case, "Show where a case stands and what you may do; or where it stood", case_schemas.CaseShown,
        query=schemas.AsOf),
    get(f"{_CASE}/events", list_case_events, "Read the history of a case", shared.EventPage, query=schemas.EventQuery),
    post(
        f"{_CASE}/events/{{seq}}/correction", correct_case_answer,
        "Put other answers in the place of those of an earlier form; both stand in the history", shared.Corrected,
        body=shared.AnswerCorrection, noun="case or answer",
    ),
    get(f"{_CASE}/prospect", show_case_prospect, "Tell whether somebody may still do the rest of a case", schemas.Prospect),
    get(f"{_CASE}/clocks", list_clocks, "List the clocks of a case that run or stand still", schemas.ClockPage,
        query=schemas.AsOf),
    get(f"{_CASE}/sight/{{who}}", show_sight,
        "Tell what a person, or a provider, could see of a case at an instant; for those who may see it as it was",
        schemas.PastSight, query=schemas.AsOf, noun="case or person", for_some=True),
    get(
        f"{_CASE}/clocks/{{clock}}", show_clock, "Explain the moment of a clock, minute by minute", shared.Clock,
        noun="case or clock",
    ),
    post(
        f"{_TRACK}/transitions/{{transition}}", fire_case_transition, "Fire a transition, or propose or confirm one",
        shared.Fired, body=shared.Firing, if_match="the track", noun="case, track or action",
    ),
    post(
        f"{_TRACK}/tasks", add_case_task, "Add a task that the workflow allows at this step", shared.TasksMade,
        body=shared.NewTask, status=201, noun="case, track or task",
    ),
    post(f"{_CASE}/look", look_at_case, "Say that you have looked at it: its mark is cleared", shared.Made),
    post(
        f"{_CASE}/take-over", take_over, "Hand over what somebody who leaves has of the case; for supervisors",
        schemas.CaseDone, body=schemas.TakeOver,
    ),
    post(
        f"{_CASE}/hand-over", hand_over_case, "Give the case to another officer", schemas.CaseDone, body=schemas.HandingOver,
        if_match="the case",
    ),
    get(
        f"{_CASE}/move", show_moves, "Tell where to two persons may move a case, and what would follow", schemas.CaseMoves,
        query=schemas.MoveQuery,
    ),
    post(
        f"{_CASE}/move", propose_move, "Propose to move a case to a state without the steps that lead there", schemas.MoveDone,
        body=schemas.NewMove, if_match="the main track",
    ),
    post(
        f"{_CASE}/move/decision", decide_move, "Agree to a move that another person proposed, or not; or take the own one back",
        schemas.MoveDone, body=schemas.MoveDecision,
    ),
    get(f"{_CASE}/links", list_case_links, "List the cases to which one is linked, as they stand", link_schemas.CaseLinks),
    post(
        f"{_CASE}/links", link_cases, "Link a case to another one of its programme; both histories tell of it", schemas.CaseDone,
        body=link_schemas.NewCaseLink, if_match="the case",
    ),
    post(
        f"{_CASE}/links/{{case_link}}/end", end_case_link, "End a link of a case to another one", schemas.CaseDone,
        body=shared.Reason, if_match="the case", noun="case or link",
    ),
    post(
        f"{_CASE}/rights/add", add_rights, "Let the case be about more IP rights", schemas.CaseDone, body=schemas.RightsOfCase,
        if_match="the case",
    ),
    post(
        f"{_CASE}/rights/remove", remove_rights, "Take IP rights out of the case", schemas.CaseDone, body=schemas.RightsOfCase,
        if_match="the case",
    ),
    post(
        f"{_CASE}/documents", register_document, "Enter a paper of the case", schemas.DocumentMade, body=schemas.NewDocument,
        status=201, if_match="the case",
    ),
    post(
        f"{_CASE}/consents/{{consent}}/withdraw", withdraw_consent, "Record that a party takes its consent back",
        schemas.CaseDone, body=shared.Reason, if_match="the case", noun="case or consent",
    ),
    post(
        f"{_CASE}/interests", declare_interest, "Declare an interest; from then on you do nothing in the case",
        schemas.CaseDone, body=schemas.Interest,
    ),
)  # fmt: skip
