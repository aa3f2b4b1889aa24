"""The pages of moves to another edition: the plan with what becomes of each case, the second person's word, and how far the worker is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.definitions import load_library
from casework.engine.batches import (
    BATCH_CANCELLED,
    BATCH_RESUMED,
    BATCH_SUSPENDED,
    CANCELLED,
    ENDED,
    FAILED,
    MOST,
    MOVED,
    RUNNING,
    STAYED,
    SUSPENDED,
)
from casework.engine.case_objects.letterheads import READERS
from casework.engine.definition.editions import Edition
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Note
from casework.engine.definition.migration_plans import STATES, TASKS, MigrationPlan
from casework.engine.execution.migrations import MAPPED, MOVES, STAYS
from casework.engine.setting_proposals import DECIDERS, REPLACED
from casework.engine.two_person import ASKED, REFUSED
from casework.errors import InvalidForm, NotFound, Refused
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.paging import PAGE, from_cursor, page
from casework.operations.people import case_batches, case_migrations, letterheads
from casework.operations.people.case_migration_views import BatchRow, CaseVerdict, ShownBatch
from casework.permissions.actors import Actor
from casework.web.people.migration_words import say_name, say_reasons
from casework.web.people.programme_settings_pages import edition_title
from casework.web.people.second_words import take_word
from casework.web.shell.forms import own_texts, read_request
from casework.web.shell.i18n import N_, edition_text, role_name, say, say_faults, sentences
from casework.web.shell.kept_forms import kept_form
from casework.web.shell.layout import clock
from casework.web.shell.second_person import who_decides
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.sent_forms import kept_form as kept_fields
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("batches", __name__, url_prefix="/programmes/<uuid:programme>/settings/batches")

#: How a batch stands.
STATE_WORDS = {
    ASKED: N_("waits for a second person"), REFUSED: N_("not agreed to"), REPLACED: N_("replaced by a later one"),
    RUNNING: N_("under way"), SUSPENDED: N_("stopped for now"), CANCELLED: N_("ended early"), ENDED: N_("done"),
}  # fmt: skip
#: How it stands with one of its cases; of one that takes back another.
OF_CASE = {
    "listed": N_("would be tried"), "waits": N_("waits for the worker"), MOVED: N_("moved"), STAYED: N_("stayed"),
    FAILED: N_("could not be tried"),
}  # fmt: skip
#: What would become of a case.
VERDICTS = {MOVES: N_("moves"), MAPPED: N_("moves, by other names"), STAYS: N_("stays by its edition")}
#: What somebody did with one on its way.
STEPS = {
    BATCH_SUSPENDED: N_("%(who)s stopped it for now"), BATCH_RESUMED: N_("%(who)s let it go on"),
    BATCH_CANCELLED: N_("%(who)s ended it"),
}  # fmt: skip
_STEERED = {
    "suspend": (BATCH_SUSPENDED, N_("It is stopped. The case that the worker was at has come to its end.")),
    "resume": (BATCH_RESUMED, N_("It goes on.")),
    "cancel": (BATCH_CANCELLED, N_("It is ended. What has moved stays moved, and may be taken back.")),
}
#: Of workflows that run in sealed logs nobody plans a move.
_SEALED = frozenset({"mediation"})


class _Why(Form):
    reason = Note(label=N_("Why"))


# --- the list --------------------------------------------------------------------------------------------------------


@blueprint.get("")
@only(*READERS)
def index(programme: UUID) -> str:
    id, cursor = str(programme), request.args.get("cursor")
    with page_transaction() as (db, actor):
        head = case_batches.read_head(db, actor, id)
        listed = case_batches.list_batches(db, actor, id, cursor=cursor)
    return render_template(
        "people/batches.html",
        head=head,
        rows=listed.items,
        titles={one.workflow: edition_title(one.workflow) for one in listed.items},
        states=STATE_WORDS,
        next_url=url_for("batches.index", programme=id, cursor=listed.next) if listed.next else "",
        first_url=url_for("batches.index", programme=id) if cursor else "",
    )


# --- the plan --------------------------------------------------------------------------------------------------------


def _offered() -> list[tuple[str, str, list[tuple[int, str]]]]:
    """The workflows of which there are several editions: name, what it is called, and these with their words, the newest first."""
    numbers: dict[str, set[int]] = {}
    for one in load_library().editions.values():
        numbers.setdefault(one.workflow, set()).add(one.number)
    return [
        (
            name,
            edition_title(name),
            [(number, gettext("edition %(number)s", number=number)) for number in sorted(some, reverse=True)],
        )
        for name, some in sorted(numbers.items())
        if len(some) > 1 and name not in _SEALED
    ]


def _asked() -> tuple[tuple[str, int, int] | None, dict[str, dict[str, str]]]:
    """Which move the address asks for, and what was chosen by hand; None where nothing was chosen yet."""
    mapping: dict[str, dict[str, str]] = {STATES: {}, TASKS: {}}
    for name, value in request.args.items():
        group, _, key = name.partition(".")
        if group in mapping and key and value:
            mapping[group][key] = value
    workflow = request.args.get("workflow", "")
    if not workflow:
        return None, mapping
    earlier, later = request.args.get("earlier", 0, type=int), request.args.get("later", 0, type=int)
    return (workflow, earlier, later), mapping


def _address(programme: str, move: tuple[str, int, int], mapping: Mapping[str, Mapping[str, str]], **more: Any) -> str:
    said: dict[str, Any] = {f"{group}.{name}": value for group, some in mapping.items() for name, value in some.items()}
    workflow, earlier, later = move
    return url_for("batches.plan", programme=programme, workflow=workflow, earlier=earlier, later=later, **said, **more)


@blueprint.get("/plan")
@only(*READERS)
def plan(programme: UUID) -> Response:
    return _plan(str(programme), None)


def _plan(programme: str, sent: Sent | None) -> Response:
    move, mapping = _asked()
    keys = from_cursor(request.args.get("cursor"), 1)
    made, more, count, faults = None, None, 0, dict[str, str]()
    verdicts: Sequence[CaseVerdict] = ()
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        head = case_batches.read_head(db, actor, programme)
        try:
            made = case_migrations.make_plan(*move, mapping) if move else None
        except InvalidForm as refusal:
            faults = say_faults(refusal)
        if made is not None:
            found = case_migrations.judge_cases(
                db, actor, programme, made, after=str(keys[0]) if keys else "", most=PAGE + 1
            )
            verdicts, more = page(found, PAGE, lambda one: (one.number,))
            count = len(case_migrations.list_on(db, actor, programme, made.old.fingerprint))
        form = kept_fields(
            db, actor, f"batch:{programme}", _Why.rule(), own_texts(_Why), sent=sent, revision=head.version
        )
    return page_with_form(
        "people/batch_plan.html",
        sent,
        head=head,
        offered=_offered(),
        move=move,
        made=made,
        title=edition_title(move[0]) if move else "",
        faults=faults,
        by_hand=_by_hand(made, mapping) if made is not None else [],
        named=_named_alike(made) if made is not None else 0,
        rows=[(one, say_reasons(one.why, [made.old, made.new] if made is not None else [])) for one in verdicts],
        count=count,
        most=MOST,
        verdicts=VERDICTS,
        form=form,
        action=_propose_at(programme, made, move, mapping),
        next_url=_address(programme, move, mapping, cursor=more) if move and more else "",
        first_url=_address(programme, move, mapping) if move and keys else "",
    )


def _propose_at(
    programme: str,
    made: MigrationPlan | None,
    move: tuple[str, int, int] | None,
    mapping: Mapping[str, Mapping[str, str]],
) -> str:
    """Where the plan is proposed that is shown, by its digest."""
    return _address(programme, move, mapping, plan=made.digest) if made is not None and move is not None else ""


def _named_alike(made: MigrationPlan) -> int:
    """How many steps and tasks have the same name in both editions."""
    pairs = (*made.states.items(), *made.tasks.items())
    return sum(was == now for was, now in pairs)


def _by_hand(made: MigrationPlan, mapping: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """What has no namesake in the later edition: its name, what was chosen, and what it could become."""
    found = []
    gone = {(*name.split(".", 1),) for name in made.by_hand}
    gone |= {(group, name) for group, some in mapping.items() for name in some}
    for group, name in sorted(gone):
        old, new = (made.old.states, made.new.states) if group == STATES else (made.old.tasks, made.new.tasks)
        if group == STATES:
            alike = [
                path
                for path, state in made.new.states.items()
                if state.type in ("state", "final") and state.final == made.old.states[name].final
            ]
        else:
            alike = list(new)
        if name not in old:
            continue
        found.append(
            {
                "name": f"{group}.{name}",
                "words": edition_text(made.old, f"{group}.{name}"),
                "chosen": mapping.get(group, {}).get(name, ""),
                "choices": sorted(
                    ((one, edition_text(made.new, f"{group}.{one}")) for one in alike),
                    # What is new there comes first: it is most likely what this became.
                    key=lambda one: (one[0] in old, one[1]),
                ),
            }
        )
    return found


@blueprint.post("/plan")
@only(*READERS)
def propose(programme: UUID) -> BaseResponse:
    id, (move, mapping) = str(programme), _asked()
    if move is None:
        raise NotFound("item")
    digest, rules = request.args.get("plan"), _Why.rule()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        letterheads.insist_sets(actor, id)
        given = check(build_model(_Why.__name__, rules), rules, data, clock().office_today)
        return case_batches.propose_batch(
            db,
            actor,
            id,
            move,
            reason=str(given["reason"]),
            mapping=mapping,
            digest=digest,
            seen=revision,
            request=key,
        )

    return answer(
        f"batch:{id}",
        rules,
        do,
        lambda sent: _plan(id, sent),
        lambda done: url_for("batches.show", programme=id, batch=done.answer["id"]),
        said=lambda done: gettext("It is proposed. No case moves before a second person agrees."),
    )


# --- one batch -------------------------------------------------------------------------------------------------------


@blueprint.get("/<uuid:batch>")
@only(*READERS)
def show(programme: UUID, batch: UUID) -> Response:
    return _shown(str(programme), str(batch), {})


def _shown(programme: str, batch: str, faults: Mapping[str, str], sent: Sent | None = None) -> Response:
    state, cursor = request.args.get("state", ""), request.args.get("cursor")
    if state and state not in OF_CASE:
        raise NotFound("item")
    with page_transaction() as (db, actor):
        one = _of(db, actor, programme, batch, state=state or None, cursor=cursor)
        draft = kept_form(db, actor, f"batch-word:{batch}")
        form = kept_fields(
            db, actor, f"batch-revert:{batch}", _Why.rule(), own_texts(_Why), sent=sent, revision=one.version
        )
    asked: dict[str, Any] = {"programme": programme, "batch": batch, "state": state or None}
    editions = _editions_of(one)
    return page_with_form(
        "people/batch.html",
        sent,
        one=one,
        title=edition_title(one.workflow),
        faults=faults,
        rows=[(each, say_reasons(each.why, editions)) for each in one.outcomes],
        chosen=_chosen(one, editions),
        states=STATE_WORDS,
        of_case=OF_CASE,
        verdicts=VERDICTS,
        steps=[(gettext(STEPS[each.what], who=each.by.name or gettext("erased")), each) for each in one.steps],
        pills=_pills(one, asked),
        at=url_for("batches.show", programme=programme, batch=batch),
        draft=draft,
        form=form,
        barred=who_decides(map(role_name, DECIDERS), asked=one.own),
        next_url=url_for("batches.show", **asked, cursor=one.next) if one.next else "",
        first_url=url_for("batches.show", **asked) if cursor else "",
    )


def _of(db: Connection, actor: Actor, programme: str, batch: str, **asked: Any) -> ShownBatch:
    """A batch of this programme and of no other one. Raises NotFound."""
    letterheads.insist_reads(actor, programme)
    one = case_batches.show_batch(db, actor, batch, **asked)
    if one.programme.id != programme:
        raise NotFound("item")
    return one


def _editions_of(one: BatchRow) -> list[Edition]:
    numbers = (one.later, one.earlier)
    return [
        each for each in load_library().editions.values() if each.workflow == one.workflow and each.number in numbers
    ]


def _chosen(one: BatchRow, editions: Sequence[Edition]) -> list[tuple[str, str]]:
    """What was said by hand, in the words of the editions."""
    return [
        (say_name(was, editions), say_name(now, editions))
        for group in (STATES, TASKS)
        for was, now in sorted(one.mapping.get(group, {}).items())
    ]


def _pills(one: BatchRow, asked: Mapping[str, Any]) -> list[tuple[str, str, bool, int | None]]:
    """Its cases by what became of them, once somebody has agreed."""
    if one.decision is None:
        return []
    counts = {"": one.cases, MOVED: one.moved, STAYED: one.stayed, FAILED: one.failed}
    counts["waits"] = one.cases - one.moved - one.stayed - one.failed
    return [
        (
            gettext(OF_CASE[each]) if each else gettext("all"),
            url_for("batches.show", **{**asked, "state": each or None}),
            each == (asked["state"] or ""),
            count,
        )
        for each, count in counts.items()
        if count or not each
    ]


@blueprint.post("/<uuid:batch>/decision")
@only(*READERS)
def decide(programme: UUID, batch: UUID) -> BaseResponse:
    """Agree to what is proposed, upon which the worker begins, or do not."""
    id, one = str(programme), str(batch)

    def do(db: Connection, actor: Actor, programme: str, **said: Any) -> Done:
        _of(db, actor, programme, one, limit=1)
        return case_batches.decide_batch(db, actor, one, **said)

    return take_word(
        id,
        do,
        again=lambda faults: _shown(id, one, faults).get_data(as_text=True),
        then=url_for("batches.show", programme=id, batch=one),
        agreed=gettext("You agreed. The worker comes to the cases now, one by one."),
        refused=gettext("You did not agree: no case moves."),
    )


@blueprint.post("/<uuid:batch>/steps")
@only(*READERS)
def steer(programme: UUID, batch: UUID) -> BaseResponse:
    """Stop it for now, let it go on, or end it."""
    id, one = str(programme), str(batch)
    try:
        with page_transaction() as (db, actor):
            _of(db, actor, id, one, limit=1)
            step, words = _STEERED.get(request.form.get("step", ""), ("", ""))
            if not step:
                raise Refused(reasons.migration.NOT_SO_NOW)
            case_batches.steer_batch(db, actor, one, step, request=read_request())
    except Refused as refusal:
        shown = _shown(id, one, {"": sentences(map(say, refusal.reasons))})
        shown.status_code = 409
        return shown
    flash(gettext(words))
    return redirect(url_for("batches.show", programme=id, batch=one), 303)


@blueprint.post("/<uuid:batch>/revert")
@only(*READERS)
def revert(programme: UUID, batch: UUID) -> BaseResponse:
    """Propose to take it back, by a batch of its own."""
    id, one, rules = str(programme), str(batch), _Why.rule()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        _of(db, actor, id, one, limit=1)
        letterheads.insist_sets(actor, id)
        given = check(build_model(_Why.__name__, rules), rules, data, clock().office_today)
        return case_batches.propose_revert(db, actor, one, reason=str(given["reason"]), seen=revision, request=key)

    return answer(
        f"batch-revert:{one}",
        rules,
        do,
        lambda sent: _shown(id, one, {}, sent),
        lambda done: url_for("batches.show", programme=id, batch=done.answer["id"]),
        said=lambda done: gettext("It is proposed. No case goes back before a second person agrees."),
    )


__all__ = ["blueprint"]
