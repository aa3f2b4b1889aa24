"""The weights of a programme's ranked lists: the versions, what each changed, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.letterheads import READERS
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Note, Number
from casework.engine.setting_proposals import DECIDERS
from casework.json_values import JsonObject
from casework.matching.weights import BOUNDS
from casework.operations.core.idempotency import Done, Request
from casework.operations.matching import follow_up
from casework.operations.people import letterheads, programme_weights
from casework.operations.people.weights_views import ProgrammeWeights, WeightChanged
from casework.permissions.actors import Actor
from casework.web.matching.rank_tables import rank_tables
from casework.web.people.second_words import take_word
from casework.web.people.weight_names import WEIGHT_MEANINGS, WEIGHT_NAMES
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_, role_name
from casework.web.shell.kept_forms import kept_form
from casework.web.shell.layout import clock
from casework.web.shell.second_person import who_decides
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.sent_forms import kept_form as kept_fields
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("ranking_weights", __name__, url_prefix="/programmes/<uuid:programme>/settings/weights")


class WeightsForm(Form):
    """What each would be, and why."""

    title = Number(
        label=WEIGHT_NAMES["title"], help=WEIGHT_MEANINGS["title"], min=BOUNDS["title"][0], max=BOUNDS["title"][1]
    )
    k1 = Number(label=WEIGHT_NAMES["k1"], help=WEIGHT_MEANINGS["k1"], min=BOUNDS["k1"][0], max=BOUNDS["k1"][1])
    b = Number(label=WEIGHT_NAMES["b"], help=WEIGHT_MEANINGS["b"], min=BOUNDS["b"][0], max=BOUNDS["b"][1])
    fusion = Number(
        label=WEIGHT_NAMES["fusion"], help=WEIGHT_MEANINGS["fusion"], min=BOUNDS["fusion"][0], max=BOUNDS["fusion"][1]
    )
    text = Number(
        label=WEIGHT_NAMES["text"], help=WEIGHT_MEANINGS["text"], min=BOUNDS["text"][0], max=BOUNDS["text"][1]
    )
    verified = Number(
        label=WEIGHT_NAMES["verified"],
        help=WEIGHT_MEANINGS["verified"],
        min=BOUNDS["verified"][0],
        max=BOUNDS["verified"][1],
    )
    reason = Note(label=N_("Why"), help=N_("Such as what the judged collection gave with them."))


@blueprint.get("")
@only(*READERS)
def show(programme: UUID) -> str:
    return _shown(str(programme), {})


def _shown(programme: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        shown = programme_weights.show_weights(db, actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        ranks = rank_tables(follow_up.tell_ranks(db, actor))
        draft = kept_form(db, actor, f"weights-word:{programme}")
    proposed = shown.proposed
    return render_template(
        "matching/weights.html",
        one=one,
        shown=shown,
        faults=faults,
        weights=[
            (gettext(WEIGHT_NAMES[each.name]), gettext(WEIGHT_MEANINGS[each.name]), each) for each in shown.weights
        ],
        versions=[(each, _changes(each.changes)) for each in shown.versions],
        changes=_changes(proposed.changes) if proposed is not None else [],
        ranks=ranks,
        draft=draft,
        barred=who_decides(map(role_name, DECIDERS), asked=proposed is not None and proposed.own),
    )


def _changes(changes: list[WeightChanged]) -> list[tuple[str, str, str]]:
    return [(gettext(WEIGHT_NAMES[one.name]), one.before, one.after) for one in changes]


@blueprint.post("")
@only(*READERS)
def decide(programme: UUID) -> BaseResponse:
    """Agree to what is proposed, or do not."""
    id = str(programme)
    return take_word(
        id,
        programme_weights.decide_weights,
        again=lambda faults: _shown(id, faults),
        then=url_for("ranking_weights.show", programme=id),
        agreed=gettext(
            "You agreed: lists that are made from now on have these weights. What was made stays as it was."
        ),
        refused=gettext("You did not agree: the weights stay as they were."),
    )


@blueprint.get("/change")
@only(*READERS)
def ask(programme: UUID) -> Response:
    return _form(str(programme), None)


def _form(programme: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        shown = programme_weights.show_weights(db, actor, programme)
        form = kept_fields(
            db,
            actor,
            _draft(programme),
            WeightsForm.rule(),
            own_texts(WeightsForm),
            sent=sent,
            values=_known(shown),
            revision=shown.version,
        )
    return page_with_form("matching/weights_form.html", sent, one=one, form=form)


def _draft(programme: str) -> str:
    return f"weights:{programme}"


def _known(shown: ProgrammeWeights) -> JsonObject:
    return {one.name: one.value for one in shown.weights}


@blueprint.post("/change")
@only(*READERS)
def propose(programme: UUID) -> BaseResponse:
    id, rules = str(programme), WeightsForm.rule()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        letterheads.insist_sets(actor, id)
        given = check(build_model(WeightsForm.__name__, rules), rules, data, clock().office_today)
        reason = given.pop("reason")
        # However many noughts somebody writes behind it.
        values = {name: f"{Decimal(said).normalize():f}" for name, said in given.items()}
        return programme_weights.propose_weights(
            db, actor, id, values=values, reason=reason, seen=revision, request=key
        )

    return answer(
        _draft(id),
        rules,
        do,
        lambda sent: _form(id, sent),
        lambda done: url_for("ranking_weights.show", programme=id),
        said=lambda done: gettext("It is proposed. Nothing changes before a second person agrees."),
    )


__all__ = ["blueprint"]
