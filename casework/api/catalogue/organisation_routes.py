"""Organisations as records that people keep, with their contacts and owners."""

from __future__ import annotations

from dataclasses import replace

from casework.api.catalogue import organisation_schemas as schemas
from casework.api.catalogue.ip_right_schemas import EvidenceList
from casework.api.documents.schemas import VersionQuery
from casework.api.protocol import schemas as shared
from casework.api.protocol.files import document_store
from casework.api.protocol.routes import Call, Incoming, Route, get, post
from casework.json_values import JsonObject
from casework.operations.catalogue import evidence, organisation_use, organisations, screenings
from casework.operations.catalogue import organisation_merging as merging
from casework.operations.catalogue import organisation_queries as queries
from casework.operations.catalogue.contact_merging import merge_contacts
from casework.operations.catalogue.views import (
    EvidenceRow,
    OrganisationEntry,
    OrganisationRecord,
    OrganisationRow,
    ScreeningRow,
)
from casework.operations.core.idempotency import Done
from casework.operations.core.views import Items


def show_organisation(call: Call) -> OrganisationRecord:
    return queries.show_organisation(call.db, call.actor, call.path["party"])


def list_entries(call: Call) -> Items[OrganisationEntry]:
    return Items(items=queries.read_entries(call.db, call.actor, call.path["party"]))


def record_organisation(call: Call) -> Done:
    return organisations.record_organisation(
        call.db,
        call.actor,
        programme=call.path["programme"],
        fields=_sent(call),
        source=call.body.source,
        request=replace(call.request, sure=call.body.sure),
    )


def confirm_organisation(call: Call) -> Done:
    return organisations.confirm_organisation(
        call.db,
        call.actor,
        call.path["party"],
        fields=_sent(call),
        source=call.body.source,
        reason=call.body.reason,
        request=call.request,
    )


def add_contact(call: Call) -> Done:
    return _keep(call, "contacts", None)


def change_contact(call: Call) -> Done:
    return _keep(call, "contacts", call.path["contact"])


def remove_contact(call: Call) -> Done:
    return _remove(call, "contacts", call.path["contact"])


def merge_contact(call: Call) -> Done:
    return merge_contacts(
        call.db,
        call.actor,
        call.path["party"],
        call.path["contact"],
        into=str(call.body.into),
        reason=call.body.reason,
        request=call.request,
    )


def add_owner(call: Call) -> Done:
    return _keep(call, "owners", None)


def change_owner(call: Call) -> Done:
    return _keep(call, "owners", call.path["owner"])


def remove_owner(call: Call) -> Done:
    return _remove(call, "owners", call.path["owner"])


def list_screenings(call: Call) -> Items[ScreeningRow]:
    queries.show_organisation(call.db, call.actor, call.path["party"])
    return Items(items=screenings.list_screenings(call.db, call.actor, call.path["party"]))


def may_show_screening(call: Call) -> Incoming:
    """Before a byte is read: whether the caller may file something there."""
    programme, _ = evidence.insist_screening(call.db, call.actor, call.path["party"], call.path["entry"])
    return Incoming(call.query.name, call.path["party"], programme)


def show_screening(call: Call) -> Done:
    assert call.kept is not None
    papers = evidence.Papers(document_store(), [call.kept])
    return evidence.file_for_screening(
        call.db, call.actor, call.path["party"], call.path["entry"], papers=papers, request=call.request
    )


def list_screening_evidence(call: Call) -> Items[EvidenceRow]:
    rows = list_screenings(call).items
    shown = evidence.evidence_of(call.db, call.actor, [row.id for row in rows])
    return Items(items=[one for row in rows for one in shown[row.id]])


def record_screening(call: Call) -> Done:
    fields = call.body.model_dump(mode="json", exclude={"owners"})
    owners = {str(id): result for id, result in call.body.owners.items()}
    return screenings.record_screening(
        call.db, call.actor, call.path["party"], fields=fields, owners=owners, request=call.request
    )


def expire_organisation(call: Call) -> Done:
    return organisation_use.expire_organisation(
        call.db, call.actor, call.path["party"], reason=call.body.reason, request=call.request
    )


def bring_organisation_back(call: Call) -> Done:
    return organisation_use.bring_organisation_back(
        call.db, call.actor, call.path["party"], reason=call.body.reason, request=call.request
    )


def list_doubles(call: Call) -> Items[OrganisationRow]:
    return Items(items=merging.list_doubles(call.db, call.actor, call.path["party"]))


def merge_organisations(call: Call) -> Done:
    return merging.merge_organisations(
        call.db,
        call.actor,
        call.path["party"],
        into=str(call.body.into),
        reason=call.body.reason,
        request=call.request,
    )


def _keep(call: Call, what: str, row: str | None) -> Done:
    return organisations.keep_row(
        call.db,
        call.actor,
        call.path["party"],
        what,
        row,
        fields=_sent(call),
        source=getattr(call.body, "source", None),
        reason=getattr(call.body, "reason", None),
        request=call.request,
    )


def _remove(call: Call, what: str, row: str) -> Done:
    return organisations.remove_row(
        call.db, call.actor, call.path["party"], what, row, reason=call.body.reason, request=call.request
    )


def _sent(call: Call) -> JsonObject:
    """What is null is emptied, what is not sent stays."""
    return {
        name: getattr(call.body, name)
        for name in call.body.model_fields_set
        if name not in ("source", "reason", "sure")
    }


_ONE = "/organisations/{party}"
ROUTES: tuple[Route, ...] = (
    get(_ONE, show_organisation, "Show an organisation with its contacts and owners", schemas.OrganisationRecord, noun="organisation"),
    get(f"{_ONE}/history", list_entries, "Show what was done with an organisation, the newest first", schemas.OrganisationHistory),
    post("/programmes/{programme}/organisations", record_organisation, "Enter an organisation for a programme", shared.Made,
        body=schemas.NewOrganisationRecord, status=201),
    post(f"{_ONE}/confirm", confirm_organisation, "Stand for all that an organisation's record says", shared.Made,
        body=schemas.LookedUp),
    get(f"{_ONE}/screenings", list_screenings, "List how an organisation was screened", schemas.Screenings, noun="organisation"),
    post(f"{_ONE}/screenings", record_screening, "Record how an organisation and its owners were screened", shared.Made,
        body=schemas.NewScreening, status=201),
    get(f"{_ONE}/evidence", list_screening_evidence, "List the files that show how an organisation was screened", EvidenceList,
        noun="organisation"),
    post(f"{_ONE}/screenings/{{entry}}/evidence", show_screening, "File what shows a screening: its bytes are the body",
        shared.Made, query=VersionQuery, status=201, takes=may_show_screening, noun="entry"),
    get(f"{_ONE}/doubles", list_doubles, "List records that may be the same organisation", schemas.Doubles, noun="organisation"),
    post(f"{_ONE}/merge", merge_organisations, "Merge an organisation into another record of the same one", shared.Made,
        body=schemas.Merging),
    post(f"{_ONE}/expire", expire_organisation, "Say that an organisation has ceased: it is named in nothing new", shared.Made,
        body=shared.Reason),
    post(f"{_ONE}/bring-back", bring_organisation_back, "Let an organisation be named again", shared.Made, body=shared.Reason),
    post(f"{_ONE}/contacts", add_contact, "Enter a contact of an organisation", shared.Made, body=schemas.NewContact, status=201),
    post(f"{_ONE}/contacts/{{contact}}", change_contact, "Change a contact", shared.Made, body=schemas.ChangedContact),
    post(f"{_ONE}/contacts/{{contact}}/remove", remove_contact, "Take a contact out", shared.Made, body=shared.Reason),
    post(f"{_ONE}/contacts/{{contact}}/merge", merge_contact, "Merge a contact into another that is the same person", shared.Made,
        body=schemas.MergingContact),
    post(f"{_ONE}/owners", add_owner, "Enter who owns more than 25 % of an organisation", shared.Made, body=schemas.NewOwner,
        status=201),
    post(f"{_ONE}/owners/{{owner}}", change_owner, "Change an owner", shared.Made, body=schemas.ChangedOwner),
    post(f"{_ONE}/owners/{{owner}}/remove", remove_owner, "Take an owner out", shared.Made, body=shared.Reason),
)  # fmt: skip
