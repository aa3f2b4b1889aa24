"""Documents over the API: list them, enter one, file its versions as plain bytes, withdraw it, and take files out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from casework.api.documents import schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.files import document_store
from casework.api.protocol.routes import Call, Incoming, Outgoing, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.errors import NotFound
from casework.operations.cases import queries as case_queries
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.documents import grants
from casework.operations.documents import service as documents
from casework.operations.documents.storage import part_of
from casework.operations.documents.views import DocumentDetails, DocumentRow, GivenDocument
from casework.operations.referrals import service as referrals
from casework.operations.verification.case_archive import make_case_file
from casework.permissions.visibility import Sight


def list_case_documents(call: Call) -> Page[DocumentRow]:
    case, level = case_queries.find_case(call.db, call.actor, call.path["number"])
    if level < Sight.ALL:
        raise NotFound("case")
    return Page(items=documents.list_documents(call.db, call.actor, case))


def take_case_file(call: Call) -> Outgoing:
    number, since = call.path["number"], call.query.since
    address = f"/api/v1/cases/{number}/file{f'?since={since}' if since else ''}"
    case_file = make_case_file(call.db, call.actor, document_store(), number, address, since=since)
    return Outgoing(case_file.name, None, case_file.pieces())


def end_document_grant(call: Call) -> Done:
    return grants.end_grant(
        call.db, call.actor, call.path["number"], call.path["grant"], reason=call.body.reason, request=call.request
    )


def change_grant_day(call: Call) -> Done:
    return grants.change_grant_day(
        call.db,
        call.actor,
        call.path["number"],
        call.path["grant"],
        until=text_of(call.body.until),
        request=call.request,
    )


def list_referral_documents(call: Call) -> ReferralDocuments:
    case, track = referrals.find_referral(call.db, call.actor, call.path["referral"])
    listed = documents.list_documents(call.db, call.actor, case, track.id)
    package = grants.list_package(call.db, call.actor, case, track)
    return ReferralDocuments(items=listed, package=package.items)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralDocuments(Page[DocumentRow]):
    """The documents of a referral, and everything that it was ever given."""

    package: list[GivenDocument]


def enter_referral_document(call: Call) -> Done:
    case, track = referrals.find_referral(call.db, call.actor, call.path["referral"])
    return documents.enter(
        call.db,
        call.actor,
        case,
        title=call.body.title,
        kind=call.body.kind,
        referral=track.id,
        language=call.body.language,
        valid_until=text_of(call.body.valid_until),
        request=call.request,
    )


def confirm_documents_returned(call: Call) -> Done:
    case, track = referrals.find_referral(call.db, call.actor, call.path["referral"])
    return grants.confirm_return(
        call.db, call.actor, case, track.id, how=call.body.how, note=call.body.note, request=call.request
    )


def show_document(call: Call) -> DocumentDetails:
    return documents.show_document(call.db, call.actor, call.path["document"])


def may_file(call: Call) -> Incoming:
    """Before a byte is read: whether the caller may file a version, and where it goes."""
    case, document = documents.find_document(call.db, call.actor, call.path["document"])
    documents.insist_may_hand_in(call.actor, case, document.track)
    return Incoming(call.query.name, case.log, part_of(document))


def file_document_version(call: Call) -> Done:
    assert call.kept is not None
    return documents.file_version(
        call.db, call.actor, document_store(), call.path["document"], call.kept, request=call.request
    )


def take_document_version(call: Call) -> Outgoing:
    written = call.path["version"]
    version = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0
    address = f"/api/v1/documents/{call.path['document']}/versions/{version}"
    taken = documents.take_out(call.db, call.actor, document_store(), call.path["document"], version, address=address)
    # What is wrong with the beginning is told before anything was sent.
    return Outgoing(taken.name, taken.size, chain([next(taken.pieces, b"")], taken.pieces))


def withdraw_document(call: Call) -> Done:
    return documents.withdraw(call.db, call.actor, call.path["document"], reason=call.body.reason, request=call.request)


_CASE, _REFERRAL, _DOCUMENT = "/cases/{number}", "/referrals/{referral}", "/documents/{document}"

ROUTES: tuple[Route, ...] = (
    get(f"{_CASE}/documents", list_case_documents, "List the documents of a case with their versions", schemas.DocumentPage),
    get(f"{_CASE}/file", take_case_file, "Take the whole file of a case out as a ZIP; it is noted who did", schemas.Bytes,
        query=schemas.CaseFileQuery, gives_file=True),
    post(
        f"{_CASE}/grants/{{grant}}/end", end_document_grant, "Let a provider see a document no longer", schemas.GrantEnded,
        body=shared.Reason, noun="case or grant",
    ),
    post(
        f"{_CASE}/grants/{{grant}}/day", change_grant_day, "Give a provider's access to a document another last day",
        schemas.GrantDayChanged, body=schemas.GrantDay, noun="case or grant",
    ),
    get(f"{_REFERRAL}/documents", list_referral_documents, "List what a referral was given and what was handed in with it",
        schemas.PackagePage),
    post(
        f"{_REFERRAL}/documents", enter_referral_document, "Enter a document that the provider hands in", schemas.DeliveryMade,
        body=schemas.NewDelivery, status=201,
    ),
    post(
        f"{_REFERRAL}/returned", confirm_documents_returned, "Say that every copy of what was given is back, or destroyed",
        schemas.PapersReturned, body=schemas.Returning,
    ),
    get(_DOCUMENT, show_document, "Show a document with its versions, who sees it and who took it out", schemas.DocumentShown),
    post(
        f"{_DOCUMENT}/versions", file_document_version, "File a version: its bytes are the body", schemas.VersionFiled,
        query=schemas.VersionQuery, status=201, takes=may_file,
    ),
    get(
        f"{_DOCUMENT}/versions/{{version}}", take_document_version, "Take a version's file out; it is noted who did",
        schemas.Bytes, gives_file=True,
    ),
    post(f"{_DOCUMENT}/withdraw", withdraw_document, "Take a document out of use", schemas.DocumentWithdrawn, body=shared.Reason),
)  # fmt: skip
