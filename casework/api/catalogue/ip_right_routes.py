"""Needs, technologies and rights: what was imported, and who stands for it."""

from __future__ import annotations

from itertools import chain

from casework.api.catalogue import ip_right_schemas as schemas
from casework.api.catalogue.record_schemas import PreviewQuery
from casework.api.documents.schemas import Bytes, VersionQuery
from casework.api.protocol import schemas as shared
from casework.api.protocol.files import document_store
from casework.api.protocol.routes import Call, Incoming, Outgoing, Route, get, post
from casework.api.protocol.schemas import given
from casework.json_values import JsonObject
from casework.operations.catalogue import evidence, ip_rights, kept_records, outside_burdens, right_merging, right_use
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.views import EvidenceRow, IpRight, Need, Technology
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.record_log import Kept
from casework.operations.core.views import Items
from casework.operations.matching.listed_records import Kind as Searched
from casework.operations.matching.listed_records import Listed, facets_asked, list_found
from casework.operations.matching.ranking import make_ready


def _list(call: Call, noun: Kept, kind: type[Searched]) -> Listed[Searched]:
    asked = call.query
    return list_found(
        call.db,
        call.actor,
        kind,
        said=asked.q or "",
        facets=facets_asked(noun, given(asked, "q", "programme", "cursor", "limit")),
        programme=str(asked.programme) if asked.programme else None,
        cursor=asked.cursor,
        limit=asked.limit,
    )


def list_needs(call: Call) -> Listed[Need]:
    return _list(call, "need", Need)


def list_technologies(call: Call) -> Listed[Technology]:
    return _list(call, "technology", Technology)


def list_rights(call: Call) -> Page[IpRight]:
    filters, asked = given(call.query, "cursor", "limit"), call.query
    return catalogue.list_records(call.db, call.actor, IpRight, filters=filters, cursor=asked.cursor, limit=asked.limit)


def show_need(call: Call) -> Need:
    return catalogue.show_record(call.db, call.actor, Need, call.path["need"])


def show_technology(call: Call) -> Technology:
    return catalogue.show_record(call.db, call.actor, Technology, call.path["technology"])


def show_right(call: Call) -> IpRight:
    return catalogue.show_record(call.db, call.actor, IpRight, call.path["right"])


def confirm_need(call: Call) -> Done:
    return kept_records.confirm_field(
        call.db, call.actor, "need", call.path["need"], field=call.body.field, request=call.request
    )


def confirm_technology(call: Call) -> Done:
    return kept_records.confirm_field(
        call.db, call.actor, "technology", call.path["technology"], field=call.body.field, request=call.request
    )


def set_need_owner(call: Call) -> Done:
    return kept_records.set_owner(
        call.db,
        call.actor,
        "need",
        call.path["need"],
        organisation=str(call.body.organisation),
        reason=call.body.reason,
        request=call.request,
    )


def set_technology_owner(call: Call) -> Done:
    return kept_records.set_owner(
        call.db,
        call.actor,
        "technology",
        call.path["technology"],
        organisation=str(call.body.organisation),
        reason=call.body.reason,
        request=call.request,
    )


def record_right(call: Call) -> Done:
    body = call.body
    return ip_rights.record_right(
        call.db,
        call.actor,
        programme=str(body.programme),
        technologies=[str(one) for one in body.technologies],
        owners=_owners(body.owners),
        kind=body.kind,
        fields=given(body, "programme", "technologies", "owners", "kind", "source"),
        confirmed=True,
        source=body.source,
        request=call.request,
    )


def confirm_right(call: Call) -> Done:
    body = call.body
    return ip_rights.confirm_right(
        call.db,
        call.actor,
        call.path["right"],
        checked_on=body.checked_on,
        # What is null is emptied, what is not sent stays.
        fields={name: getattr(body, name) for name in body.model_fields_set},
        kind=body.kind,
        source=body.source,
        reason=body.reason,
        request=call.request,
    )


def set_belonging(call: Call) -> Done:
    body = call.body
    return ip_rights.set_belonging(
        call.db,
        call.actor,
        call.path["right"],
        technologies=None if body.technologies is None else [str(one) for one in body.technologies],
        owners=None if body.owners is None else _owners(body.owners),
        source=body.source,
        reason=body.reason,
        request=call.request,
    )


def list_right_doubles(call: Call) -> Items[right_merging.RightDouble]:
    return Items(items=right_merging.list_doubles(call.db, call.actor, call.path["right"]))


def preview_right(call: Call) -> right_merging.RightMergePreview:
    return right_merging.preview_merging(call.db, call.actor, call.path["right"], str(call.query.into))


def merge_right(call: Call) -> Done:
    body = call.body
    return right_merging.merge_rights(
        call.db,
        call.actor,
        call.path["right"],
        into=str(body.into),
        chosen=body.chosen,
        reason=body.reason,
        request=call.request,
    )


def expire_right(call: Call) -> Done:
    return right_use.expire_right(
        call.db, call.actor, call.path["right"], reason=call.body.reason, request=call.request
    )


def bring_right_back(call: Call) -> Done:
    return right_use.bring_right_back(
        call.db, call.actor, call.path["right"], reason=call.body.reason, request=call.request
    )


def enter_burden(call: Call) -> Done:
    body = call.body
    return outside_burdens.enter_burden(
        call.db,
        call.actor,
        call.path["right"],
        values=_burden(body),
        number=body.number,
        source=body.source,
        request=call.request,
    )


def correct_burden(call: Call) -> Done:
    body = call.body
    return outside_burdens.correct_burden(
        call.db,
        call.actor,
        call.path["right"],
        call.path["burden"],
        values=_burden(body),
        number=body.number,
        source=body.source,
        reason=body.reason,
        request=call.request,
    )


def end_burden(call: Call) -> Done:
    body = call.body
    return outside_burdens.end_burden(
        call.db,
        call.actor,
        call.path["right"],
        call.path["burden"],
        ended_on=body.ended_on,
        source=body.source,
        reason=body.reason,
        request=call.request,
    )


def may_show_burden(call: Call) -> Incoming:
    """Before a byte is read: whether the caller may file something there."""
    programme, _ = evidence.insist_burden(call.db, call.actor, call.path["right"], call.path["burden"])
    return Incoming(call.query.name, call.path["right"], programme)


def show_burden(call: Call) -> Done:
    assert call.kept is not None
    papers = evidence.Papers(document_store(), [call.kept])
    return evidence.file_for_burden(
        call.db, call.actor, call.path["right"], call.path["burden"], papers=papers, request=call.request
    )


def list_right_evidence(call: Call) -> Items[EvidenceRow]:
    return Items(items=evidence.list_of_right(call.db, call.actor, call.path["right"]))


def take_evidence(call: Call) -> Outgoing:
    id = call.path["evidence"]
    taken = evidence.open_evidence(call.db, call.actor, document_store(), id, address=f"/api/v1/evidence/{id}")
    # What is wrong with the beginning is told before anything was sent.
    return Outgoing(taken.name, taken.size, chain([next(taken.pieces, b"")], taken.pieces))


def _burden(body: schemas.Burden) -> JsonObject:
    return {
        "kind": body.kind,
        "holder": str(body.holder) if body.holder else None,
        "licence": body.licence,
        "territories": body.territories,
        "fields": body.fields,
        "sublicence": body.sublicence,
        "from": body.since,
        "until": body.until,
        "amount": body.amount.model_dump() if body.amount else None,
    }


def _owners(owners: list[schemas.OwnerOfRight]) -> list[dict[str, str | None]]:
    return [{"organisation": str(owner.organisation), "share": owner.share} for owner in owners]


ROUTES: tuple[Route, ...] = (
    get("/needs", list_needs, "Search the needs of your programmes, or list the newest", schemas.NeedPage, query=schemas.NeedQuery,
        ready=make_ready),
    get("/needs/{need}", show_need, "Show a need", schemas.NeedRecord),
    post("/needs/{need}/confirm", confirm_need, "Stand for a field that was imported", shared.Made, body=schemas.ConfirmedField),
    post("/needs/{need}/owner", set_need_owner, "Say whose need it is", shared.Made, body=schemas.OwnerNamed),
    get("/technologies", list_technologies, "Search the technologies of your programmes, or list the newest", schemas.TechnologyPage,
        query=schemas.TechnologyQuery, noun="technology", ready=make_ready),
    get("/technologies/{technology}", show_technology, "Show a technology", schemas.TechnologyRecord, noun="technology"),
    post("/technologies/{technology}/confirm", confirm_technology, "Stand for a field that was imported", shared.Made,
        body=schemas.ConfirmedField, noun="technology"),
    post("/technologies/{technology}/owner", set_technology_owner, "Say whose technology it is", shared.Made, body=schemas.OwnerNamed,
        noun="technology"),
    get("/rights", list_rights, "List the IP rights of your programmes", schemas.RightPage, query=schemas.RightQuery),
    get("/rights/{right}", show_right, "Show an IP right and what lies on it", schemas.RightRecord),
    post("/rights", record_right, "Enter an IP right", shared.Made, body=schemas.NewRight, status=201, noun="programme"),
    post("/rights/{right}/confirm", confirm_right, "Stand for an IP right that you have looked up", shared.Made, body=schemas.CheckedRight),
    get("/rights/{right}/doubles", list_right_doubles, "List records that may be the same IP right", schemas.RightDoubles),
    get("/rights/{right}/merge", preview_right, "Show what would move if an IP right were merged into another record of the same one",
        schemas.RightMergePreview, query=PreviewQuery),
    post("/rights/{right}/merge", merge_right, "Merge an IP right into another record of the same one", shared.Made,
        body=schemas.RightMerging),
    post("/rights/{right}/expire", expire_right, "Say that nobody follows an IP right any more: it is named in nothing new", shared.Made,
        body=shared.Reason),
    post("/rights/{right}/bring-back", bring_right_back, "Let an IP right be named again", shared.Made, body=shared.Reason),
    post("/rights/{right}/encumbrances", enter_burden, "Enter what lies on an IP right and came of no case", shared.Made,
        body=schemas.Burden, status=201),
    post("/rights/{right}/encumbrances/{burden}/correct", correct_burden, "Correct in its place what was entered", shared.Made,
        body=schemas.BurdenCorrected, noun="encumbrance"),
    post("/rights/{right}/encumbrances/{burden}/end", end_burden, "Record by which deed it ended", shared.Made,
        body=schemas.BurdenEnded, noun="encumbrance"),
    get("/rights/{right}/evidence", list_right_evidence, "List the files that show what lies on an IP right", schemas.EvidenceList),
    post("/rights/{right}/encumbrances/{burden}/evidence", show_burden, "File what shows an encumbrance: its bytes are the body",
        shared.Made, query=VersionQuery, status=201, takes=may_show_burden, noun="encumbrance"),
    get("/evidence/{evidence}", take_evidence, "Take out a file that shows what a register says; it is noted who did", Bytes,
        gives_file=True),
    post("/rights/{right}/belongs", set_belonging, "Say what an IP right protects and whose it is", shared.Made, body=schemas.Belonging),
)  # fmt: skip
