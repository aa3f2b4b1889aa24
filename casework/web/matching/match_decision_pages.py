"""A match that was not found by a run is decided on: accepted, which opens its case, with what the hard filters say of it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.form_values import build_model, check
from casework.errors import NotAllowed
from casework.json_values import JsonObject
from casework.operations.catalogue import matches
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.views import Match
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.matching import desk
from casework.operations.matching.acceptance import Judged, accept_match, judge_match_pair
from casework.operations.matching.desk import CandidateFacts
from casework.permissions.actors import Actor
from casework.web.matching.acceptance_form import acceptance_form, accepted_of, asking_why, pair_checks
from casework.web.matching.decision_pages import as_a_side_said, refusal_rules
from casework.web.matching.desk_words import Check, Fact, say_facts
from casework.web.shell import layout
from casework.web.shell.layout import clock
from casework.web.shell.redirects import local_path
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.tasks.next_action import say_done

blueprint = Blueprint("match_decisions", __name__)


@dataclass(frozen=True)
class Decided:
    """A match that is decided on, with what its page says of it."""

    match: Match
    pair: Judged
    facts: CandidateFacts | None
    told: Sequence[Fact]
    checks: Sequence[Check]

    @property
    def back(self) -> str:
        """Where it stands: on the desk for whoever comes from there, else its own page."""
        asked = _asked()
        return (
            f"{asked.split('#')[0]}#c-{self.match.technology.id}"
            if asked
            else url_for("matches.show", match=self.match.id)
        )


def _asked() -> str:
    """The place on the desk to which whoever decides goes on: where the next one waits."""
    return local_path(request.args.get("back")) or ""


def read_decided(db: Connection, actor: Actor, match: str) -> Decided:
    """Raises NotFound for whoever does not see it, and NotAllowed for whoever decides on none."""
    one = matches.show_match(db, actor, match)
    layout.use_calendar(calendar_of(db, one.programme))
    if not actor.in_programme(one.programme, EDITORS):
        raise NotAllowed()
    pair = judge_match_pair(db, actor, one)
    facts = desk.facts_of(db, [one.technology.id]).get(one.technology.id)
    told = say_facts(facts, {"wanted": {}, "relaxed": {}}) if facts else []
    return Decided(one, pair, facts, told, pair_checks(pair))


def crumbs_of(one: Decided) -> list[tuple[str, str]]:
    return [
        (gettext("Matches"), url_for("matches.index")),
        (one.match.need.title, url_for("desk.show", need=one.match.need.id)),
    ]


@blueprint.get("/matches/<uuid:match>/open")
def ask_open(match: UUID) -> Response:
    return _ask_open(str(match))


def _ask_open(match: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = read_decided(db, actor, match)
        form = acceptance_form(db, actor, f"match:{match}:accept", one.pair, sent)
    return page_with_form(
        "matching/accept_match.html",
        sent,
        one=one,
        action=request.full_path.rstrip("?"),
        form=form,
        crumbs=crumbs_of(one),
        title=gettext("Accept and open a case"),
    )


@blueprint.post("/matches/<uuid:match>/open")
def open_one(match: UUID) -> BaseResponse:
    """Open the case of a match; pressed twice, it is opened once."""
    id = str(match)
    with page_transaction() as (db, actor):
        failed = read_decided(db, actor, id).pair.unanswered

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        relaxed, follows_from = accepted_of(failed, data)
        return accept_match(db, actor, id, relaxed=relaxed, follows_from=follows_from, request=key)

    return answer(
        f"match:{id}:accept",
        asking_why(failed).rule(),
        do,
        lambda sent: _ask_open(id, sent),
        lambda done: _asked() or url_for("cases.show", number=done.answer["number"]),
        said=lambda done: say_done(
            str(done.answer["number"]), gettext("The case %(number)s is open.", number=done.answer["number"])
        ),
    )


# --- refusing --------------------------------------------------------------------------------------------------------


@blueprint.get("/matches/<uuid:match>/refuse")
def ask_refuse(match: UUID) -> Response:
    return _ask_refuse(str(match))


def _ask_refuse(match: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = read_decided(db, actor, match)
        lists = read_lists(db, one.match.programme)
        rules, texts = refusal_rules(lists)
        said = as_a_side_said(db, actor, one.match.need.id, match, lists)
        form = kept_form(db, actor, f"match:{match}:refuse", rules, texts, sent=sent, values=said)
    return page_with_form(
        "matching/refuse_match.html",
        sent,
        one=one,
        action=request.full_path.rstrip("?"),
        form=form,
        crumbs=crumbs_of(one),
        title=gettext("Refuse this match"),
    )


@blueprint.post("/matches/<uuid:match>/refuse")
def refuse(match: UUID) -> BaseResponse:
    """Refuse a match with a code and a reason, and go on to the next."""
    id = str(match)
    with page_transaction() as (db, actor):
        one = read_decided(db, actor, id)
        rules, _ = refusal_rules(read_lists(db, one.match.programme))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = check(build_model("Refusal", rules), rules, data, clock().office_today)
        return matches.judge_match(db, actor, id, refused=True, code=given["code"], reason=given["reason"], request=key)

    return answer(
        f"match:{id}:refuse",
        rules,
        do,
        lambda sent: _ask_refuse(id, sent),
        lambda done: _asked() or one.back,
        said=lambda done: gettext("The match is refused."),
    )
