"""A record that is named in nothing new: said on its page with a reason, and brought back there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from flask import Blueprint, Response
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.forms import Form
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction


@dataclass(frozen=True)
class Standing:
    """How a record is called and stands: how long its log is, and whether it has expired."""

    name: str
    seq: int
    expired: bool


@dataclass(frozen=True)
class Deed:
    """One of the two deeds, untranslated: its name, its form, what follows from it, what is said once it is done, and what does it."""

    name: str
    form: type[Form]
    consequence: str
    said: str
    act: Callable[..., Done]


class ExpiryPages(ABC):
    """The pages of one kind of record."""

    noun: ClassVar[str]
    #: Saying that it has expired, and bringing it back.
    expire: ClassVar[Deed]
    bring_back: ClassVar[Deed]

    def __init__(self, name: str, rule: str) -> None:
        self.blueprint = Blueprint(name, __name__)
        self.blueprint.add_url_rule(rule, "choose", self.choose, methods=["GET"])
        self.blueprint.add_url_rule(rule, "say", self.say, methods=["POST"])

    @abstractmethod
    def standing(self, db: Connection, actor: Actor, id: str) -> Standing:
        """Raises NotFound and NotAllowed for whoever may not change it."""

    @abstractmethod
    def at(self, id: str) -> str:
        """Where its page is."""

    @abstractmethod
    def crumbs(self) -> list[tuple[str, str]]:
        """Where one comes from, but for its page."""

    def _deed(self, standing: Standing) -> Deed:
        return self.bring_back if standing.expired else self.expire

    def _draft(self, id: str, standing: Standing) -> str:
        return f"{self.noun}:{id}:{'again' if standing.expired else 'no-more'}"

    def _ask(self, id: str, sent: Sent | None = None) -> Response:
        with page_transaction() as (db, actor):
            stands = self.standing(db, actor, id)
            deed = self._deed(stands)
            form = form_of(db, actor, self._draft(id, stands), deed.form, sent=sent, revision=stands.seq)
        words = gettext(deed.name)
        return page_with_form(
            "catalogue/right_form.html",
            sent,
            title=words,
            under=[stands.name],
            form=form,
            do=words,
            back=self.at(id),
            crumbs=[*self.crumbs(), (stands.name, self.at(id))],
            consequence=gettext(deed.consequence),
        )

    def choose(self, **path: UUID) -> Response:
        return self._ask(str(next(iter(path.values()))))

    def say(self, **path: UUID) -> BaseResponse:
        id = str(next(iter(path.values())))
        with page_transaction() as (db, actor):
            stands = self.standing(db, actor, id)
        deed = self._deed(stands)

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            return deed.act(db, actor, id, reason=checked(deed.form, data)["reason"], seen=revision, request=key)

        return answer(
            self._draft(id, stands),
            deed.form.rule(),
            do,
            lambda sent: self._ask(id, sent),
            lambda done: self.at(id),
            said=lambda done: gettext(deed.said),
        )
