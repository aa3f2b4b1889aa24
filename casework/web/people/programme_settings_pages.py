"""A programme's own settings: what they are, what was done with them, and the form of each."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.definitions import load_library
from casework.engine.case_objects.letterheads import READERS, SETTERS
from casework.engine.case_objects.programme_lists import OF_THE_PLACE
from casework.engine.case_objects.programme_providers import EVERY, LISTED
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Note, Number, Text, YesNo
from casework.engine.definition.own_limits import MOST
from casework.engine.roles import Role
from casework.errors import NotFound
from casework.json_values import JsonMapping, JsonObject, JsonValue
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.register_log import CHANGED
from casework.operations.deadlines import limits
from casework.operations.deadlines.views import OwnLimit
from casework.operations.people import letterheads, lists, programme_editions, programme_lists, programme_providers
from casework.operations.people.list_views import ProgrammeList
from casework.operations.people.views import ProgrammeSettings, SettingsEntry
from casework.permissions.actors import Actor
from casework.web.people import public_catalogue_pages
from casework.web.people.limit_names import law_name, limit_names, limits_title, named_by, say_length, say_limit
from casework.web.people.retention_words import say_entry_of_class
from casework.web.people.setting_words import HAPPENED, MOST_CHANGES, OF_LISTS, say_listed, say_versions
from casework.web.people.weight_names import WEIGHT_NAMES
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_, edition_text
from casework.web.shell.layout import clock
from casework.web.shell.list_words import LIST_NAMES
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("programme_settings", __name__, url_prefix="/programmes")


class LetterheadForm(Form):
    """What letters have above and below their words."""

    office = Text(
        label=N_("Name of the office"),
        max=200,
        required=False,
        help=N_("It stands above every letter. Empty: the programme’s name."),
    )
    office_zh = Text(label=N_("Name of the office in Chinese"), max=200, required=False)
    number_form = Text(
        label=N_("How letters are numbered"),
        max=60,
        required=False,
        help=N_("Such as 京绿技〔{year}〕{n}号: {n} counts the letters of the {year}. Empty: letters have no number."),
    )
    seal = YesNo(label=N_("Leave a place for the seal"))
    signatory = Text(
        label=N_("Line of who signs"), max=100, required=False, help=N_("An office, not a name: The director.")
    )
    signatory_zh = Text(label=N_("Line of who signs, in Chinese"), max=100, required=False)


class ChangedLetterheadForm(LetterheadForm):
    """What they have from now on, where something was set before."""

    reason = Note(label=N_("Why"))


LABELS = {rule["name"]: LetterheadForm.texts()[f"{rule['name']}.label"] for rule in LetterheadForm.rule()}
#: How the programme says whom it asks.
WHOM_IT_ASKS = {EVERY: N_("every provider"), LISTED: N_("those on the list")}
_SAID = LABELS | public_catalogue_pages.LABELS
#: What an entry of the history says happened.
_HAPPENED = {
    "letterhead_set": N_("%(who)s set the letterhead"),
    "catalogue_set": N_("%(who)s set the public catalogue"),
    CHANGED: N_("%(who)s set a limit"),
    "editions_set": N_("%(who)s changed by which editions cases begin"),
    "providers_set": N_("%(who)s changed which providers are asked"),
    "weights_asked": N_("%(who)s proposed other weights for ranked lists"),
    "weights_set": N_("%(who)s agreed: ranked lists have other weights"),
    "weights_refused": N_("%(who)s did not agree to other weights, or took them back"),
    "routing_asked": N_("%(who)s proposed another routing table"),
    "routing_set": N_("%(who)s agreed: tasks are given by another routing table"),
    "routing_refused": N_("%(who)s did not agree to another routing table, or took it back"),
    "retention_asked": N_("%(who)s proposed other retention classes"),
    "retention_set": N_("%(who)s agreed: closed cases are kept by other classes"),
    "retention_refused": N_("%(who)s did not agree to other retention classes, or took them back"),
    **HAPPENED,
}


@blueprint.get("")
@only(Role.SUPERVISOR)
def index() -> str:
    """The programmes of which the actor is a supervisor; the settings themselves where it is one."""
    with page_transaction() as (db, actor):
        items = [one for one in lists.list_programmes(db, actor).items if actor.in_programme(one.id, SETTERS)]
    if len(items) == 1:
        return show(UUID(items[0].id))
    return render_template("people/own_programmes.html", items=items)


@blueprint.get("/<uuid:programme>/settings")
@only(*READERS)
def show(programme: UUID) -> str:
    with page_transaction() as (db, actor):
        shown = letterheads.show_settings(db, actor, str(programme))
        own = limits.list_limits(db, actor, str(programme)).items
        listed = programme_lists.show_lists(db, actor, str(programme)).items
        editions = programme_editions.show_editions(db, actor, str(programme))
        providers = programme_providers.show_providers(db, actor, str(programme))
    return render_template(
        "people/programme_settings.html",
        one=shown,
        catalogue=public_catalogue_pages.facts_of(shown),
        facts=[(gettext(LABELS[name]), _say(name, getattr(shown.letterhead, name))) for name in LABELS],
        entries=[(entry, *_say_entry(entry, own)) for entry in shown.entries],
        limits=[
            (name, limits_title(name), len(some), sum(one.own is not None for one in some))
            for name, some in _by_workflow(own).items()
        ],
        lists=[
            (one.name, gettext(LIST_NAMES[one.name]), sum(not entry.retired for entry in one.entries)) for one in listed
        ],
        editions=[(each, edition_title(each.workflow)) for each in editions.items],
        every=providers.every,
        asked=sum(one.asked for one in providers.items),
        most_changes=MOST_CHANGES,
        first=_first(shown, listed),
        changed=sum(one.own is not None for one in own),
    )


def _first(shown: ProgrammeSettings, listed: Iterable[ProgrammeList]) -> list[tuple[str, str]]:
    """What must be said before the first letter goes, and where whoever asks says it."""
    to_do = []
    if not shown.letterhead_is_set:
        here = url_for("programme_settings.ask_letterhead", programme=shown.id) if shown.mine else ""
        to_do.append(
            (gettext("The letterhead: the office, how its letters are numbered, the place for the seal"), here)
        )
    if any(one.name == OF_THE_PLACE and all(entry.retired for entry in one.entries) for one in listed):
        here = url_for("programme_lists.show", programme=shown.id, list=OF_THE_PLACE)
        to_do.append((gettext("The districts that records of needs name"), here))
    return to_do


@blueprint.get("/<uuid:programme>/settings/limits/<workflow>")
@only(*READERS)
def show_limits(programme: UUID, workflow: str) -> str:
    """The limits of one workflow, and whose each is."""
    with page_transaction() as (db, actor):
        shown = letterheads.show_settings(db, actor, str(programme))
        own = limits.list_limits(db, actor, str(programme)).items
    if (some := _by_workflow(own).get(workflow)) is None:
        raise NotFound
    return render_template(
        "people/programme_limits.html",
        one=shown,
        workflow=limits_title(workflow),
        some=some,
        names=limit_names(some),
        law_name=law_name,
        say_limit=say_limit,
    )


def _by_workflow(own: Iterable[OwnLimit]) -> dict[str, list[OwnLimit]]:
    return {name: list(some) for name, some in groupby(own, lambda one: one.workflow)}


def _say(name: str, value: JsonValue) -> str:
    yes_or_no = gettext("yes") if value else gettext("no")
    return yes_or_no if name in ("seal", "open", "results") else str(value or "")


def _say_entry(entry: SettingsEntry, own: list[OwnLimit]) -> tuple[str, list[tuple[str, str, str]]]:
    """What happened, and by label what a field said before and says then."""
    words = gettext(_HAPPENED[entry.kind], who=entry.who or gettext("The system"))
    if versions := say_versions(entry):
        words = gettext("%(what)s: %(more)s", what=words, more=versions)
    if entry.kind == CHANGED:
        names = limit_names(own)
        return words, [_say_limit(one, names[one.what], entry) for one in own if one.what in entry.changes]
    lists = [say_listed(name, *pair) for name, pair in entry.changes.items() if name.startswith(OF_LISTS)]
    lists += [_say_asked(name, *pair) for name, pair in entry.changes.items() if name.partition(".")[0] == "providers"]
    lists += [_say_edition(name, *pair) for name, pair in entry.changes.items() if name.partition(".")[0] == "editions"]
    lists += [_say_weight(name, *pair) for name, pair in entry.changes.items() if name.partition(".")[0] == "weights"]
    lists += [
        say_entry_of_class(name, *pair) for name, pair in entry.changes.items() if name.partition(".")[0] == "retention"
    ]
    changes = [
        (gettext(_SAID[name]), "" if before is None else _say(name, before), _say(name, after))
        for name, (before, after) in entry.changes.items()
        if name in _SAID and (before is not None or after is not None)
    ]
    return words, changes + lists


def _say_asked(name: str, before: JsonValue, after: JsonValue) -> tuple[str, str, str]:
    """Whom the programme asks, before and after: every provider or a list, or one that came or went."""
    if name == "providers":
        return gettext("Providers"), gettext(WHOM_IT_ASKS[str(before)]), gettext(WHOM_IT_ASKS[str(after)])
    on, off = gettext("on the list"), gettext("no longer on the list")
    return (str(after), "", on) if before is None else (str(before), on, off)


def edition_title(workflow: str) -> str:
    """What a workflow is called."""
    newest = load_library().latest(workflow)
    return workflow if newest is None else edition_text(newest, "title")


def _say_edition(name: str, before: JsonValue, after: JsonValue) -> tuple[str, str, str]:
    """The edition by which a workflow begins, before and after."""
    workflow = name.partition(".")[2]

    def say(number: JsonValue) -> str:
        return gettext("newest") if number is None else gettext("edition %(number)s", number=number)

    return edition_title(workflow), say(before), say(after)


def _say_weight(name: str, before: JsonValue, after: JsonValue) -> tuple[str, str, str]:
    """A weight of ranked lists, or their version, before and after."""
    of = name.partition(".")[2]
    return gettext(WEIGHT_NAMES[of]) if of in WEIGHT_NAMES else gettext("Version"), str(before), str(after)


def _say_limit(one: OwnLimit, name: str, entry: SettingsEntry) -> tuple[str, str, str]:
    """A limit that an entry tells of, before and after."""
    before, after = (say_limit(one, n or one.n) for n in entry.changes[one.what])
    return named_by(name, limits_title(one.workflow)), before, after


@blueprint.get("/<uuid:programme>/settings/letterhead")
@only(*READERS)
def ask_letterhead(programme: UUID) -> Response:
    return _form(str(programme), None)


def _form(programme: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        shown = letterheads.show_settings(db, actor, programme)
        name = _draft(programme)
        asked = _letterhead_form(shown)
        form = kept_form(
            db, actor, name, asked.rule(), own_texts(asked), sent=sent, values=_known(shown), revision=shown.version
        )
    return page_with_form("people/letterhead_form.html", sent, one=shown, form=form)


def _checked(form: type[Form], data: JsonMapping) -> JsonObject:
    rules = form.rule()
    return check(build_model(form.__name__, rules), rules, data, clock().office_today)


def _letterhead_form(shown: ProgrammeSettings) -> type[LetterheadForm]:
    """What is asked: why, too, where something stands there already."""
    return ChangedLetterheadForm if shown.letterhead_is_set else LetterheadForm


def _draft(programme: str) -> str:
    return f"letterhead:{programme}"


def _known(shown: ProgrammeSettings) -> JsonObject:
    return {name: value for name in LABELS if (value := getattr(shown.letterhead, name)) is not None}


@blueprint.post("/<uuid:programme>/settings/letterhead")
@only(*READERS)
def set_letterhead(programme: UUID) -> BaseResponse:
    id = str(programme)
    with page_transaction() as (db, actor):
        asked = _letterhead_form(letterheads.show_settings(db, actor, id))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        letterheads.insist_sets(actor, id)
        given = _checked(asked, data)
        reason = given.pop("reason", None)
        return letterheads.set_letterhead(db, actor, id, fields=given, reason=reason, seen=revision, request=key)

    return answer(
        _draft(id),
        asked.rule(),
        do,
        lambda sent: _form(id, sent),
        lambda done: url_for("programme_settings.show", programme=id),
        said=lambda done: gettext("The letterhead is set. Every letter has it from now on."),
    )


# --- limits ----------------------------------------------------------------------------------------------------------


class LimitForm(Form):
    """A limit of the programme's own."""

    n = Number(
        label=N_("How many"),
        min="1",
        max=str(MOST),
        whole=True,
        required=False,
        help=N_("Empty: as it is without a limit of your own."),
    )
    reason = Note(label=N_("Why"))


@blueprint.get("/<uuid:programme>/settings/limits")
@only(*READERS)
def ask_limit(programme: UUID) -> Response:
    return _limit_form(str(programme), request.args.get("what", ""), None)


def _limit_form(programme: str, what: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        one, version = limits.show_limit(db, actor, programme, what)
        if not one.settable:
            raise NotFound
        names = limit_names(limits.list_limits(db, actor, programme).items)
        shown = letterheads.show_settings(db, actor, programme)
        name = _limit_draft(programme, what)
        form = kept_form(
            db,
            actor,
            name,
            LimitForm.rule(),
            own_texts(LimitForm),
            sent=sent,
            values={"n": str(one.own)} if one.own is not None else None,
            revision=version,
        )
    return page_with_form(
        "people/limit_form.html",
        sent,
        one=shown,
        form=form,
        what=what,
        workflow=one.workflow,
        workflow_name=limits_title(one.workflow),
        name=names[what],
        usual=say_limit(one, one.n),
        fewest=say_length(one.least, one.unit),
        most=say_length(one.most, one.unit),
    )


def _limit_draft(programme: str, what: str) -> str:
    return f"limit:{programme}:{what}"


@blueprint.post("/<uuid:programme>/settings/limits")
@only(*READERS)
def set_limit(programme: UUID) -> BaseResponse:
    id, what = str(programme), request.args.get("what", "")
    with page_transaction() as (db, actor):
        limits.show_limit(db, actor, id, what)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(LimitForm, data)
        n, reason = int(given["n"]) if given.get("n") else None, given["reason"]
        return limits.set_limit(db, actor, id, what, n=n, reason=reason, seen=revision, request=key)

    return answer(
        _limit_draft(id, what),
        LimitForm.rule(),
        do,
        lambda sent: _limit_form(id, what, sent),
        lambda done: url_for("programme_settings.show", programme=id) + "#limits",
        said=lambda done: gettext(
            "The limit is set. What begins from now on is counted by it, and rules ask by it; dates that stand stay as they are."
        ),
    )


__all__ = ["blueprint"]
