"""A need or a technology that is used no more: said on its page with a reason, and brought back there."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.record_use import ended_as
from casework.engine.definition.forms import Form
from casework.json_values import JsonObject
from casework.operations.catalogue import kept_records, record_use
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.record_log import Kept
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.catalogue.record_forms import RETURN, Ending
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction


class _Pages:
    """The pages of one kind of record."""

    def __init__(self, noun: Kept, plural: str) -> None:
        self.noun, self.plural = noun, plural
        self.blueprint = Blueprint(f"{noun}_use", __name__)
        rule = f"/{plural}/<uuid:{noun}>/use"
        self.blueprint.add_url_rule(rule, "choose", self.choose, methods=["GET"])
        self.blueprint.add_url_rule(rule, "say", self.say, methods=["POST"])

    def _at(self, id: str) -> str:
        named: dict[str, Any] = {self.noun: id}
        return url_for(f"{self.plural}.show", **named)

    def choose(self, **path: UUID) -> Response:
        return self._ask(str(path[self.noun]))

    def _standing(self, db: Connection, actor: Actor, id: str) -> tuple[type[Form], bool]:
        """The form, and whether it is used no more."""
        programme, _ = kept_records.editable(db, actor, self.noun, id)
        layout.use_calendar(calendar_of(db, programme))
        one: Need | Technology = (
            catalogue.show_record(db, actor, Need, id)
            if self.noun == "need"
            else catalogue.show_record(db, actor, Technology, id)
        )
        over = ended_as(asdict(one), clock().office_today.isoformat()) is not None
        return (RETURN[self.noun] if over else Ending), over

    def _draft(self, id: str, over: bool) -> str:
        return f"{self.noun}:{id}:{'again' if over else 'no-more'}"

    def _ask(self, id: str, sent: Sent | None = None) -> Response:
        with page_transaction() as (db, actor):
            rule, over = self._standing(db, actor, id)
            seq = kept_records.read_seq(db, id)
            form = form_of(db, actor, self._draft(id, over), rule, sent=sent, revision=seq)
            name = catalogue.titles_of(db, actor, self.noun, {id})[id]
        words = gettext("Bring back") if over else gettext("Withdraw")
        names = {"need": gettext("Needs"), "technology": gettext("Technologies")}
        return page_with_form(
            "catalogue/right_form.html",
            sent,
            title=words,
            under=[name],
            form=form,
            do=words,
            back=self._at(id),
            crumbs=[(names[self.noun], url_for(f"{self.plural}.index")), (name, self._at(id))],
        )

    def say(self, **path: UUID) -> BaseResponse:
        id = str(path[self.noun])
        with page_transaction() as (db, actor):
            form, over = self._standing(db, actor, id)

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            given = checked(form, data)
            reason = given["reason"]
            if over:
                last = given.get("valid_until")
                return record_use.bring_back(
                    db, actor, self.noun, id, reason=reason, valid_until=last, seen=revision, request=key
                )
            status = given["status"]
            return record_use.end_record(
                db, actor, self.noun, id, status=status, reason=reason, seen=revision, request=key
            )

        return answer(
            self._draft(id, over),
            form.rule(),
            do,
            lambda sent: self._ask(id, sent),
            lambda done: self._at(id),
            said=lambda done: gettext("It is used again.") if over else gettext("Said: its matches open no case."),
        )


needs = _Pages("need", "needs").blueprint


@needs.post("/needs/<uuid:need>/publish")
def publish(need: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        record_use.publish_need(db, actor, str(need), request=read_request())
    flash(gettext("It is published: from now on technologies are looked for."))
    return redirect(url_for("needs.show", need=need), 303)


technologies = _Pages("technology", "technologies").blueprint
