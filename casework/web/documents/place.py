"""Where documents lie: those of a case, or of a referral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import (
    Blueprint,
    url_for,
)
from flask import (
    request as asked_for,
)
from flask_babel import gettext
from sqlalchemy import Connection

from casework.api.protocol.files import document_store
from casework.engine.definition.forms import Form
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Request
from casework.operations.documents import service as documents
from casework.operations.documents.storage import Kept, part_for
from casework.operations.documents.upload_checks import TYPES
from casework.operations.documents.upload_limits import MEGABYTE, MOST_BYTES, MOST_FILES
from casework.operations.referrals.service import find_referral
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.web.documents.forms import Delivery, Papers
from casework.web.history.sentences import say_whose, whose
from casework.web.shell.redirects import local_path
from casework.web.shell.values import paper_name, party_name, service_name

blueprint = Blueprint("documents", __name__)


class TakesFiles(Protocol):
    """Where the files of a form go."""

    @property
    def id(self) -> str: ...

    @property
    def referral(self) -> str | None: ...

    def insist(self, db: Connection, actor: Actor) -> str:
        """Before a file is read at all: the log that it belongs to. Raises NotFound and NotAllowed."""

    def part(self, code: str) -> str:
        """The compartment of a file, by whose paper it is said to be."""

    def enter(
        self,
        db: Connection,
        actor: Actor,
        kept: Kept,
        *,
        code: str,
        kind: str,
        language: str | None,
        valid_until: str | None,
        request: Request,
    ) -> str:
        """Enter a file in the transaction of the form's action; gives what answers the field."""


@dataclass(frozen=True)
class Place:
    """Where documents stand: of a case, or of one of its referrals."""

    where: str
    id: str

    @property
    def referral(self) -> str | None:
        return self.id if self.where == "referral" else None

    def find(self, db: Connection, actor: Actor) -> Case:
        """Raises NotFound for those who may not see it."""
        if self.where == "referral":
            return find_referral(db, actor, self.id)[0]
        case, level = find_case(db, actor, self.id)
        if level < Sight.ALL:
            raise NotFound("case")
        return case

    def insist(self, db: Connection, actor: Actor) -> str:
        case = self.find(db, actor)
        documents.insist_may_hand_in(actor, case, self.referral)
        return case.log

    def part(self, code: str) -> str:
        return part_for(whose(code)["party"], self.referral)

    def enter(
        self,
        db: Connection,
        actor: Actor,
        kept: Kept,
        *,
        code: str,
        kind: str,
        language: str | None,
        valid_until: str | None,
        request: Request,
    ) -> str:
        name = kept.told.name
        done = documents.hand_in(
            db,
            actor,
            document_store(),
            self.find(db, actor),
            title=name.rpartition(".")[0] or name,
            kind=kind,
            kept=kept,
            referral=self.referral,
            language=language,
            valid_until=valid_until,
            **whose(code),
            request=request,
        )
        return str(done.answer["id"])

    @property
    def url(self) -> str:
        if self.referral:
            return url_for("documents.referral", referral=self.id)
        return url_for("documents.case", number=self.id)

    def to_hand_in(self, kind: str) -> str:
        """Where a paper of this kind is handed in; from there one comes back to the page at hand."""
        return f"{self.url}?{urlencode({'kind': kind, 'back': asked_for.path})}#hand-in"

    @property
    def form(self) -> type[Form]:
        return Delivery if self.referral else Papers

    @property
    def draft(self) -> str:
        return f"documents:{self.where}:{self.id}"


WORDS: Mapping[str, Any] = {
    "paper_name": paper_name, "party_name": party_name, "say_whose": say_whose, "most_files": MOST_FILES,
    "most_megabytes": MOST_BYTES // MEGABYTE,
    "endings": ",".join(f".{type_}" for type_ in TYPES), "kinds": ", ".join(sorted(TYPES)),
}  # fmt: skip


def back_to_place() -> str:
    """The page that asked for the paper; there one goes on once it is handed in."""
    return local_path(asked_for.args.get("back")) or ""


def crumbs_of(owning_case: Case, track: Any, whole: bool) -> list[tuple[str, str]]:
    if track is not None and not whole:
        name = service_name(track.kind)
        return [
            (gettext("In progress"), url_for("referrals.working")),
            (name[:1].upper() + name[1:], url_for("referrals.show", referral=track.id)),
        ]
    if owning_case.number is None:
        return [
            (gettext("Sealed mediations"), url_for("mediations.index")),
            (owning_case.title or gettext("Sealed mediation"), url_for("mediations.show", mediation=owning_case.log)),
        ]
    return [
        (gettext("Cases"), url_for("cases.index")),
        (owning_case.number, url_for("cases.show", number=owning_case.number)),
    ]
