"""Merging two records of one IP right: the likely doubles, both side by side with what moves, and the merging itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.forms import Choice, Form
from casework.engine.state.right_values import Encumbrance
from casework.errors import InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue import right_merging as merging
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.right_history import read_seq
from casework.operations.catalogue.right_merging import RightMergePreview
from casework.operations.catalogue.views import IpRight
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.catalogue.record_merging_pages import (
    GONE,
    KEPT,
    REASON_ASKED,
    SHORT,
    TAKE,
    MergedBefore,
    into_asked,
    sent_before,
)
from casework.web.catalogue.right_forms import LABELS
from casework.web.catalogue.right_pages import name_of_right, told_of
from casework.web.shell import layout
from casework.web.shell.i18n import N_, say
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import Values, name_burden, name_right

blueprint = Blueprint("right_merging", __name__)
_TITLE = N_("Merge an IP right")


def _url(id: str, **values: Any) -> str:
    return url_for("right_merging.choose", right=id, **values)


def _at(id: str) -> str:
    return url_for("rights.show", right=id)


def _crumbs(one: IpRight, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (gettext("Matches"), url_for("matches.index")),
        (gettext("IP rights"), url_for("rights.index")),
        (name_of_right(one), _at(one.id)),
        *more,
    ]


@blueprint.get("/rights/<uuid:right>/merge")
def choose(right: UUID) -> Response:
    id, into = str(right), into_asked()
    return _choose(id) if into is None else _ask(id, into)


def _choose(id: str) -> Response:
    words = request.args.get("q", "").strip()[:200]
    with page_transaction() as (db, actor):
        found = merging.list_doubles(db, actor, id, words)
        one = catalogue.show_record(db, actor, IpRight, id)
    page = render_template(
        "catalogue/right_doubles.html",
        title=gettext(_TITLE),
        name=name_of_right(one),
        crumbs=_crumbs(one),
        rows=[(row, name_right(row.kind, row.office, row.number), _at(row.id), _url(id, into=row.id)) for row in found],
        words=words,
        search_url=_url(id),
    )
    return make_response(page)


class _Both:
    """The right that goes and the one that stays, as somebody sees them, and what would become of them."""

    def __init__(self, db: Connection, actor: Actor, id: str, into: str) -> None:
        self.preview = merging.preview_merging(db, actor, id, into)
        self.gone, self.kept = (catalogue.show_record(db, actor, IpRight, each) for each in (id, into))
        both = (self.gone, self.kept)
        organisations: set[str | None] = {owner["organisation"] for each in both for owner in each.owners}
        organisations |= {one["holder"] for each in both for one in each.encumbrances if one.get("holder")}
        names = names_of(db, set(), organisations)
        technologies = {technology for each in both for technology in each.technologies}
        names |= catalogue.titles_of(db, actor, "technology", technologies)
        self.values = Values({id: name for id, name in names.items() if name})

    def says(self, one: IpRight, field: str) -> str:
        value = getattr(one, field)
        said = "" if value in (None, "", []) else told_of(self.values, value, field)
        return said.striptags() if isinstance(said, Markup) else str(said)

    def form(self) -> tuple[type[Form], JsonMapping]:
        """One question for each field of which one chooses; it begins as the one that stays says it."""
        asked: dict[str, Any] = {
            f"{TAKE}{name}": Choice(
                label=LABELS[name],
                choices={KEPT: self._choice(self.kept, name), GONE: self._choice(self.gone, name)},
            )
            for name in self.preview.differing
        }
        return type("MergingOfRights", (Form,), {**asked, "reason": REASON_ASKED}), dict.fromkeys(asked, KEPT)

    def _choice(self, one: IpRight, field: str) -> str:
        words = self.says(one, field) or gettext("Not specified")
        return words if len(words) <= SHORT else words[: SHORT - 1] + "…"

    def side_by_side(self) -> list[tuple[str, str, str, str]]:
        """Field, what the one to go says, what the one to stay says, and whether that one takes it over, or one chooses."""
        rows = []
        for name, label in LABELS.items():
            left, right = self.says(self.gone, name), self.says(self.kept, name)
            fate = "taken" if name in self.preview.taken else "chosen" if name in self.preview.differing else ""
            if left or right:
                rows.append((gettext(label), left, right, fate))
        return rows

    def burden(self, one: Encumbrance | Mapping[str, Any]) -> str:
        """What lies on a right in a line: what it is, whose, and since when."""
        holder = self.values.say(one["holder"]) if one["holder"] else ""
        since = layout.day_element(one["from"]).striptags() if one.get("from") else ""
        return " · ".join(
            str(part) for part in (name_burden(str(one.get("kind")), one["licence"]), holder, since) if part
        )


def _ask(id: str, into: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        both = _Both(db, actor, id, into)
        layout.use_calendar(calendar_of(db, both.gone.programme))
        rule, known = both.form()
        form = form_of(db, actor, _draft(id, into), rule, known=known, sent=sent, revision=read_seq(db, id))
    gone, kept, preview = name_of_right(both.gone), name_of_right(both.kept), both.preview
    return page_with_form(
        "catalogue/record_merge.html",
        sent,
        title=gettext("Merge into %(name)s", name=kept),
        gone=gone,
        kept=kept,
        crumbs=_crumbs(both.gone, (gettext(_TITLE), _url(id))),
        refused_why=[say(why) for why in preview.refused],
        facts=both.side_by_side(),
        moves=[(label, said) for label, said in _moves(both, preview) if said],
        warnings=_warnings(both, preview),
        form=form,
        action=_url(id, into=into),
        again=_url(id),
        back=_at(id),
    )


def _draft(id: str, into: str) -> str:
    return f"right:{id}:merge:{into}"


def _moves(both: _Both, preview: RightMergePreview) -> list[tuple[str, list[str]]]:
    return [
        (gettext("Technologies"), [one.name for one in preview.technologies]),
        (gettext("Pledges, licences and other encumbrances"), [both.burden(one) for one in preview.encumbrances]),
        (gettext("Files that show them"), [str(preview.evidence)] if preview.evidence else []),
        (gettext("Cases about it"), [case.name for case in preview.cases]),
    ]


def _warnings(both: _Both, preview: RightMergePreview) -> list[str]:
    """What stands against each other on the one that stays, and that it has to be confirmed again."""
    told = [
        gettext(
            "“%(gone)s” and “%(kept)s” cannot stand on one right together: who holds which is to be settled.",
            gone=both.burden(clash.gone),
            kept=both.burden(clash.kept),
        )
        for clash in preview.clashes
    ]
    if both.gone.confirmed and not preview.confirmed:
        told.append(gettext("Nobody has confirmed the record that stays: until somebody does, it opens no gate."))
    return told


@blueprint.post("/rights/<uuid:right>/merge")
def merge(right: UUID) -> BaseResponse:
    id, into = str(right), into_asked()
    if into is None:
        return _choose(id)
    with page_transaction() as (db, actor):
        form, asked = (MergedBefore, {}) if sent_before(db, actor) else _Both(db, actor, id, into).form()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(form, data)
        chosen = [name.removeprefix(TAKE) for name, side in given.items() if side == GONE and name != "reason"]
        try:
            return merging.merge_rights(
                db, actor, id, into=into, reason=given["reason"], chosen=chosen, seen=revision, request=key
            )
        except InvalidForm as fault:
            # What cannot be is said where it was chosen, or at the end where it was not.
            named = {f"{TAKE}{name}": why for name, why in fault.fields.items()}
            fields = {name if name in asked else "reason": why for name, why in named.items()}
            raise InvalidForm(fields=fields) from None

    return answer(
        _draft(id, into),
        form.rule(),
        do,
        lambda sent: _ask(id, into, sent),
        lambda done: _at(into),
        said=lambda done: gettext("Merged: what was of the other record is of this one now."),
        sure=request.form.get("sure") == "yes",
    )
