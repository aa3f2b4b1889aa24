"""Documents beside a message: those that everybody sees who reads it, and files that come with it and become documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from casework import reasons
from casework.engine.case_objects.messages import hidden_from
from casework.engine.definition.forms import Form
from casework.operations.documents import service as documents
from casework.operations.documents.views import DocumentRow
from casework.operations.messages.threads import Thread
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.web.documents.held import FilesOfForm
from casework.web.documents.place import Place as DocumentPlace
from casework.web.messages.place import Place
from casework.web.shell.form_fields import Choice
from casework.web.shell.values import paper_name

#: The field of a composer that names documents.
FIELD = "documents"


@dataclass(frozen=True)
class Attachments:
    """What a thread's page shows of documents, and what its composer offers."""

    #: Those that the reader sees, by id.
    rows: Mapping[str, DocumentRow] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    #: Whether files can come with a message here.
    uploads: bool = False


def attachments_of(db: Connection, actor: Actor, thread: Thread) -> Attachments:
    """A sealed mediation has no documents."""
    case = thread.case
    if case.kind != "case":
        return Attachments()
    rows = documents.list_documents(db, actor, case)
    choices = tuple(
        (row.id, _called(row)) for row in reversed(rows) if hidden_from(case, row.id, thread.referral) is None
    )
    return Attachments({row.id: row for row in rows}, choices, why_no_file(actor, thread) is None)


def _called(row: DocumentRow) -> str:
    kind = paper_name(row.kind)
    return f"{row.title} ({kind})" if row.title and row.title.casefold() != kind.casefold() else row.title or kind


def why_no_file(actor: Actor, thread: Thread) -> Why | None:
    """Why no file comes with a message of the actor here; None where it may."""
    if thread.case.kind != "case":
        return reasons.messages.NO_FILE_HERE
    why = documents.why_not(actor, thread.case, thread.referral)
    return reasons.messages.NO_FILE_HERE if why == "" else why


def files_of(place: Place, draft: str, form: type[Form]) -> FilesOfForm:
    """The files that come with a message, kept until it is written."""
    rules = [rule for rule in form.rule() if rule["name"] == FIELD]
    return FilesOfForm(DocumentPlace(place.where, place.id), draft, rules, kind="other")
