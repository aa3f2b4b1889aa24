"""Matches: enter one, list them, and open the case of one; and the projects that were closed before."""

from __future__ import annotations

from casework.api.catalogue import schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.catalogue import match_changes, matches
from casework.operations.catalogue.past_projects import list_past_projects
from casework.operations.catalogue.views import Match, PastProjects
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.matching.acceptance import accept_match


def list_matches(call: Call) -> Page[Match]:
    asked = call.query
    return matches.list_matches(
        call.db,
        call.actor,
        opened=asked.opened,
        refused=asked.refused,
        ended=asked.ended,
        cursor=asked.cursor,
        limit=asked.limit,
    )


def show_match(call: Call) -> Match:
    return matches.show_match(call.db, call.actor, call.path["match"])


def create_match(call: Call) -> Done:
    body = call.body
    return matches.create_match(
        call.db,
        call.actor,
        programme=str(body.programme),
        need=body.need,
        technology=body.technology,
        source=body.source,
        external_id=body.external_id,
        proposed_on=body.proposed_on,
        proposed_by=body.proposed_by,
        score=body.score,
        rationale=body.rationale,
        confirmed=body.confirmed,
        request=call.request,
    )


def open_case(call: Call) -> Done:
    return accept_match(
        call.db,
        call.actor,
        call.path["match"],
        relaxed=call.body.relaxed,
        follows_from=call.body.follows_from,
        request=call.request,
    )


def past_projects(call: Call) -> PastProjects:
    asked = call.query
    return list_past_projects(call.db, call.actor, outcome=asked.outcome, cursor=asked.cursor, limit=asked.limit)


def judge_match(call: Call) -> Done:
    body = call.body
    return matches.judge_match(
        call.db,
        call.actor,
        call.path["match"],
        refused=body.refused,
        code=body.code,
        reason=body.reason,
        request=call.request,
    )


def correct_match(call: Call) -> Done:
    body = call.body
    fields = body.model_dump(mode="json", include=body.model_fields_set - {"reason"})
    return match_changes.correct_match(
        call.db, call.actor, call.path["match"], fields=fields, reason=body.reason, request=call.request
    )


def expire_match(call: Call) -> Done:
    return match_changes.expire_match(
        call.db, call.actor, call.path["match"], reason=call.body.reason, request=call.request
    )


def bring_match_back(call: Call) -> Done:
    return match_changes.bring_match_back(
        call.db, call.actor, call.path["match"], reason=call.body.reason, request=call.request
    )


ROUTES: tuple[Route, ...] = (
    get("/matches", list_matches, "List the matches of your programmes", schemas.MatchPage, query=schemas.MatchQuery),
    get("/matches/{match}", show_match, "Show a match", schemas.MatchShown, noun="match"),
    post("/matches", create_match, "Enter a match of a known need and technology", shared.Made, body=schemas.NewMatch, status=201,
        noun="programme"),
    post("/matches/{match}/judge", judge_match, "Refuse a poor match, or take that back", shared.Made, body=schemas.JudgedMatch,
        noun="match"),
    post("/matches/{match}/correct", correct_match, "Put right what a match says, and stand for it", shared.Made,
        body=schemas.CorrectedMatch, noun="match"),
    post("/matches/{match}/expire", expire_match, "Say that nobody follows a match any more: it becomes no case", shared.Made,
        body=schemas.MatchReason, noun="match"),
    post("/matches/{match}/bring-back", bring_match_back, "Follow an expired match again", shared.Made, body=schemas.MatchReason,
        noun="match"),
    post("/matches/{match}/open", open_case, "Open the case of a match", schemas.Opened, body=schemas.NewCase, status=201, noun="match"),
    get("/past-projects", past_projects, "List the projects that were closed before your programmes kept their cases here",
        schemas.PastProjectPage, query=schemas.PastProjectQuery),
)  # fmt: skip
