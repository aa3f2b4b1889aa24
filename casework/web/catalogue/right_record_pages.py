"""What officers do with the record of an IP right: enter one, confirm or correct it, say what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.cases import case_rights
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.catalogue import ip_rights
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.ip_rights import EDITORS
from casework.operations.catalogue.right_history import read_seq
from casework.operations.catalogue.right_names import organisations_named, technologies_named
from casework.operations.catalogue.views import IpRight, Technology
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach
from casework.web.catalogue.right_forms import (
    Belonging,
    Look,
    NewRight,
    NewRightOfTechnology,
    lines_of,
    owners_of,
    owners_written,
)
from casework.web.catalogue.right_pages import blueprint, name_of_right, programmes_of
from casework.web.shell import layout
from casework.web.shell.forms import FormView, own_texts
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import page_transaction

__all__ = ["blueprint"]


def _form(
    db: Connection,
    actor: Actor,
    name: str,
    form: type[Form],
    *,
    sent: Sent | None,
    known: JsonMapping | None = None,
    revision: int | None = None,
) -> FormView:
    return kept_form(db, actor, name, form.rule(), own_texts(form), sent=sent, values=known, revision=revision)


def _checked(form: type[Form], data: JsonMapping) -> JsonObject:
    rules = form.rule()
    return check(build_model(form.__name__, rules), rules, data, clock().office_today)


def _owners(db: Connection, programme: str, words: str | None) -> list[dict[str, str | None]]:
    """Owners as they were typed. Raises InvalidForm for one that is not known."""
    typed = owners_of(words)
    ids = organisations_named(db, programme, [name for name, _ in typed])
    return [{"organisation": id, "share": share} for id, (_, share) in zip(ids, typed, strict=True)]


# --- enter one -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """What a new right is entered for: its programme, the technology that it protects and, where it was begun there, the case."""

    programme: str
    technology: str | None = None
    number: str | None = None

    @property
    def form(self) -> type[Form]:
        return NewRightOfTechnology if self.technology else NewRight

    @property
    def draft(self) -> str:
        return f"right:new:{self.number or self.technology or self.programme}"

    @property
    def back(self) -> str:
        if self.number is not None:
            return url_for("cases.show", number=self.number, _anchor="rights")
        return url_for("rights.index", technology=self.technology)


def _of_programme() -> Subject:
    """The programme in which somebody enters a company's own right: the first one. Raises NotAllowed."""
    with page_transaction() as (_, actor):
        programmes = programmes_of(actor)
        if not reach(actor).all_of:
            raise NotFound()
        if not programmes:
            raise NotAllowed()
    return Subject(programmes[0])


def _of_technology(technology: UUID) -> Subject:
    with page_transaction() as (db, actor):
        one = catalogue.show_record(db, actor, Technology, str(technology))
        if not actor.in_programme(one.programme, EDITORS):
            raise NotAllowed()
    return Subject(one.programme, one.id)


def _of_case(number: str) -> Subject:
    """A case's technology. Raises NotFound, also for a case that has none."""
    with page_transaction() as (db, actor):
        case, level = find_case(db, actor, number)
        if level < Sight.ALL or case.technology is None:
            raise NotFound("case")
        if "add_rights" not in describe_whole(db, actor, case).case_actions:
            raise NotAllowed()
    return Subject(case.programme, case.technology, number)


def _ask_new(subject: Subject, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        layout.use_calendar(calendar_of(db, subject.programme))
        revision = find_case(db, actor, subject.number)[0].revision if subject.number else None
        known: JsonObject = {"checked_on": clock().office_today.isoformat(), "protects": True}
        form = _form(db, actor, subject.draft, subject.form, known=known, sent=sent, revision=revision)
        titles = catalogue.titles_of(db, actor, "technology", {subject.technology})
    return page_with_form(
        "catalogue/right_form.html",
        sent,
        title=gettext("Enter an IP right"),
        under=[
            titles.get(subject.technology or "", ""),
            gettext("for the case %(number)s", number=subject.number) if subject.number else "",
        ],
        form=form,
        do=gettext("Enter the right"),
        back=subject.back,
        crumbs=[(gettext("Cases"), url_for("cases.index")), (subject.number, subject.back)]
        if subject.number
        else [(gettext("IP rights"), url_for("rights.index"))],
    )


def _add(subject: Subject) -> BaseResponse:
    """Enter a right; begun in a case it becomes the case's in the same transaction."""
    with page_transaction() as (db, _):
        layout.use_calendar(calendar_of(db, subject.programme))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(subject.form, data)
        kind, source, protects = given.pop("kind"), given.pop("source"), given.pop("protects", False)
        done = ip_rights.record_right(
            db,
            actor,
            programme=subject.programme,
            technologies=[subject.technology] if subject.technology and protects else [],
            owners=_owners(db, subject.programme, given.pop("owners", None)),
            kind=kind,
            fields=given,
            confirmed=True,
            source=source,
            request=key,
        )
        if subject.number is not None and not done.repeated:
            case_rights.add_entered_right(
                db,
                actor,
                subject.number,
                done.answer["id"],
                revision=revision,
                request=Request(f"{key.key[:150]}:case", key.digest),
            )
        return done

    return answer(
        subject.draft,
        subject.form.rule(),
        do,
        lambda sent: _ask_new(subject, sent),
        lambda done: subject.back if subject.number else url_for("rights.show", right=done.answer["id"]),
        said=lambda done: (
            gettext("The right is entered, and the case is about it.")
            if subject.number
            else gettext("The right is entered.")
        ),
    )


@blueprint.get("/rights/new")
def new_own() -> Response:
    return _ask_new(_of_programme())


@blueprint.post("/rights/new")
def add_own() -> BaseResponse:
    return _add(_of_programme())


@blueprint.get("/technologies/<uuid:technology>/rights/new")
def new(technology: UUID) -> Response:
    return _ask_new(_of_technology(technology))


@blueprint.post("/technologies/<uuid:technology>/rights/new")
def add(technology: UUID) -> BaseResponse:
    return _add(_of_technology(technology))


@blueprint.get("/cases/<number>/rights/new")
def new_of_case(number: str) -> Response:
    return _ask_new(_of_case(number))


@blueprint.post("/cases/<number>/rights/new")
def add_of_case(number: str) -> BaseResponse:
    return _add(_of_case(number))


# --- confirm or correct one ----------------------------------------------------------------------------------------------


def editable(db: Connection, actor: Actor, right: str) -> IpRight:
    """A right that the person may put right. Raises NotFound and NotAllowed."""
    one = catalogue.show_record(db, actor, IpRight, right)
    layout.use_calendar(calendar_of(db, one.programme))
    if not actor.in_programme(one.programme, EDITORS):
        raise NotAllowed()
    return one


def show_form(one: IpRight, form: FormView, sent: Sent | None, title: str, do: str) -> Response:
    return page_with_form(
        "catalogue/right_form.html",
        sent,
        title=title,
        under=[name_of_right(one)],
        form=form,
        do=do,
        back=url_for("rights.show", right=one.id),
        crumbs=[
            (gettext("IP rights"), url_for("rights.index")),
            (name_of_right(one), url_for("rights.show", right=one.id)),
        ],
    )


def _ask_look(right: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = editable(db, actor, right)
        names = ("kind", *ip_rights.CORRECTED)
        known = {name: value for name in names if (value := getattr(one, name)) is not None}
        known["checked_on"] = clock().office_today.isoformat()
        form = _form(db, actor, f"right:{right}", Look, known=known, sent=sent, revision=read_seq(db, right))
    return show_form(one, form, sent, gettext("Confirm or correct the right"), gettext("Confirm the right"))


@blueprint.get("/rights/<uuid:right>/look")
def look(right: UUID) -> Response:
    return _ask_look(str(right))


@blueprint.post("/rights/<uuid:right>/look")
def confirm(right: UUID) -> BaseResponse:
    id = str(right)
    with page_transaction() as (db, actor):
        layout.use_calendar(calendar_of(db, catalogue.show_record(db, actor, IpRight, id).programme))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(Look, data)
        return ip_rights.confirm_right(
            db,
            actor,
            id,
            checked_on=date.fromisoformat(given["checked_on"]),
            # What the form holds no longer is emptied.
            fields={name: given.get(name) for name in ip_rights.CORRECTED},
            kind=given["kind"],
            source=given.get("source"),
            reason=given.get("reason"),
            seen=revision,
            request=key,
        )

    return answer(
        f"right:{id}",
        Look.rule(),
        do,
        lambda sent: _ask_look(id, sent),
        lambda done: url_for("rights.show", right=id),
        said=lambda done: gettext("Confirmed: from now on rules may rely on it."),
    )


# --- what one belongs to -------------------------------------------------------------------------------------------------


def _ask_belonging(right: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = editable(db, actor, right)
        titles = catalogue.titles_of(db, actor, "technology", one.technologies)
        names = names_of(db, set(), {owner["organisation"] for owner in one.owners})
        known = {
            "technologies": "\n".join(titles[id] for id in one.technologies if id in titles),
            "owners": owners_written(_named(one.owners, names)),
        }
        seq = read_seq(db, right)
        form = _form(db, actor, f"right:{right}:belongs", Belonging, known=known, sent=sent, revision=seq)
    return show_form(one, form, sent, gettext("What the right protects and whose it is"), gettext("Put it on record"))


def _named(owners: Sequence[Any], names: JsonMapping) -> list[tuple[str, str | None]]:
    return [(str(names[owner["organisation"]]), owner["share"]) for owner in owners if names.get(owner["organisation"])]


@blueprint.get("/rights/<uuid:right>/belongs")
def belonging(right: UUID) -> Response:
    return _ask_belonging(str(right))


@blueprint.post("/rights/<uuid:right>/belongs")
def set_belonging(right: UUID) -> BaseResponse:
    id = str(right)
    with page_transaction() as (db, actor):
        programme = catalogue.show_record(db, actor, IpRight, id).programme
        layout.use_calendar(calendar_of(db, programme))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(Belonging, data)
        return ip_rights.set_belonging(
            db,
            actor,
            id,
            technologies=technologies_named(db, programme, lines_of(given.get("technologies"))),
            owners=_owners(db, programme, given.get("owners")),
            source=given.get("source"),
            reason=given.get("reason"),
            seen=revision,
            request=key,
        )

    return answer(
        f"right:{id}:belongs",
        Belonging.rule(),
        do,
        lambda sent: _ask_belonging(id, sent),
        lambda done: url_for("rights.show", right=id),
        said=lambda done: gettext("It is on record what the right protects and whose it is."),
    )
