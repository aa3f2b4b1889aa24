"""A programme's routing table: its rows, the form of one, a table from a file, a trial on past tasks, and the word of a second person."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects.letterheads import READERS
from casework.engine.case_objects.programme_lists import offered
from casework.engine.decision_tables.dmn import from_dmn, to_dmn
from casework.engine.decision_tables.tables import Table, TableFault, from_json
from casework.engine.definition.form_values import build_model, check
from casework.engine.setting_proposals import DECIDERS
from casework.engine.tasks.allocation import IN_PROGRAMMES
from casework.engine.tasks.routing import TASK_KINDS
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.programme_lists import read_lists
from casework.operations.people import letterheads, programme_routing
from casework.operations.people.programme_retention import kinds_offered
from casework.operations.people.routing_trial import try_routing
from casework.operations.people.routing_views import ProgrammeRouting, TriedTask
from casework.permissions.actors import Actor
from casework.web.people.routing_forms import FileForm, RowFields
from casework.web.people.routing_words import POLICIES, Words, goes_to, named_or_anybody
from casework.web.people.second_words import take_word
from casework.web.shell.downloads import as_file
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import listed, role_name
from casework.web.shell.kept_forms import kept_form
from casework.web.shell.layout import clock
from casework.web.shell.second_person import who_decides
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.sent_forms import kept_form as kept_fields
from casework.web.shell.session import only, page_transaction
from casework.web.shell.task_links import queue_name, task_words
from casework.web.shell.technology_field_words import NAMES

blueprint = Blueprint("routing", __name__, url_prefix="/programmes/<uuid:programme>/settings/routing")


@blueprint.get("")
@only(*READERS)
def show(programme: UUID) -> str:
    return _shown(str(programme), {})


def _shown(programme: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        shown = programme_routing.show_routing(db, actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        draft = kept_form(db, actor, f"routing-word:{programme}")
        words = Words.of(db, programme)
    proposed = shown.proposed
    return render_template(
        "people/routing.html",
        one=one,
        shown=shown,
        faults=faults,
        rows=[(row, words.row(row), goes_to(row)) for row in shown.shown.rows],
        counts=gettext(POLICIES[shown.shown.hit_policy]),
        proposed_counts=gettext(POLICIES[proposed.shown.hit_policy]) if proposed is not None else "",
        otherwise=named_or_anybody(shown.shown.otherwise),
        by_hand=listed(queue_name(queue) for queue in shown.by_hand),
        versions=[(each, words.changes(each.changes)) for each in shown.versions],
        changes=words.changes(proposed.changes) if proposed is not None else [],
        draft=draft,
        barred=who_decides(map(role_name, DECIDERS), asked=proposed is not None and proposed.own),
    )


@blueprint.post("")
@only(*READERS)
def decide(programme: UUID) -> BaseResponse:
    """Agree to what is proposed, or do not."""
    id = str(programme)
    return take_word(
        id,
        programme_routing.decide_routing,
        again=lambda faults: _shown(id, faults),
        then=url_for("routing.show", programme=id),
        agreed=gettext("You agreed: tasks that are given from now on go by this table."),
        refused=gettext("You did not agree: the table stays as it was."),
    )


# --- one row ---------------------------------------------------------------------------------------------------------


def _table(shown: ProgrammeRouting) -> Table:
    """The table that a change goes on from: what waits, or what is in force."""
    return from_json((shown.proposed.shown if shown.proposed is not None else shown.shown).table)


def _fields(db: Connection, shown: ProgrammeRouting, number: int | None) -> RowFields:
    """The form of a row; of a new one without a number. Raises NotFound."""
    table = _table(shown)
    if number is not None and not 1 <= number <= len(table.rules):
        raise NotFound("item")
    lists = read_lists(db, shown.id)
    choices = {
        "queue": [str(queue) for queue in IN_PROGRAMMES],
        "kind": TASK_KINDS,
        "service": ["case", *kinds_offered()],
        "technology_field": list(NAMES),
        "sector": [entry.key for entry in offered(lists["sectors"])],
        "district": [entry.key for entry in offered(lists["districts"])],
    }
    row = table.rules[number - 1] if number is not None else None
    return RowFields(table, row, choices, shown.people, Words.of(db, shown.id))


def _number() -> int | None:
    """The number of the row that is changed; None for a new one. Raises NotFound."""
    said = request.args.get("row", "")
    if said and not (said.isascii() and said.isdigit() and len(said) < 5):
        raise NotFound("item")
    return int(said) if said else None


@blueprint.get("/row")
@only(*READERS)
def ask_row(programme: UUID) -> Response:
    return _row_form(str(programme), _number(), None)


def _row_form(programme: str, number: int | None, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        shown = programme_routing.show_routing(db, actor, programme)
        fields = _fields(db, shown, number)
        form = kept_fields(
            db,
            actor,
            _draft(programme, number),
            fields.form().rule(),
            fields.texts(),
            sent=sent,
            values=fields.known(),
            revision=shown.version,
        )
    return page_with_form("people/routing_row.html", sent, one=one, form=form, number=number, shown=shown)


def _draft(programme: str, number: int | None) -> str:
    return f"routing:{programme}:{number or ''}"


@blueprint.post("/row")
@only(*READERS)
def propose_row(programme: UUID) -> BaseResponse:
    id, number = str(programme), _number()
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, id)
        fields = _fields(db, programme_routing.show_routing(db, actor, id), number)
    form = fields.form()
    rules = form.rule()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = check(build_model(form.__name__, rules), rules, data, clock().office_today)
        reason = given.pop("reason")
        return _propose(db, actor, id, lambda: fields.table_with(given), reason=str(reason), seen=revision, key=key)

    return answer(
        _draft(id, number),
        rules,
        do,
        lambda sent: _row_form(id, number, sent),
        lambda done: url_for("routing.show", programme=id),
        said=lambda done: gettext("It is proposed. Nothing changes before a second person agrees."),
    )


def _propose(
    db: Connection, actor: Actor, programme: str, read: Callable[[], Table], *, reason: str, seen: int, key: Request
) -> Done:
    """Propose a table that is read from what was sent. Raises InvalidForm with what of it cannot be read."""
    try:
        table = read()
    except TableFault as fault:
        raise InvalidForm(fields=fault.faults) from fault
    return programme_routing.propose_routing(db, actor, programme, table=table, reason=reason, seen=seen, request=key)


# --- files and the trial ---------------------------------------------------------------------------------------------


@blueprint.get("/table.dmn")
@only(*READERS)
def take_table(programme: UUID) -> Response:
    """The table that is in force, or the one that waits, as a modeller reads it."""
    with page_transaction() as (db, actor):
        shown = programme_routing.show_routing(db, actor, str(programme))
    return as_file("routing.dmn", to_dmn(_table(shown)).encode(), "application/xml; charset=utf-8")


@blueprint.get("/file")
@only(*READERS)
def ask_file(programme: UUID) -> Response:
    return _file_form(str(programme), None)


def _file_form(programme: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        shown = programme_routing.show_routing(db, actor, programme)
        form = kept_fields(
            db,
            actor,
            f"routing-file:{programme}",
            FileForm.rule(),
            own_texts(FileForm),
            sent=sent,
            revision=shown.version,
        )
    return page_with_form("people/routing_file.html", sent, one=one, form=form, people=shown.people)


@blueprint.post("/file")
@only(*READERS)
def propose_file(programme: UUID) -> BaseResponse:
    id, rules = str(programme), FileForm.rule()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        letterheads.insist_sets(actor, id)
        given = check(build_model(FileForm.__name__, rules), rules, data, clock().office_today)
        said, reason = str(given["table"]), str(given["reason"])
        return _propose(db, actor, id, lambda: _read(said), reason=reason, seen=revision, key=key)

    return answer(
        f"routing-file:{id}",
        rules,
        do,
        lambda sent: _file_form(id, sent),
        lambda done: url_for("routing.show", programme=id),
        said=lambda done: gettext("It is proposed. Nothing changes before a second person agrees."),
    )


def _read(said: str) -> Table:
    """The table of a file in either form; XML begins with its mark. Raises TableFault."""
    if said.lstrip("\ufeff \t\r\n").startswith("<"):
        return from_dmn(said.strip("\ufeff \t\r\n").encode())
    try:
        return from_json(json.loads(said))
    except (ValueError, RecursionError) as fault:
        if isinstance(fault, TableFault):
            raise
        raise TableFault({"table": reasons.routing.NO_FILE}) from fault


@blueprint.get("/trial")
@only(*READERS)
def show_trial(programme: UUID) -> str:
    """Which of the last tasks would have come to somebody else."""
    with page_transaction() as (db, actor):
        trial = try_routing(db, actor, str(programme))
        one = letterheads.show_settings(db, actor, str(programme))
    return render_template(
        "people/routing_trial.html", one=one, trial=trial, items=[(item, _task(item)) for item in trial.items]
    )


def _task(item: TriedTask) -> str:
    """What was to be done; of a task of an edition that is gone, which queue it was in."""
    known = item.task.edition in load_library().editions
    return task_words(item.task) if known else queue_name(item.queue)


__all__ = ["blueprint"]
