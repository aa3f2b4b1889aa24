"""What people decide on the match desk: shortlist a candidate or take it off, refuse it with a reason, accept it, which opens its case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.programme_lists import Lists, offered
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Note, Text
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue import matches
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.matching import desk, interest, runs
from casework.operations.matching.acceptance import judge_pair
from casework.operations.matching.decisions import decide
from casework.operations.matching.desk import CandidateFacts
from casework.operations.matching.interest_answers import answers_by_match
from casework.operations.matching.runs import Kept
from casework.operations.matching.shortlist import set_shortlisted
from casework.permissions.actors import Actor
from casework.web.matching.acceptance_form import acceptance_form, accepted_of, asking_why, pair_checks
from casework.web.matching.desk_filters import checks_of
from casework.web.matching.desk_words import Check, Fact, Why, say_facts, say_why
from casework.web.matching.interest_words import lines_of, refused_by
from casework.web.shell import layout
from casework.web.shell.forms import Texts, own_texts, read_request
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.layout import clock
from casework.web.shell.redirects import local_path
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.tasks.next_action import say_done

blueprint = Blueprint("desk_decisions", __name__)


class Refusal(Form):
    code = Text(label=N_("Reason"))
    reason = Note(label=N_("In words"), help=N_("What shows it. The owner of the technology may ask for it."))


@dataclass(frozen=True)
class Candidate:
    """A candidate of a run, with what its page says of it."""

    run: Kept
    need: str
    technology: str
    facts: CandidateFacts
    rank: int
    score: str
    why: Why
    told: list[Fact]
    checks: list[Check]
    decided: JsonMapping

    @property
    def back(self) -> str:
        """Where it stands on the desk."""
        start = (self.rank - 1) // 10 * 10
        return url_for("desk.show", need=self.run.need, run=self.run.id, start=start or None) + f"#c-{self.technology}"


def _candidate(db: Connection, actor: Actor, run: UUID, technology: UUID) -> Candidate:
    """Raises NotFound for what is not on the list of the run."""
    kept, id = runs.read_run(db, actor, str(run)), str(technology)
    one = runs.find_listed(kept, id)
    facts = desk.facts_of(db, [id]).get(id) if one is not None else None
    if one is None or facts is None:
        raise NotFound("technology")
    layout.use_calendar(calendar_of(db, kept.programme))
    if not actor.in_programme(kept.programme, EDITORS):
        raise NotAllowed()
    decided = {one["technology"]: one for one in runs.read_decisions(db, kept)}
    return Candidate(
        kept,
        catalogue.titles_of(db, actor, "need", {kept.need})[kept.need],
        id,
        facts,
        one["rank"],
        format(one["score"], ".1f"),
        say_why(one["explanation"]["parts"]),
        say_facts(facts, kept.evidence, one),
        checks_of(kept, one),
        decided.get(id, {}),
    )


def _crumbs(one: Candidate) -> list[tuple[str, str]]:
    return [(gettext("Matches"), url_for("matches.index")), (one.need, one.back)]


@blueprint.post("/match-runs/<uuid:run>/<uuid:technology>/shortlist")
def shortlist(run: UUID, technology: UUID) -> BaseResponse:
    """Put a candidate on the shortlist of its need, or take it off."""
    on = request.form.get("on") == "yes"
    with page_transaction() as (db, actor):
        done = decide(
            db,
            actor,
            str(run),
            technology=str(technology),
            decision="shortlist" if on else "take_off",
            request=read_request(),
        )
        need = matches.show_match(db, actor, done.answer["match"]).need.id
    return _listed(need, str(technology), on=on)


@blueprint.post("/matches/<uuid:match>/shortlist")
def shortlist_match(match: UUID) -> BaseResponse:
    """The same with a match that was proposed otherwise."""
    on = request.form.get("on") == "yes"
    with page_transaction() as (db, actor):
        one = matches.show_match(db, actor, str(match))
        set_shortlisted(db, actor, one.id, on=on, request=read_request())
    return _listed(one.need.id, one.technology.id, on=on)


def _listed(need: str, technology: str, *, on: bool) -> BaseResponse:
    """Says so, and goes back to where the person was on the desk."""
    flash(gettext("It is on the shortlist.") if on else gettext("It is taken off the shortlist."))
    back = local_path(request.form.get("back")) or url_for("desk.show", need=need)
    # Where it leaves the list that the person looks at, the page says which comes next.
    return redirect(back if "#" in back else f"{back}#c-{technology}", 303)


# --- refusing --------------------------------------------------------------------------------------------------------


def refusal_rules(lists: Lists) -> tuple[list[Any], Texts]:
    """The rules and words of the form, with the reasons that the programme offers."""
    entries = offered(lists[matches.REFUSALS])
    words = {f"code.choices.{one.key}": name_of({"name": one.label, "name_zh": one.label_zh}) for one in entries}
    rules: list[JsonObject] = []
    for written in Refusal.rule():
        rule: JsonObject = dict(written)
        if rule["name"] == "code":
            rule = {name: value for name, value in rule.items() if name != "max"} | {
                "type": "choice",
                "choices": [one.key for one in entries],
            }
        rules.append(rule)
    own = own_texts(Refusal)
    return rules, Texts(
        lambda key: words[key] if key in words else own.get(key), lambda key: key in words or own.has(key)
    )


@blueprint.get("/match-runs/<uuid:run>/<uuid:technology>/refuse")
def ask_refuse(run: UUID, technology: UUID) -> Response:
    return _ask_refuse(run, technology)


def _ask_refuse(run: UUID, technology: UUID, sent: Sent | None = None) -> Response:
    name = _draft(run, technology)
    with page_transaction() as (db, actor):
        one = _candidate(db, actor, run, technology)
        lists = read_lists(db, one.run.programme)
        rules, texts = refusal_rules(lists)
        form = kept_form(
            db,
            actor,
            name,
            rules,
            texts,
            sent=sent,
            values=as_a_side_said(db, actor, one.run.need, one.decided.get("match"), lists),
        )
    return page_with_form(
        "matching/refuse.html", sent, one=one, form=form, crumbs=_crumbs(one), title=gettext("Refuse this candidate")
    )


def as_a_side_said(db: Connection, actor: Actor, need: str, match: str | None, lists: Lists) -> JsonObject:
    """What stands in the form of a match that a side wants not: what it said."""
    if not match:
        return {}
    asked = answers_by_match(interest.list_interest(db, actor, need))
    code, reason = refused_by(lines_of(asked, match, lists), asked, match) or ("", "")
    return {"code": code, "reason": reason} if reason else {}


def _draft(run: UUID, technology: UUID) -> str:
    return f"desk:{run}:{technology}:refuse"


@blueprint.post("/match-runs/<uuid:run>/<uuid:technology>/refuse")
def refuse(run: UUID, technology: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        one = _candidate(db, actor, run, technology)
        rules, _ = refusal_rules(read_lists(db, one.run.programme))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = check(build_model("Refusal", rules), rules, data, clock().office_today)
        return decide(
            db,
            actor,
            str(run),
            technology=str(technology),
            decision="refuse",
            code=given["code"],
            reason=given["reason"],
            request=key,
        )

    return answer(
        _draft(run, technology),
        rules,
        do,
        lambda sent: _ask_refuse(run, technology, sent),
        lambda done: one.back,
        said=lambda done: gettext("The candidate is refused."),
    )


# --- accepting -------------------------------------------------------------------------------------------------------


@blueprint.get("/match-runs/<uuid:run>/<uuid:technology>/accept")
def ask_accept(run: UUID, technology: UUID) -> Response:
    return _ask_accept(run, technology)


def _ask_accept(run: UUID, technology: UUID, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = _candidate(db, actor, run, technology)
        pair = judge_pair(db, actor, one.run.need, one.technology, one.run)
        form = acceptance_form(db, actor, _accept_draft(run, technology), pair, sent)
    return page_with_form(
        "matching/accept.html",
        sent,
        one=one,
        form=form,
        checks_now=pair_checks(pair) if pair.unanswered else [],
        crumbs=_crumbs(one),
        title=gettext("Accept and open a case"),
    )


def _accept_draft(run: UUID, technology: UUID) -> str:
    return f"desk:{run}:{technology}:accept"


@blueprint.post("/match-runs/<uuid:run>/<uuid:technology>/accept")
def accept(run: UUID, technology: UUID) -> BaseResponse:
    """Open the case of a candidate; whoever presses a second time is shown the case that is open."""
    with page_transaction() as (db, actor):
        one = _candidate(db, actor, run, technology)
        failed = judge_pair(db, actor, one.run.need, one.technology, one.run).unanswered
    if one.decided.get("case"):
        flash(gettext("The case is already open."))
        return redirect(url_for("cases.show", number=one.decided["case"]), 303)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        relaxed, follows_from = accepted_of(failed, data)
        return decide(
            db,
            actor,
            str(run),
            technology=str(technology),
            decision="accept",
            relaxed=relaxed,
            follows_from=follows_from,
            request=key,
        )

    return answer(
        _accept_draft(run, technology),
        asking_why(failed).rule(),
        do,
        lambda sent: _ask_accept(run, technology, sent),
        lambda done: url_for("cases.show", number=done.answer["case"]),
        said=lambda done: say_done(
            str(done.answer["case"]), gettext("The case %(number)s is open.", number=done.answer["case"])
        ),
    )
