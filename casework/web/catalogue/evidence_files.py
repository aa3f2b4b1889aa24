"""The files that come with a form about what a register says, and are filed as evidence of the entry that it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from casework.api.protocol.files import document_store
from casework.engine.definition.forms import Form
from casework.engine.execution.context import By
from casework.operations.catalogue.evidence import Papers
from casework.operations.core.idempotency import Request
from casework.operations.documents.storage import Kept
from casework.permissions.actors import Actor
from casework.web.documents.held import FilesOfForm
from casework.web.shell.session import page_transaction

#: The field of a form that asks for them.
FIELD = "evidence"


@dataclass(frozen=True)
class RegisterPlace:
    """A log of a register in which files are filed: of a right, or of an organisation."""

    id: str
    #: Whether the actor files something there, and for which programme: of each the files have a key of their own.
    #: Raises NotFound and NotAllowed.
    home: Callable[[Connection, Actor], tuple[str, By]]
    programme: str
    referral: None = None

    def insist(self, db: Connection, actor: Actor) -> str:
        self.home(db, actor)
        return self.id

    def part(self, code: str) -> str:
        return self.programme

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
        # It is filed with the entry that it shows, which the action is yet to make.
        return kept.blob


def files_of(id: str, home: Callable[[Connection, Actor], tuple[str, By]], name: str, form: type[Form]) -> FilesOfForm:
    """The files that come with such a form, kept until what they show is entered. Raises NotFound and NotAllowed."""
    with page_transaction() as (db, actor):
        programme = home(db, actor)[0]
    return FilesOfForm(RegisterPlace(id, home, programme), name, form.rule(), kind="other")


def papers_of(files: FilesOfForm) -> Papers:
    return Papers(document_store(), files.kept)
