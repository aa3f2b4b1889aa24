"""A programme's retention classes: the versions, what each changed, what waits for a second person, and the form of one class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.letterheads import READERS
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Many, Note, Number, Text, YesNo
from casework.engine.retention import LONGEST_NAME, MOST_YEARS, OTHER, REMOVED, RetentionClass
from casework.engine.setting_proposals import DECIDERS
from casework.errors import NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import letterheads, programme_retention
from casework.operations.people.retention_views import ClassChanged, ClassShown, ProgrammeRetention
from casework.permissions.actors import Actor
from casework.web.people.retention_words import FATES, kind_name, outcome_name, say_change, say_class
from casework.web.people.second_words import take_word
from casework.web.shell.forms import Texts, own_texts
from casework.web.shell.i18n import N_, role_name
from casework.web.shell.kept_forms import kept_form
from casework.web.shell.layout import clock
from casework.web.shell.second_person import who_decides
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.sent_forms import kept_form as kept_fields
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("retention_classes", __name__, url_prefix="/programmes/<uuid:programme>/settings/retention")


class _OtherForm(Form):
    """What the class of all other cases says."""

    name = Text(label=N_("Name"), max=LONGEST_NAME)
    name_zh = Text(label=N_("Name in Chinese"), max=LONGEST_NAME)
    years = Number(
        label=N_("Years after closing"),
        min="1",
        max=str(MOST_YEARS),
        whole=True,
        required=False,
        help=N_("Empty: its cases are kept for good."),
    )
    fate = Choice(label=N_("When its years are over"), choices=FATES)
    reason = Note(label=N_("Why"))


class _ClassForm(Form):
    """What any other one says, beside that."""

    code = Text(label=N_("Code"), max=40, help=N_("Small letters, digits and underscores. It stays as it is."))
    kinds = Many(
        label=N_("It takes cases in which one of these began"),
        required=False,
        help=N_("A case that two classes take is kept as long as the longer one says."),
    )
    outcomes = Many(
        label=N_("It takes cases that ended so"),
        required=False,
        help=N_("Where you tick something above too, both must be so."),
    )
    ends = YesNo(label=N_("End this class"), required=False)


def _changes(changes: Iterable[ClassChanged]) -> list[tuple[str, str, str]]:
    return list(map(say_change, changes))


@blueprint.get("")
@only(*READERS)
def show(programme: UUID) -> str:
    return _shown(str(programme), {})


def _shown(programme: str, faults: Mapping[str, str]) -> str:
    with page_transaction() as (db, actor):
        shown = programme_retention.show_retention(db, actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        draft = kept_form(db, actor, f"retention-word:{programme}")
    proposed = shown.proposed
    return render_template(
        "people/retention.html",
        one=one,
        shown=shown,
        faults=faults,
        classes=[(each, *say_class(each)) for each in shown.classes],
        versions=[(each, _changes(each.changes)) for each in shown.versions],
        changes=_changes(proposed.changes) if proposed is not None else [],
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
        programme_retention.decide_retention,
        again=lambda faults: _shown(id, faults),
        then=url_for("retention_classes.show", programme=id),
        agreed=gettext("You agreed: closed cases are kept by these classes from now on."),
        refused=gettext("You did not agree: the classes stay as they were."),
    )


# --- the form of one class -------------------------------------------------------------------------------------------


def _form_class(shown: ProgrammeRetention, code: str) -> type[Form]:
    """What is asked of a class: of a new one its code, of one that stands whether it ends, of that of all others no conditions."""
    own, common = _ClassForm.fields(), _OtherForm.fields()
    asked: dict[str, object] = {} if code else {"code": own["code"]}
    asked |= {name: common[name] for name in ("name", "name_zh", "years", "fate")}
    if code != OTHER:
        there = next((one for one in shown.classes if one.code == code), None)
        for name, offered, said in (
            ("kinds", shown.kinds, there.kinds if there else []),
            ("outcomes", shown.outcomes, there.outcomes if there else []),
        ):
            rule = own[name]
            choices = dict.fromkeys([*offered, *(one for one in said if one not in offered)], "")
            asked[name] = Many(label=rule.label, help=rule.help, required=False, choices=choices)
    if code and code != OTHER:
        asked["ends"] = own["ends"]
    return type("RetentionClassForm", (Form,), {**asked, "reason": common["reason"]})


def _texts() -> Texts:
    """The words of the fields, and what each choice is called."""
    common, own = own_texts(_OtherForm), own_texts(_ClassForm)

    def get(key: str) -> str:
        name, _, code = key.partition(".choices.")
        if code and name == "fate":
            return gettext(FATES[code])
        if code:
            return kind_name(code) if name == "kinds" else outcome_name(code)
        return common.get(key) if common.has(key) else own.get(key)

    return Texts(get, lambda key: ".choices." in key or common.has(key) or own.has(key))


@blueprint.get("/change")
@only(*READERS)
def ask(programme: UUID) -> Response:
    return _form(str(programme), request.args.get("class", ""), None)


def _there(shown: ProgrammeRetention, code: str) -> ClassShown | None:
    """The class that is changed; None for a new one. Raises NotFound."""
    there = next((one for one in shown.classes if one.code == code), None)
    if code and there is None:
        raise NotFound("item")
    return there


def _form(programme: str, code: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        shown = programme_retention.show_retention(db, actor, programme)
        there = _there(shown, code)
        form = kept_fields(
            db,
            actor,
            _draft(programme, code),
            _form_class(shown, code).rule(),
            _texts(),
            sent=sent,
            values=_known(there),
            revision=shown.version,
        )
    return page_with_form("people/retention_form.html", sent, one=one, form=form, there=there)


def _draft(programme: str, code: str) -> str:
    return f"retention:{programme}:{code}"


def _known(there: ClassShown | None) -> JsonObject:
    if there is None:
        return {"fate": REMOVED}
    known: JsonObject = {"name": there.name, "name_zh": there.name_zh, "kinds": there.kinds, "outcomes": there.outcomes}
    known["fate"] = there.fate
    return known | ({"years": str(there.years)} if there.years is not None else {})


@blueprint.post("/change")
@only(*READERS)
def propose(programme: UUID) -> BaseResponse:
    id, code = str(programme), request.args.get("class", "")
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, id)
        shown = programme_retention.show_retention(db, actor, id)
        _there(shown, code)
    form = _form_class(shown, code)
    rules = form.rule()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = check(build_model(form.__name__, rules), rules, data, clock().office_today)
        reason = given.pop("reason")
        return programme_retention.propose_retention(
            db, actor, id, classes=_with(shown, code, given), reason=reason, seen=revision, request=key
        )

    return answer(
        _draft(id, code),
        rules,
        do,
        lambda sent: _form(id, code, sent),
        lambda done: url_for("retention_classes.show", programme=id),
        said=lambda done: gettext("It is proposed. Nothing changes before a second person agrees."),
    )


def _with(shown: ProgrammeRetention, code: str, given: JsonMapping) -> list[RetentionClass]:
    """All classes, with the one that a form says in its place, or without it where it ends."""
    others = [_class(one) for one in shown.classes if one.code != code]
    if given.get("ends"):
        return others
    years = given.get("years")
    one = RetentionClass(
        code or str(given["code"]),
        str(given["name"]),
        str(given["name_zh"]),
        int(years) if years else None,
        frozenset(given.get("kinds") or ()),
        frozenset(given.get("outcomes") or ()),
        str(given["fate"]),
    )
    return [*others, one]


def _class(one: ClassShown) -> RetentionClass:
    return RetentionClass(
        one.code, one.name, one.name_zh, one.years, frozenset(one.kinds), frozenset(one.outcomes), one.fate
    )


__all__ = ["blueprint"]
