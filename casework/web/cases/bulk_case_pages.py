"""Several cases at once: say what is asked, see what would become of each, then do it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.parts import MAIN
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.operations.tasks import bulk_cases
from casework.operations.tasks.bulk import why_not
from casework.web.shell.forms import PREFIX, build_form, parse_form, read_request, texts_of
from casework.web.shell.i18n import edition_text, listed, say, say_faults
from casework.web.shell.redirects import local_path
from casework.web.shell.session import page_transaction

blueprint = Blueprint("bulk_cases", __name__)

HOLD = "hold"


@blueprint.get("/cases/bulk")
def choose() -> str:
    return _page(request.args.getlist("case"), None, {}, None)


@blueprint.post("/cases/bulk")
def act() -> Response:
    """Try it; or do what was tried, and say what became of each."""
    chosen = request.form.getlist("case")
    try:
        with page_transaction() as (db, actor):
            done = bulk_cases.do_to_cases(
                db,
                actor,
                chosen,
                HOLD,
                parse_form(_rules(), request.form),
                request=read_request(),
                dry_run=request.form.get("sure") != "yes",
            )
    except InvalidForm as refusal:
        return make_response(_page(chosen, request.form, say_faults(refusal), None), 422)
    return make_response(_page(chosen, request.form, {}, done.answer))


def bulk_actions() -> list[tuple[str, str]]:
    """What can be done with several, each with its words; it asks for more."""
    return [(HOLD, gettext("Put on hold …"))]


def _edition() -> Edition:
    edition = load_library().playing(MAIN)
    assert edition is not None
    return edition


def _form_name() -> str:
    return next(rule.form for rule in _edition().transitions if rule.name == HOLD) or ""


def _rules() -> list[JsonMapping]:
    """What is asked once for all of them: the tasks of one case cannot be."""
    return [rule for rule in _edition().form(_form_name()) if rule["type"] != "tasks"]


def _page(
    chosen: list[str], typed: MultiDict[str, str] | None, faults: Mapping[str, str], answer: JsonMapping | None
) -> str:
    with page_transaction() as (db, actor):
        shown = bulk_cases.show_chosen_cases(db, actor, chosen)
    edition, form = _edition(), _form_name()
    why = {item["case"]: why_not(item) for item in answer["items"]} if answer else {}
    return render_template(
        "cases/bulk.html",
        rows=shown.items,
        may=shown.may[HOLD],
        answer=answer,
        why={of: say(refusal) if refusal else "" for of, refusal in why.items()},
        do=gettext("Put these cases on hold"),
        back=local_path(request.form.get("back") or request.args.get("page")) or url_for("cases.index"),
        state=lambda row: _state_words(row.edition, row.states),
        form=build_form(f"bulk:{HOLD}", _rules(), texts_of(edition, form), submitted=typed, faults=faults),
        typed=[(name, value) for name, value in typed.items(multi=True) if name.startswith(PREFIX)] if typed else [],
    )


def _state_words(fingerprint: str, states: list[str]) -> str:
    edition = load_library()[fingerprint]
    return listed(edition_text(edition, f"states.{state}") for state in states)


__all__ = ["blueprint"]
