"""Several tasks at once: choose what to do, see what would become of each, then do it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from casework.engine.execution.task_lifecycle import OPERATIONS, WAITS_FOR
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.operations.core.perform import home_calendar
from casework.operations.tasks import bulk
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import say, say_faults
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import hold_name

blueprint = Blueprint("bulk", __name__)


@blueprint.get("/tasks/bulk")
def choose() -> str:
    return _page(_chosen(request.args.getlist("task")), {}, None)


@blueprint.post("/tasks/bulk")
def act() -> Response:
    """Try it; or do what was tried, and say what became of each."""
    chosen = _chosen(request.form.getlist("task"))
    answers = {name: request.form.get(name, "").strip() for names in bulk.NEEDS.values() for name in names}
    try:
        with page_transaction() as (db, actor):
            done = bulk.do_to_tasks(
                db,
                actor,
                chosen,
                request.form.get("operation", ""),
                answers,
                request=read_request(),
                dry_run=request.form.get("sure") != "yes",
            )
    except InvalidForm as refusal:
        return make_response(_page(chosen, say_faults(refusal), None), 422)
    return make_response(_page(chosen, {}, done.answer))


def _chosen(given: list[str]) -> list[str]:
    """Ids alone; what else stands there names nothing."""
    ids = []
    for value in given[: bulk.MOST]:
        try:
            ids.append(str(UUID(value)))
        except ValueError:
            continue
    return ids


def _page(chosen: list[str], faults: Mapping[str, str], answer: JsonMapping | None) -> str:
    with page_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        shown = bulk.show_chosen(db, actor, chosen)
    why = {item["task"]: bulk.why_not(item) for item in answer["items"]} if answer else {}
    return render_template(
        "tasks/bulk.html",
        rows=shown.items,
        may={operation: count for operation, count in shown.may.items() if count},
        faults=faults,
        answer=answer,
        why={of: say(refusal) if refusal else "" for of, refusal in why.items()},
        do={need: OPERATIONS[need].do for need in bulk.NEEDS},
        people=sorted(shown.people.items(), key=lambda pair: pair[1]),
        waits=[(code, hold_name(code)) for code in WAITS_FOR],
    )


__all__ = ["blueprint"]
