"""What stands beside a need or a technology: records like it, its cases and what they came to, its history; and the sources of them."""

from __future__ import annotations

from casework.api.catalogue import beside_schemas as schemas
from casework.api.protocol.fields import Paged
from casework.api.protocol.routes import Call, Route, get
from casework.operations.catalogue import kept_records, outcomes, source_rows, sources
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.outcomes import CaseOutcome
from casework.operations.catalogue.source_rows import Read
from casework.operations.catalogue.sources import GoneRecord, Source
from casework.operations.catalogue.views import Need, RecordEntry, Technology
from casework.operations.core.paging import Page
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.record_log import Kept
from casework.operations.core.views import Items
from casework.operations.matching import similar
from casework.operations.matching.similar import Similar


def _one(call: Call, noun: Kept) -> Need | Technology:
    """Raises NotFound for whoever does not see it."""
    if noun == "need":
        return catalogue.show_record(call.db, call.actor, Need, call.path[noun])
    return catalogue.show_record(call.db, call.actor, Technology, call.path[noun])


def _similar(call: Call, noun: Kept) -> Items[Similar]:
    return Items(items=similar.list_similar(call.db, call.actor, noun, _one(call, noun)))


def similar_needs(call: Call) -> Items[Similar]:
    return _similar(call, "need")


def similar_technologies(call: Call) -> Items[Similar]:
    return _similar(call, "technology")


def _outcomes(call: Call, noun: Kept) -> Page[CaseOutcome]:
    one = _one(call, noun)
    lists = read_lists(call.db, one.programme)
    asked = call.query
    return outcomes.list_outcomes(call.db, call.actor, noun, one.id, lists, cursor=asked.cursor, limit=asked.limit)


def need_outcomes(call: Call) -> Page[CaseOutcome]:
    return _outcomes(call, "need")


def technology_outcomes(call: Call) -> Page[CaseOutcome]:
    return _outcomes(call, "technology")


def need_history(call: Call) -> Items[RecordEntry]:
    return Items(items=kept_records.read_entries(call.db, call.actor, "need", call.path["need"]))


def technology_history(call: Call) -> Items[RecordEntry]:
    return Items(items=kept_records.read_entries(call.db, call.actor, "technology", call.path["technology"]))


def need_source_row(call: Call) -> Read:
    return source_rows.read_source_row(call.db, call.actor, "need", call.path["need"])


def technology_source_row(call: Call) -> Read:
    return source_rows.read_source_row(call.db, call.actor, "technology", call.path["technology"])


def list_sources(call: Call) -> Page[Source]:
    asked = call.query
    programme = None if asked.programme is None else str(asked.programme)
    return sources.list_sources(call.db, call.actor, programme, cursor=asked.cursor, limit=asked.limit)


def show_source(call: Call) -> Source:
    return sources.show_source(call.db, call.actor, None, call.path["source"])


def list_gone(call: Call) -> Items[GoneRecord]:
    return Items(items=sources.list_gone(call.db, call.actor, show_source(call).id))


ROUTES: tuple[Route, ...] = (
    get("/needs/{need}/similar", similar_needs, "List the needs that are most like one", schemas.SimilarRecords),
    get("/needs/{need}/outcomes", need_outcomes, "List the cases of a need that you read, and what they came to",
        schemas.RecordOutcomePage, query=Paged),
    get("/needs/{need}/history", need_history, "Tell what happened to a need, and what it said before", schemas.RecordHistory),
    get("/needs/{need}/source-row", need_source_row, "Show what was read of a need at its source last", schemas.SourceRow),
    get("/technologies/{technology}/history", technology_history, "Tell what happened to a technology, and what it said before",
        schemas.RecordHistory, noun="technology"),
    get("/technologies/{technology}/source-row", technology_source_row, "Show what was read of a technology at its source last",
        schemas.SourceRow, noun="technology"),
    get("/technologies/{technology}/similar", similar_technologies, "List the technologies that are most like one",
        schemas.SimilarRecords, noun="technology"),
    get("/technologies/{technology}/outcomes", technology_outcomes, "List the cases of a technology that you read, and what they came to",
        schemas.RecordOutcomePage, query=Paged, noun="technology"),
    get("/sources", list_sources, "List where the records of your programmes come from, and how each source is read", schemas.SourcePage,
        query=schemas.SourceQuery, noun="programme"),
    get("/sources/{source}", show_source, "Show a source", schemas.SourceShown, noun="entry"),
    get("/sources/{source}/gone", list_gone, "List the records that a source has no more", schemas.GoneRecords, noun="entry"),
)  # fmt: skip
