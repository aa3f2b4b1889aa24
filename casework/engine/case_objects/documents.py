"""Documents of a case: who enters them and their files, and takes them out of use again.

A document belongs to the office, or to the referral whose provider handed it in; each replaces and withdraws its own
alone. A file's name and its SHA-256 are in the body, under a salt each: the history promises what was filed, and does not
tell whoever only sees the promise.
"""

from __future__ import annotations

from typing import Any

from casework import reasons
from casework.engine import parties
from casework.engine.definition.names import insist_name
from casework.engine.execution.document_grants import end_grants_to
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import FileDocument, FileTold, RegisterDocument, WithdrawDocument
from casework.engine.execution.task_changes import commit
from casework.engine.parts import ACCEPTS
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.case_documents import Document
from casework.engine.state.document_effects_schema import FiledFile, RegisteredDocument
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import DOCUMENT_FILED, DOCUMENT_REGISTERED, DOCUMENT_WITHDRAWN
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.reasons import Reason

#: Who enters papers of the case itself, and those of a referral.
CLERKS = (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE)
DELIVERERS = (Role.PROVIDER,)
SEALED = reasons.documents.SEALED
SENT = reasons.documents.SENT
#: More versions of one document than anybody reads.
MOST_VERSIONS = 200


def refusal(case: Case, role: str | None, referral: Track | None) -> Reason | None:
    """Why this role enters nothing here; None where it does."""
    roles = CLERKS if referral is None else DELIVERERS
    if role not in accepted(case, roles):
        return reasons.cases.FOR_ROLES(roles=roles)
    return None if referral is None else closed(case, referral)


def closed(case: Case, referral: Track) -> Reason | None:
    """Why nothing is handed in with a referral now."""
    if not referral.is_referral or ACCEPTS not in referral.played:
        return reasons.documents.NOT_ACCEPTED
    if case.frozen:
        return reasons.cases.STANDS_STILL
    if not referral.live and not any(child.live for child in case.children(referral.id)):
        return reasons.documents.REFERRAL_ENDED
    return None


def home(case: Case, document: Document) -> Track | None:
    """The referral that a document was handed in with, if it was."""
    return case.tracks.get(document.track) if document.track else None


def register(builder: EventBuilder, command: RegisterDocument) -> None:
    """Enter a document, with its first file or without one."""
    if command.party is not None and command.party not in parties.PARTIES:
        raise InvalidForm(fields={"party": reasons.fields.PARTY})
    track = builder.track(command.referral) if command.referral is not None else None
    _insist(builder, track, reasons.actions.ENTER_DOCUMENT)
    if track is not None and command.party is not None:
        raise InvalidForm(fields={"party": reasons.fields.DOES_NOT_APPLY})
    if command.own and (track is not None or command.party is not None):
        raise InvalidForm(fields={"own": reasons.fields.DOES_NOT_APPLY})
    document: RegisteredDocument = {
        "id": builder.context.new_id(),
        "party": command.party,
        "kind": command.kind,
        "valid_until": command.valid_until,
    }
    if command.own:
        document["own"] = True
    body: dict[str, Any] = {"title": insist_name(line(command.title, "title", 300), "title", 300)}
    if command.language:
        body["language"] = command.language
    effects: Effects = {"documents": [document]}
    if command.file is not None:
        effects["files"] = [_told(builder, document["id"], 1, command.file)]
        body |= _words(command.file)
    builder.begin(DOCUMENT_REGISTERED, track, effects, body)
    commit(builder)


def file(builder: EventBuilder, command: FileDocument) -> None:
    """A new version of a document, or its first file."""
    document = _own(builder, command.document, reasons.actions.FILE_VERSION)
    last = max((filed.version for filed in builder.case.files.values() if filed.document == document.id), default=0)
    if last >= MOST_VERSIONS:
        raise WrongState(action=reasons.actions.FILE_VERSION, why=reasons.documents.VERSIONS_FULL)
    entry = _told(builder, document.id, last + 1, command.file)
    effects: Effects = {"files": [entry], "paper": document.kind}
    builder.begin(DOCUMENT_FILED, home(builder.case, document), effects, _words(command.file))
    commit(builder)


def withdraw(builder: EventBuilder, command: WithdrawDocument) -> None:
    """Take a document out of use: nobody outside sees it any more, and no form names it; the history keeps it."""
    document = _own(builder, command.document, reasons.actions.WITHDRAW_DOCUMENT)
    body = {"reason": line(command.reason, "reason")}
    effects: Effects = {"documents_withdrawn": [document.id], "paper": document.kind}
    builder.begin(DOCUMENT_WITHDRAWN, home(builder.case, document), effects, body)
    end_grants_to(builder, document.id)
    commit(builder)


def _own(builder: EventBuilder, id: str, action: Reason) -> Document:
    document = builder.case.documents.get(id)
    if document is None:
        raise NotFound("document")
    if document.letter is not None:
        raise WrongState(action=action, why=SENT)
    _insist(builder, home(builder.case, document), action)
    if document.withdrawn_at is not None:
        raise WrongState(action=action, why=reasons.documents.WITHDRAWN)
    return document


def _told(builder: EventBuilder, document: str, version: int, upload: FileTold) -> FiledFile:
    if builder.case.kind != "case":
        raise WrongState(action=reasons.actions.FILE_DOCUMENT, why=SEALED)
    return {
        "id": builder.context.new_id(),
        "document": document,
        "version": version,
        "type": upload.type,
        "size": upload.size,
    }


def _words(upload: FileTold) -> dict[str, str]:
    return {"file": line(upload.name, "file", 200), "sha256": upload.digest}


def _insist(builder: EventBuilder, referral: Track | None, action: Reason) -> None:
    why = refusal(builder.case, builder.by.role, referral)
    if why is None:
        return
    if builder.by.role not in accepted(builder.case, CLERKS if referral is None else DELIVERERS):
        raise NotAllowed(why=why)
    raise WrongState(action=action, why=why)
