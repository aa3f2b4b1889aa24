"""Documents of a case: who enters them and their files, and takes them out of use again.

A document belongs to the office, or to the referral whose provider handed it in; each replaces and withdraws its own
alone. A file's name and its SHA-256 are in the body, under a salt each: the history promises what was filed, and does not
tell whoever only sees the promise.
"""

from __future__ import annotations

from typing import Any

from casework.engine import parties
from casework.engine.definition.names import insist_name
from casework.engine.execution.document_grants import end_grants_to
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import FileDocument, FileTold, RegisterDocument, WithdrawDocument
from casework.engine.execution.task_changes import commit
from casework.engine.roles import Role
from casework.engine.state.case import Case, Document, Track
from casework.engine.state.effects_schema import Effects, FiledFile, RegisteredDocument
from casework.engine.state.events import DOCUMENT_FILED, DOCUMENT_REGISTERED, DOCUMENT_WITHDRAWN
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState

#: Who enters papers of the case itself, and those of a referral.
CLERKS = (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE)
DELIVERERS = (Role.PROVIDER,)
SEALED = "a sealed mediation keeps no files; they stay with its center."
SENT = "a letter stays as it was sent."
#: More versions of one document than anybody reads.
MOST_VERSIONS = 200


def refusal(case: Case, role: str | None, referral: Track | None) -> str | None:
    """Why this role enters nothing here; None where it does."""
    roles = CLERKS if referral is None else DELIVERERS
    if role not in accepted(case, roles):
        return f"documents are entered here by: {', '.join(roles)}."
    return None if referral is None else closed(case, referral)


def closed(case: Case, referral: Track) -> str | None:
    """Why nothing is handed in with a referral now."""
    if referral.workflow != "referral" or "accept" not in referral.fired:
        return "the referral has not been accepted yet."
    if case.frozen:
        return "the case stands still while a stop is being decided."
    if not referral.live and not any(one.live for one in case.children(referral.id)):
        return "the referral has ended."
    return None


def home(case: Case, document: Document) -> Track | None:
    """The referral that a document was handed in with, if it was."""
    return case.tracks.get(document.track) if document.track else None


def register(builder: EventBuilder, command: RegisterDocument) -> None:
    """Enter a document, with its first file or without one."""
    if command.party is not None and command.party not in parties.PARTIES:
        raise InvalidForm(fields={"party": "must be need_owner or technology_owner"})
    track = builder.track(command.referral) if command.referral is not None else None
    _insist(builder, track, "Enter a document")
    if track is not None and command.party is not None:
        raise InvalidForm(fields={"party": "does not apply here"})
    if command.own and (track is not None or command.party is not None):
        raise InvalidForm(fields={"own": "does not apply here"})
    one: RegisteredDocument = {
        "id": builder.context.new_id(),
        "party": command.party,
        "kind": command.kind,
        "valid_until": command.valid_until,
    }
    if command.own:
        one["own"] = True
    body: dict[str, Any] = {"title": insist_name(line(command.title, "title", 300), "title", 300)}
    if command.language:
        body["language"] = command.language
    effects: Effects = {"documents": [one]}
    if command.file is not None:
        effects["files"] = [_told(builder, one["id"], 1, command.file)]
        body |= _words(command.file)
    builder.begin(DOCUMENT_REGISTERED, track, effects, body)
    commit(builder)


def file(builder: EventBuilder, command: FileDocument) -> None:
    """A new version of a document, or its first file."""
    document = _own(builder, command.document, "File a version")
    last = max((one.version for one in builder.case.files.values() if one.document == document.id), default=0)
    if last >= MOST_VERSIONS:
        raise WrongState(action="File a version", why="the document has as many versions as one can have.")
    told = _told(builder, document.id, last + 1, command.file)
    effects: Effects = {"files": [told], "paper": document.kind}
    builder.begin(DOCUMENT_FILED, home(builder.case, document), effects, _words(command.file))
    commit(builder)


def withdraw(builder: EventBuilder, command: WithdrawDocument) -> None:
    """Take a document out of use: nobody outside sees it any more, and no form names it; the history keeps it."""
    document = _own(builder, command.document, "Withdraw the document")
    body = {"reason": line(command.reason, "reason")}
    effects: Effects = {"documents_withdrawn": [document.id], "paper": document.kind}
    builder.begin(DOCUMENT_WITHDRAWN, home(builder.case, document), effects, body)
    end_grants_to(builder, document.id)
    commit(builder)


def _own(builder: EventBuilder, id: str, action: str) -> Document:
    document = builder.case.documents.get(id)
    if document is None:
        raise NotFound("document")
    if document.letter is not None:
        raise WrongState(action=action, why=SENT)
    _insist(builder, home(builder.case, document), action)
    if document.withdrawn_at is not None:
        raise WrongState(action=action, why="the document was withdrawn.")
    return document


def _told(builder: EventBuilder, document: str, version: int, one: FileTold) -> FiledFile:
    if builder.case.kind != "case":
        raise WrongState(action="File a document", why=SEALED)
    return {
        "id": builder.context.new_id(),
        "document": document,
        "version": version,
        "type": one.type,
        "size": one.size,
    }


def _words(one: FileTold) -> dict[str, str]:
    return {"file": line(one.name, "file", 200), "sha256": one.digest}


def _insist(builder: EventBuilder, referral: Track | None, action: str) -> None:
    why = refusal(builder.case, builder.by.role, referral)
    if why is None:
        return
    if builder.by.role not in accepted(builder.case, CLERKS if referral is None else DELIVERERS):
        raise NotAllowed(why=why)
    raise WrongState(action=action, why=why)
