"""A need or a technology as its log tells it: what its fields say, where each comes from, and who stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casework.engine.state.events import ERASED, RegisterEvent
from casework.json_values import Answers
from casework.ledger.canonical_json import instant

NEED, TECHNOLOGY = "need", "technology"
RECORDED, IMPORTED, CORRECTED, CONFIRMED = "recorded", "imported", "corrected", "confirmed"
#: Another record stands in its place, or it stands in another one's.
MERGED, TOOK_OVER = "merged", "took_over"
#: It is used no more, as it has expired or its owner took it back; and it is used again.
WITHDRAWN, BROUGHT_BACK = "withdrawn", "brought_back"
#: A merging was taken back: the one stands again, the other stands in its place no more. And two that are alike are not the same.
UNMERGED, GAVE_BACK, TOLD_APART = "unmerged", "gave_back", "told_apart"
#: A need that was a draft is used from now on.
PUBLISHED = "published"
#: Whoever stated a need is asked by a link whether it still holds; the office takes that back, asks back, or leaves the need as it was.
ASKED_WHETHER, ASKED_NO_MORE, ASKED_BACK, LEFT_AS_IT_WAS = (
    "asked_whether",
    "asked_no_more",
    "asked_back",
    "left_as_it_was",
)
#: It says by its link that the need holds on, as it was or otherwise; that it does not it says by withdrawing it.
RENEWED, RESTATED = "renewed", "restated"
#: How a need stands follows from its cases: one was opened for it, closed or reopened, or it has those of another one by merging.
FOLLOWED = "followed"
BY_LINK = (RENEWED, RESTATED, WITHDRAWN)
#: What a person answers for.
BY_PEOPLE = (CORRECTED, CONFIRMED, MERGED, TOOK_OVER, UNMERGED, GAVE_BACK, TOLD_APART, WITHDRAWN, BROUGHT_BACK, PUBLISHED, ASKED_NO_MORE,
    ASKED_BACK, LEFT_AS_IT_WAS)  # fmt: skip
#: Words beside the fields: where a value comes from, why it says something else now, and what the source calls the record.
SOURCE, REASON, EXTERNAL_ID = "source", "reason", "external_id"
#: Who said something by a link, and as what, as typed.
BY_NAME, BY_POSITION = "said_by", "said_as"
#: Before the name of a field, in a body: what stood there.
BEFORE = "before."
#: How far a record is published: to everybody, to whoever asks and is told, or to who keeps it alone until somebody chooses.
PUBLIC, ON_REQUEST, CLOSED = "public", "on_request", "closed"
PUBLICATIONS = (PUBLIC, ON_REQUEST, CLOSED)
#: By kind of record its fields, each with what stands there where nothing was said.
FIELDS: Mapping[str, Mapping[str, Any]] = {
    NEED: {
        **dict.fromkeys(
            ("title", "title_zh", "owner_id", "function", "sector", "district", "site", "problem", "baseline", "process", "tried",
             "target", "constraints", "budget", "budget_currency", "readiness_text", "readiness_low", "readiness_high", "wanted_form",
             "wanted_by", "country", "contact", "valid_until")
        ),
        "required_standards": [],
        "figures": [],
        "ipc": [],
        "status": "published",
        "publication": CLOSED,
    },
    TECHNOLOGY: {
        **dict.fromkeys(
            ("title", "title_zh", "owner_id", "description", "website", "readiness_text", "readiness_low",
             "readiness_high", "ip_text", "verification", "problem", "advantage", "cost_compared", "cost", "cost_currency",
             "published_on", "last_confirmed_on", "contact", "source_page", "acronym", "total_cost", "total_cost_currency",
             "start_date", "end_date")
        ),
        "ipc": [], "green_topics": [], "sdgs": [], "reference_sites": [],
        "licences": [], "standards": [], "restrictions": [], "developed_in": [], "deployed_in": [], "benefits": [],
        "languages": [], "partner_countries": [],
        "status": "published", "publication": CLOSED,
    },
}  # fmt: skip


def said(noun: str, event: RegisterEvent) -> dict[str, Any]:
    """What an event says of the fields of a record; a value that was erased is the ledger's `ERASED`."""
    fields = FIELDS[noun]
    return {name: value for name, value in event.body.items() if name in fields}


def evolve(noun: str, record: Mapping[str, Any], event: RegisterEvent) -> dict[str, Any]:
    """The columns of a record after one more event."""
    told = said(noun, event)
    if event.kind == ERASED:
        # What stands there now that words are gone; it comes from where it came before.
        return {**record, **told}
    at = instant(event.at)
    after = {**record, **told, "updated_at": at}
    if event.kind == MERGED:
        after["merged_into"] = event.effects["merger"]["kept"]
    if event.kind == UNMERGED:
        after["merged_into"] = None
    if event.kind == RECORDED:
        whose = event.effects["record"]["programme"]
        own = {SOURCE: event.body.get(SOURCE), EXTERNAL_ID: event.body.get(EXTERNAL_ID)}
        own |= {"programme_id": whose, "merged_into": None}
        after = {**FIELDS[noun], **after, **own, "created_at": at, "provenance": {}}
    origin = {"at": at} if event.body.get(SOURCE) is None else {"source": event.body[SOURCE], "at": at}
    stand = {"confirmed_by": event.actor, "confirmed_at": at}
    confirmed = event.effects.get("confirmed", [])
    provenance = {**after["provenance"], **dict.fromkeys(told, origin)}
    if event.kind == FOLLOWED:
        # Its cases tell how it stands: nobody is asked to stand for that.
        provenance = {name: of for name, of in provenance.items() if name not in told}
    after["provenance"] = provenance | {name: {**provenance.get(name, {}), **stand} for name in confirmed}
    return after


def fold(noun: str, events: Iterable[RegisterEvent]) -> dict[str, Any]:
    """The columns of a record after these events."""
    record: dict[str, Any] = {}
    for event in events:
        record = evolve(noun, record, event)
    return record


def changed(noun: str, record: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Of some fields those that say something else than a record does."""
    return {name: value for name, value in fields.items() if name in FIELDS[noun] and record.get(name) != value}


def body_of(record: Mapping[str, Any], fields: Mapping[str, Any], words: Mapping[str, str | None]) -> Answers:
    """An event's body: of each field what stands there now and, where the record is known, what stood there before."""
    before = {f"{BEFORE}{name}": record[name] for name in fields if name in record}
    return {**fields, **before, **{name: word for name, word in words.items() if word}}


def is_confirmed(record: Mapping[str, Any], name: str) -> bool:
    return bool(record.get("provenance", {}).get(name, {}).get("confirmed_by"))


def from_source(record: Mapping[str, Any], source: str) -> list[str]:
    """The fields that come from a source and for which nobody stands yet."""
    origins = record["provenance"]
    return sorted(name for name in origins if origins[name].get(SOURCE) == source and not is_confirmed(record, name))
