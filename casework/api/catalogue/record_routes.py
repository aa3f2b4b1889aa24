"""Needs and technologies as the office keeps them: entered, put right, and confirmed all of one source."""

from __future__ import annotations

from typing import Any

from casework.api.catalogue import record_schemas as schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.json_values import JsonObject
from casework.operations.catalogue import kept_records, record_use, twins
from casework.operations.catalogue import record_merging as merging
from casework.operations.catalogue.merging_views import RecordDouble, RecordMergePreview
from casework.operations.catalogue.record_unmerging import unmerge_record
from casework.operations.catalogue.twins import TwinGroup
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.record_log import Kept
from casework.operations.core.views import Items

_WORDS = frozenset({"programme", "source", "external_id", "confirmed", "draft", "reason"})


def _fields(body: Any) -> JsonObject:
    """What was sent of the record's fields, as they are stored: what is null is emptied, what is not sent stays."""
    sent = body.model_dump(mode="json", include=body.model_fields_set - _WORDS)
    return {"owner_id" if name == "owner" else name: value for name, value in sent.items()}


def _create(call: Call, noun: Kept) -> Done:
    body = call.body
    return kept_records.create_record(
        call.db,
        call.actor,
        noun,
        programme=str(body.programme),
        fields=_fields(body),
        source=body.source,
        external_id=body.external_id,
        confirmed=body.confirmed,
        draft=isinstance(body, schemas.NewNeed) and body.draft,
        request=call.request,
    )


def create_need(call: Call) -> Done:
    return _create(call, "need")


def create_technology(call: Call) -> Done:
    return _create(call, "technology")


def _correct(call: Call, noun: Kept) -> Done:
    body = call.body
    return kept_records.correct_record(
        call.db,
        call.actor,
        noun,
        call.path[noun],
        fields=_fields(body),
        source=body.source,
        reason=body.reason,
        request=call.request,
    )


def correct_need(call: Call) -> Done:
    return _correct(call, "need")


def correct_technology(call: Call) -> Done:
    return _correct(call, "technology")


def _confirm(call: Call, noun: Kept) -> Done:
    return kept_records.confirm_source(
        call.db, call.actor, noun, call.path[noun], source=call.body.source, request=call.request
    )


def confirm_need_source(call: Call) -> Done:
    return _confirm(call, "need")


def confirm_technology_source(call: Call) -> Done:
    return _confirm(call, "technology")


def _doubles(call: Call, noun: Kept) -> Items[RecordDouble]:
    return Items(items=merging.list_doubles(call.db, call.actor, noun, call.path[noun]))


def need_doubles(call: Call) -> Items[RecordDouble]:
    return _doubles(call, "need")


def technology_doubles(call: Call) -> Items[RecordDouble]:
    return _doubles(call, "technology")


def _preview(call: Call, noun: Kept) -> RecordMergePreview:
    return merging.preview_merging(call.db, call.actor, noun, call.path[noun], str(call.query.into))


def preview_need(call: Call) -> RecordMergePreview:
    return _preview(call, "need")


def preview_technology(call: Call) -> RecordMergePreview:
    return _preview(call, "technology")


def _merge(call: Call, noun: Kept) -> Done:
    body = call.body
    return merging.merge_records(
        call.db,
        call.actor,
        noun,
        call.path[noun],
        into=str(body.into),
        chosen=body.chosen,
        reason=body.reason,
        request=call.request,
    )


def merge_need(call: Call) -> Done:
    return _merge(call, "need")


def merge_technology(call: Call) -> Done:
    return _merge(call, "technology")


def _unmerge(call: Call, noun: Kept) -> Done:
    return unmerge_record(call.db, call.actor, noun, call.path[noun], reason=call.body.reason, request=call.request)


def unmerge_need(call: Call) -> Done:
    return _unmerge(call, "need")


def unmerge_technology(call: Call) -> Done:
    return _unmerge(call, "technology")


def list_twins(call: Call) -> Page[TwinGroup]:
    asked = call.query
    return twins.list_group_page(
        call.db, call.actor, about=text_of(asked.record), noun=asked.noun, cursor=asked.cursor, limit=asked.limit
    )


def _tell_apart(call: Call, noun: Kept) -> Done:
    body = call.body
    return twins.tell_apart(
        call.db, call.actor, noun, call.path[noun], other=str(body.other), reason=body.reason, request=call.request
    )


def tell_needs_apart(call: Call) -> Done:
    return _tell_apart(call, "need")


def tell_technologies_apart(call: Call) -> Done:
    return _tell_apart(call, "technology")


def _end(call: Call, noun: Kept) -> Done:
    body = call.body
    return record_use.end_record(
        call.db, call.actor, noun, call.path[noun], status=body.status, reason=body.reason, request=call.request
    )


def end_need(call: Call) -> Done:
    return _end(call, "need")


def publish_need(call: Call) -> Done:
    return record_use.publish_need(call.db, call.actor, call.path["need"], request=call.request)


def end_technology(call: Call) -> Done:
    return _end(call, "technology")


def bring_back_need(call: Call) -> Done:
    last = None if call.body.valid_until is None else call.body.valid_until.isoformat()
    return record_use.bring_back(
        call.db,
        call.actor,
        "need",
        call.path["need"],
        reason=call.body.reason,
        valid_until=last,
        request=call.request,
    )


def bring_back_technology(call: Call) -> Done:
    return record_use.bring_back(
        call.db, call.actor, "technology", call.path["technology"], reason=call.body.reason, request=call.request
    )


ROUTES: tuple[Route, ...] = (
    post("/needs", create_need, "Enter a need", shared.Made, body=schemas.NewNeed, status=201, noun="programme"),
    post("/needs/{need}/correct", correct_need, "Put right what a need says, and stand for it", shared.Made,
        body=schemas.CorrectedNeed),
    post("/needs/{need}/confirm-source", confirm_need_source, "Stand for all that came from one source", shared.Made,
        body=schemas.ConfirmedSource),
    post("/technologies", create_technology, "Enter a technology", shared.Made, body=schemas.NewTechnology, status=201,
        noun="programme"),
    post("/technologies/{technology}/correct", correct_technology, "Put right what a technology says, and stand for it",
        shared.Made, body=schemas.CorrectedTechnology, noun="technology"),
    post("/technologies/{technology}/confirm-source", confirm_technology_source, "Stand for all that came from one source",
        shared.Made, body=schemas.ConfirmedSource, noun="technology"),
    get("/needs/{need}/doubles", need_doubles, "List records that may be the same need", schemas.RecordDoubles, noun="need"),
    get("/needs/{need}/merge", preview_need, "Show what would move if a need were merged into another record of the same one",
        schemas.MergePreview, query=schemas.PreviewQuery, noun="need"),
    post("/needs/{need}/merge", merge_need, "Merge a need into another record of the same one", shared.Made,
        body=schemas.RecordMerging),
    get("/technologies/{technology}/doubles", technology_doubles, "List records that may be the same technology",
        schemas.RecordDoubles, noun="technology"),
    get("/technologies/{technology}/merge", preview_technology,
        "Show what would move if a technology were merged into another record of the same one",
        schemas.MergePreview, query=schemas.PreviewQuery, noun="technology"),
    post("/technologies/{technology}/merge", merge_technology, "Merge a technology into another record of the same one",
        shared.Made, body=schemas.RecordMerging, noun="technology"),
    get("/twins", list_twins, "List the needs and technologies that may be one twice", schemas.TwinGroups,
        query=schemas.TwinsAsked),
    post("/needs/{need}/apart", tell_needs_apart, "Say that two needs that are alike are two", shared.Made, body=schemas.ToldApart),
    post("/technologies/{technology}/apart", tell_technologies_apart, "Say that two technologies that are alike are two", shared.Made,
        body=schemas.ToldApart, noun="technology"),
    post("/needs/{need}/unmerge", unmerge_need, "Take the merging of a need back", shared.Made, body=schemas.Unmerging),
    post("/technologies/{technology}/unmerge", unmerge_technology, "Take the merging of a technology back", shared.Made,
        body=schemas.Unmerging, noun="technology"),
    post("/needs/{need}/publish", publish_need, "Publish a need that was a draft: from now on it is used", shared.Made),
    post("/needs/{need}/withdraw", end_need, "Say that a need expired or was withdrawn: its matches open no case", shared.Made,
        body=schemas.RecordEnded),
    post("/needs/{need}/bring-back", bring_back_need, "Use a need again", shared.Made, body=schemas.NeedBroughtBack),
    post("/technologies/{technology}/withdraw", end_technology,
        "Say that a technology expired or was withdrawn: its matches open no case", shared.Made, body=schemas.RecordEnded,
        noun="technology"),
    post("/technologies/{technology}/bring-back", bring_back_technology, "Use a technology again", shared.Made,
        body=schemas.TechnologyBroughtBack, noun="technology"),
)  # fmt: skip
