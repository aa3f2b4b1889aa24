"""Likely twins of needs and technologies: all that are proposed, what is said of two that are not one, and a merging taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.forms import Form, Note
from casework.json_values import JsonObject
from casework.operations.catalogue import kept_records, record_unmerging, twins
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.twins import TwinGroup
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.record_log import Kept
from casework.operations.core.twin_marks import TEXTS
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.shell import layout
from casework.web.shell.i18n import N_
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import list_transaction, page_transaction

_NAMES: Mapping[Kept, str] = {"need": N_("Needs"), "technology": N_("Technologies")}
#: So many characters of a text are compared while it is typed: three Chinese ones of that length still go into an address.
_TYPED = 250

twin_list = Blueprint("twins", __name__)


class Apart(Form):
    reason = Note(label=N_("Why they are two"), help=N_("What tells them apart: a size, a site, another maker."))


class TakenBack(Form):
    reason = Note(
        label=N_("Why they are not the same"), help=N_("What shows it: a call, a paper, or the sources of both.")
    )


@twin_list.get("/twins")
def index() -> str:
    """All that may be one twice, one group after the other."""
    with list_transaction() as (db, actor):
        groups = twins.list_groups(db, actor)
        owners = names_of(db, set(), {one.owner for group in groups for one in group.records})
    shown = [(_called(group), _rows(group, owners)) for group in groups]
    return render_template("catalogue/twins.html", title=gettext("Likely twins"), groups=shown)


def _called(group: TwinGroup) -> str:
    """The one that all others are compared with: the oldest."""
    return group.records[0].name


def _rows(group: TwinGroup, owners: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each pair of a group: both records, how alike they are, and where they stand side by side."""
    named = {one.id: one for one in group.records}
    plural = "needs" if group.noun == "need" else "technologies"
    rows = []
    for pair in group.pairs:
        first, second = named[pair.one], named[pair.other]
        rows.append(
            {
                "both": [
                    (one, owners.get(one.owner or ""), _at(plural, group.noun, one.id)) for one in (first, second)
                ],
                "likeness": round(100 * pair.likeness),
                "titles": round(100 * pair.titles),
                "order": round(100 * pair.order),
                "compare": _beside(group.noun, "merging.choose", second.id, into=first.id),
                "apart": _beside(group.noun, "twins.ask", second.id, other=first.id),
            }
        )
    return rows


def _at(plural: str, noun: str, id: str) -> str:
    named: dict[str, Any] = {noun: id}
    return url_for(f"{plural}.show", **named)


def _beside(noun: str, page: str, id: str, **more: Any) -> str:
    named: dict[str, Any] = {noun: id}
    return url_for(f"{noun}_{page}", **named, **more)


class _Pages:
    """The pages of one kind of record."""

    def __init__(self, noun: Kept, plural: str) -> None:
        self.noun, self.plural = noun, plural
        self.blueprint = Blueprint(f"{noun}_twins", __name__)
        for rule, ask, say in (("apart/<uuid:other>", self.ask, self.say), ("unmerge", self.ask_back, self.take_back)):
            at = f"/{plural}/<uuid:{noun}>/{rule}"
            self.blueprint.add_url_rule(at, ask.__name__, ask, methods=["GET"])
            self.blueprint.add_url_rule(at, say.__name__, say, methods=["POST"])
        self.blueprint.add_url_rule(
            f"/programmes/<uuid:programme>/{plural}/likely", "likely", self.likely, methods=["GET"]
        )

    def likely(self, programme: UUID) -> Response:
        """The records that may be what somebody is typing: a part of a page, for a script to show in the form."""
        texts = {name: request.args.get(name, "")[:_TYPED] for name in TEXTS[self.noun]}
        with page_transaction() as (db, actor):
            found = twins.list_likely(db, actor, self.noun, str(programme), texts)
        rows = [(one, _at(self.plural, self.noun, one.id)) for one in found]
        return make_response(render_template("catalogue/likely_twins.html", rows=rows))

    def _page(
        self, id: str, titles: tuple[str, str], form: Any, sent: Sent | None, *, title: str, do: str, consequence: str
    ) -> Response:
        return page_with_form(
            "catalogue/right_form.html",
            sent,
            title=title,
            under=list(titles),
            form=form,
            do=do,
            back=_at(self.plural, self.noun, id),
            consequence=consequence,
            crumbs=[
                (gettext(_NAMES[self.noun]), url_for(f"{self.plural}.index")),
                (titles[0], _at(self.plural, self.noun, id)),
            ],
        )

    # --- two that are two ---

    def ask(self, **path: UUID) -> Response:
        return self._ask(str(path[self.noun]), str(path["other"]))

    def _ask(self, id: str, other: str, sent: Sent | None = None) -> Response:
        with page_transaction() as (db, actor):
            programme, _ = kept_records.editable(db, actor, self.noun, id)
            titles = self._titles(db, actor, id, other)
            layout.use_calendar(calendar_of(db, programme))
            form = form_of(db, actor, f"{self.noun}:{id}:apart:{other}", Apart, sent=sent)
        return self._page(
            id,
            titles,
            form,
            sent,
            title=gettext("Two, not one"),
            do=gettext("They are two"),
            consequence=gettext("The two are proposed as twins no more. Both histories say why."),
        )

    def _titles(self, db: Connection, actor: Actor, id: str, other: str) -> tuple[str, str]:
        catalogue.read_seen(db, actor, self.noun, other)
        titles = catalogue.titles_of(db, actor, self.noun, {id, other})
        return titles[id], titles[other]

    def say(self, **path: UUID) -> BaseResponse:
        id, other = str(path[self.noun]), str(path["other"])

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            given = checked(Apart, data)
            return twins.tell_apart(db, actor, self.noun, id, other=other, reason=given["reason"], request=key)

        return answer(
            f"{self.noun}:{id}:apart:{other}",
            Apart.rule(),
            do,
            lambda sent: self._ask(id, other, sent),
            lambda done: url_for("twins.index"),
            said=lambda done: gettext("Said: they are proposed as twins no more."),
        )

    # --- one that was merged ---

    def ask_back(self, **path: UUID) -> Response:
        return self._ask_back(str(path[self.noun]))

    def _ask_back(self, id: str, sent: Sent | None = None) -> Response:
        with page_transaction() as (db, actor):
            programme, _, kept = record_unmerging.merged_one(db, actor, self.noun, id)
            titles = self._titles(db, actor, id, kept)
            layout.use_calendar(calendar_of(db, programme))
            seq = kept_records.read_seq(db, id)
            form = form_of(db, actor, f"{self.noun}:{id}:unmerge", TakenBack, sent=sent, revision=seq)
        return self._page(
            id,
            titles,
            form,
            sent,
            title=gettext("Take the merging back"),
            do=gettext("Take it back"),
            consequence=gettext(
                "“%(gone)s” stands for itself again, with its own matches and rights, and its cases show it. What “%(kept)s” took over it"
                " goes on saying: correct it there.",
                gone=titles[0],
                kept=titles[1],
            ),
        )

    def take_back(self, **path: UUID) -> BaseResponse:
        id = str(path[self.noun])

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            given = checked(TakenBack, data)
            return record_unmerging.unmerge_record(
                db, actor, self.noun, id, reason=given["reason"], seen=revision, request=key
            )

        return answer(
            f"{self.noun}:{id}:unmerge",
            TakenBack.rule(),
            do,
            lambda sent: self._ask_back(id, sent),
            lambda done: _at(self.plural, self.noun, id),
            said=lambda done: gettext("Taken back: the record stands for itself again."),
        )


needs = _Pages("need", "needs").blueprint
technologies = _Pages("technology", "technologies").blueprint
