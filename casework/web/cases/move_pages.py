"""The move of a case to a state by two persons: where to, what would follow, and the second person's word."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.execution.case_moves import ASKERS, DECIDERS
from casework.errors import CaseHasMoved, InvalidForm, Refused, WrongState
from casework.operations.cases import moves
from casework.operations.cases.move_views import MoveForeseen
from casework.web.shell.forms import read_request, read_revision
from casework.web.shell.i18n import edition_text, listed, role_name, say, say_error, say_faults, sentences
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.second_person import AGREE, pressed, who_decides
from casework.web.shell.session import page_transaction
from casework.web.shell.values import service_name


def show(number: str) -> str:
    return _shown(number, {})


def _shown(number: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        shown = moves.show_moves(db, actor, number, request.values.get("to", "")[:200] or None)
        draft = kept_form(db, actor, f"move:{number}")
    edition = load_library()[shown.edition]
    names = {one.state: edition_text(edition, f"states.{one.state}") for one in shown.places}
    own = shown.waiting is not None and shown.waiting.own
    return render_template(
        "cases/move.html",
        shown=shown,
        names=names,
        stands=listed(edition_text(edition, f"states.{leaf}") for leaf in shown.states),
        # Where it stands is no place to be moved to.
        open_to=[one.state for one in shown.places if not one.against],
        closed_to=[
            (names[one.state], [say(why) for why in one.against])
            for one in shown.places
            if one.against and one.against != [reasons.moves.SAME]
        ],
        against=[say(why) for why in shown.waiting.against] if shown.waiting else [],
        follows=_follows(edition, shown.foreseen) if shown.foreseen else [],
        faults=faults,
        draft=draft,
        askers=listed(map(role_name, ASKERS)),
        barred=who_decides(map(role_name, DECIDERS), asked=own),
        back=url_for("cases.show", number=number),
    )


def _follows(edition: Edition, foreseen: MoveForeseen) -> list[tuple[str, list[str]]]:
    """What a move brings about, in lists under a heading."""
    lists = (
        (gettext("These tasks end"), foreseen.ends),
        (gettext("These tasks begin"), foreseen.begins),
        (gettext("What was proposed lapses"), foreseen.lapses),
    )
    told = [(title, [edition_text(edition, key) for key in keys]) for title, keys in lists if keys]
    begun = [service_name(kind) for kind in foreseen.opens]
    return [*told, (gettext("This begins beside"), begun)] if begun else told


def propose(number: str) -> Response:
    try:
        with page_transaction() as (db, actor):
            moves.propose_move(
                db,
                actor,
                number,
                to=request.form.get("to", "")[:200],
                reason=request.form.get("reason", ""),
                revision=read_revision(),
                request=read_request(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_shown(number, say_faults(refusal)), 422)
    except (Refused, WrongState, CaseHasMoved) as refusal:
        return _again(number, refusal)
    flash(gettext("The move is proposed. Nothing is moved before a second person agrees."))
    return redirect(url_for("cases.move", number=number), 303)


def decide(number: str) -> Response:
    agree = pressed() == AGREE
    try:
        with page_transaction() as (db, actor):
            if not pressed():
                # Whoever may not decide learns that, and not that a button is missing.
                moves.show_moves(db, actor, number)
                raise InvalidForm(fields={"answer": reasons.fields.REQUIRED})
            moves.decide_move(
                db,
                actor,
                number,
                asked=request.form.get("seen", 0, type=int),
                agree=agree,
                note=request.form.get("note", "") or None,
                request=read_request(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_shown(number, say_faults(refusal)), 422)
    except (Refused, WrongState, CaseHasMoved) as refusal:
        return _again(number, refusal)
    flash(gettext("You agreed: the case is moved.") if agree else gettext("The case is not moved."))
    return redirect(url_for("cases.show", number=number), 303)


def _again(number: str, refusal: Refused | WrongState | CaseHasMoved) -> Response:
    why = sentences(map(say, refusal.reasons)) if isinstance(refusal, Refused) else say_error(refusal)
    return make_response(_shown(number, {"": why}), 409)
