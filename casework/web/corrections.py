"""Correct what was mistyped in an earlier form: the form again as it stands, and why it is corrected."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.corrections import REASON, Answer
from casework.errors import NotFound
from casework.operations import corrections
from casework.operations.choices import choices_of
from casework.operations.deeds import calendar_of
from casework.operations.drafts import find_draft
from casework.operations.overview import find_case
from casework.operations.requests import Done, Request
from casework.permissions import Actor
from casework.web import frame
from casework.web.actor import page_transaction
from casework.web.case_page import say_done
from casework.web.deeds import Sent, answer, say_choices
from casework.web.forms import Texts, build_form, texts_of
from casework.web.texts import N_

Json = Any
blueprint = Blueprint("corrections", __name__)

_WHY: dict[str, Json] = {"name": REASON, "type": "note", "required": True, "fact": False, "max": 10_000}
_LABEL = N_("Why it is corrected, for everybody who reads the history")


@blueprint.get("/cases/<number>/history/<int:seq>/correct")
def show(number: str, seq: int) -> Response:
    return _show(number, seq, None)


def _show(number: str, seq: int, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        case, _ = find_case(db, actor, number)
        frame.use_calendar(calendar_of(db, case.programme))
        found, values = corrections.find_answer(db, actor, case, load_library().editions, _seq(seq))
        if sent is None:
            corrections.insist_may_correct(actor, case, found)
        rules = _rules(found)
        texts = texts_of(found.edition, str(found.rule.form))
        form = build_form(
            _draft(number, seq), rules, Texts(
                lambda key: gettext(_LABEL) if key == f"{REASON}.label" else texts.get(key), lambda key: key == f"{REASON}.label" or texts.has(key)
            ),
            choices=say_choices(choices_of(db, actor, case, found.track, rules)), values=values, submitted=sent.data if sent else None,
            faults=sent.faults if sent else None, draft=None if sent else find_draft(db, actor.person, _draft(number, seq)),
        )  # fmt: skip
    page = render_template("history/correct.html", number=number, seq=seq, form=form, sent=sent)
    return make_response(page, sent.status if sent else 200)


def _seq(seq: int) -> int:
    if seq > 2**53:
        raise NotFound("answer")
    return seq


def _rules(found: Answer) -> list[dict[str, Json]]:
    return [*found.edition.form(str(found.rule.form)), _WHY]


def _draft(number: str, seq: int) -> str:
    return f"correct:{number}:{seq}"


@blueprint.post("/cases/<number>/history/<int:seq>/correct")
def correct(number: str, seq: int) -> Response:
    """Put what was typed in the place of what stands."""
    with page_transaction() as (db, actor):
        case, _ = find_case(db, actor, number)
        found, _ = corrections.find_answer(db, actor, case, load_library().editions, _seq(seq))
        rules = _rules(found)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: dict[str, Json]) -> Done:
        case, _ = find_case(db, actor, number)
        given = {name: value for name, value in data.items() if name != REASON}
        return corrections.correct_answer(db, actor, case, seq, data=given, reason=str(data.get(REASON) or ""), request=key)

    return answer(
        _draft(number, seq), rules, do, lambda sent: _show(number, seq, sent),
        lambda done: url_for("history.entry", number=number, seq=done.answer["seq"]),
        lambda done: say_done(number, gettext("The answer is corrected. Both versions stand in the history.")),
    )  # fmt: skip


__all__ = ["blueprint"]
