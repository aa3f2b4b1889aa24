"""Several tasks at once: choose what to do, see what would become of each, then do it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.execution.task_lifecycle import ASSIGN, CLAIM, MODIFY, OPERATIONS, RELEASE, SUSPEND, WAITS_FOR
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.operations.core.perform import home_calendar
from casework.operations.tasks import bulk
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.redirects import local_path
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import hold_name
from casework.web.tasks.list_views import Group, Result
from casework.web.tasks.operation_pages import RANKS

blueprint = Blueprint("bulk", __name__)

#: What stands in the bar below a list, in its order; what asks for more ends in dots.
ACTIONS = {
    SUSPEND: N_("Snooze …"), ASSIGN: N_("Hand over …"), CLAIM: N_("Take"), RELEASE: N_("Return to the queue"),
    MODIFY: N_("Set priority …"),
}  # fmt: skip


#: What the page is called that does it to several.
_TITLES = {
    SUSPEND: N_("Snooze these tasks"), ASSIGN: N_("Hand over these tasks"), CLAIM: N_("Take these tasks"),
    RELEASE: N_("Return these tasks to the queue"), MODIFY: N_("Set the priority of these tasks"),
}  # fmt: skip


@blueprint.app_template_global()
def bulk_actions() -> list[tuple[str, str]]:
    return [(code, gettext(words)) for code, words in ACTIONS.items()]


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
            if not done.answer["dry_run"]:
                drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_page(chosen, say_faults(refusal), None), 422)
    return make_response(_page(chosen, {}, done.answer))


def _draft(chosen: list[str]) -> str:
    """What was typed belongs to what is done, and to these very tasks."""
    digest = hashlib.sha256(" ".join(sorted(chosen)).encode()).hexdigest()
    operation = request.values.get("operation", "")
    return f"bulk:{operation if operation in bulk.NEEDS else ''}:{digest[:32]}"


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
        draft = kept_form(db, actor, _draft(chosen))
    why = {item["task"]: bulk.why_not(item) for item in answer["items"]} if answer else {}
    may = {operation: count for operation, count in shown.may.items() if count}
    wanted = request.values.get("operation", "")
    return render_template(
        "tasks/bulk.html",
        group=Group(
            id="",
            title="",
            rows=shown.items,
            results={
                id: Result(refusal is None, say(refusal) if refusal else _happened(answer))
                for id, refusal in why.items()
            },
        ),
        possible=[id for id, refusal in why.items() if refusal is None],
        may=may,
        wanted=wanted if wanted in may else "",
        missed=wanted if wanted in bulk.NEEDS and wanted not in may else "",
        faults=faults,
        answer=answer,
        titles={code: gettext(words) for code, words in _TITLES.items()},
        do={need: say(OPERATIONS[need].do) for need in bulk.NEEDS},
        people=sorted(shown.people.items(), key=lambda pair: pair[1]),
        waits=[(code, hold_name(code)) for code in WAITS_FOR],
        ranks=[(code, gettext(words)) for code, words in RANKS.items()],
        said=_said(request.values, shown.people),
        draft=draft,
        back=local_path(request.values.get("page")) or url_for("home.show"),
    )


#: What each operation asks for, as a page says it back before it is done.
_LABELS = {
    "person": N_("Person"), "note": N_("What the next one must know"), "until": N_("Until"), "waits_for": N_("Waits for"),
    "priority": N_("Priority"), "reason": N_("Why"),
}  # fmt: skip


def _say_until(day: str) -> str:
    try:
        return layout.day_element(date.fromisoformat(day))
    except ValueError:
        return day


def _said(given: Mapping[str, str], people: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was chosen for the operation, in words."""
    say_as: Mapping[str, Callable[[str], str]] = {
        "person": lambda id: people.get(id, ""),
        "until": _say_until,
        "waits_for": lambda code: hold_name(code) if code in WAITS_FOR else "",
        "priority": lambda code: gettext(RANKS[code]) if code in RANKS else "",
    }
    asked = bulk.NEEDS.get(given.get("operation", ""), ())
    told = [(name, given.get(name, "").strip()) for name in asked]
    return [(gettext(_LABELS[name]), say_as.get(name, str)(value)) for name, value in told if value]


def _happened(answer: JsonMapping | None) -> str:
    return gettext("possible") if answer and answer["dry_run"] else gettext("done")


__all__ = ["blueprint"]
