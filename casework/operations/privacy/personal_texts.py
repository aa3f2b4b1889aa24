"""Where the history and the rows beside it name a person: what an erasure takes out, and what is told of it before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, Connection, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.engine.state.events import ERASED
from casework.json_values import JsonMapping, JsonValue
from casework.operations.core.register_log import CHANGED, REGISTERED
from casework.operations.privacy.personal_data import Naming
from casework.records.field_encryption import MARK
from casework.records.register_entries import MARK as FIELD_MARK
from casework.records.register_entries import REGISTERS, key_of, name_of
from casework.records.tables import metadata

# --- rows ------------------------------------------------------------------------------------------------------------

#: Tables whose words may name anybody: only the words go.
WORDY = (
    "needs", "technologies", "matches", "match_proposals", "match_runs", "past_projects", "organisations", "organisation_contacts",
    "organisation_owners",
    "organisation_screenings", "letterheads", "public_catalogues", "list_entries", "saved_views", "tokens", "passkeys", "identities",
    "service_accounts", "mails", "webhook_endpoints", "webhook_messages", "requests", "blobs", "sessions", "recoveries",
    "party_link_secrets", "need_statements", "interest_requests", "office_link_secrets", "sources", "source_rows", "imports",
    "import_refusals", "incoming_messages",
    "needs_assessments", "assessment_visits", "success_stories", "story_consents", "legal_holds", "checkpoint_mails",
)  # fmt: skip
#: Columns of these that are the history's, by which a row is found again, or that hold a role's code.
_LEFT = {
    "organisations": {"name", "name_zh", "services", "kind", "size"}, "organisation_contacts": {"language"},
    "organisation_owners": {"kind", "screened"}, "organisation_screenings": {"result"}, "service_accounts": {"scopes"},
    "needs": {"source", "external_id"}, "technologies": {"source", "external_id"}, "matches": {"source", "external_id", "refusal_code"},
    "match_runs": {"digest"}, "match_proposals": {"filters"},
    "need_statements": {"language", "state"}, "interest_requests": {"language", "side", "state"},
    "checkpoint_mails": {"language"}, "incoming_messages": {"message_id", "state", "code"},
    "office_link_secrets": {"typed"}, "success_stories": {"number", "state"}, "story_consents": {"language", "side", "state"},
    "needs_assessments": {"sectors", "districts", "status"}, "assessment_visits": {"kind", "district"},
    "past_projects": {"source", "external_id", "outcome", "contract_currency"},
    "legal_holds": {"about"},
    "list_entries": {"list", "code", "version"}, "sources": {"name", "fields"}, "imports": {"kind", "source", "state", "fields"},
    "party_link_secrets": {"code", "typed"}, "requests": {"key", "digest"}, "mails": {"key"}, "saved_views": {"page", "shared_role"},
}  # fmt: skip

#: Of these a row that names the person is about that person: all its words go.
ABOUT_ONE = ("organisation_contacts", "organisation_owners")

#: By table a column of words in which two of its rows must differ.
DIFFER = {"saved_views": "name"}


def worded(table: str) -> Iterator[tuple[str, str]]:
    """The columns of a table that can hold words, each with how it is written."""
    for column in metadata.tables[table].columns:
        kind = column.type
        if column.name in _LEFT.get(table, ()) or column.primary_key:
            continue
        if isinstance(kind, JSONB):
            yield column.name, "jsonb"
        elif isinstance(kind, ARRAY) and isinstance(kind.item_type, Text):
            yield column.name, "text[]"
        elif isinstance(kind, Text):
            yield column.name, "text"


def names_in(table: str) -> str:
    """Whether a row names the person, in any column whose words go."""
    return " OR ".join(f'CAST("{name}" AS text) ~* :named' for name, _ in worded(table))


# --- the history -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NamingEvent:
    """An event whose body names the person, and in which fields."""

    seq: int
    kind: str
    effects: JsonMapping
    body: Mapping[str, JsonMapping]
    fields: tuple[str, ...]


#: The events in which a person may be named.
_EVENTS = text("""
    SELECT e.log_id, l.kind AS log_kind, e.seq, e.kind, e.effects, e.body FROM events e JOIN logs l ON l.id = e.log_id
    WHERE (e.body::text ~* :named OR e.log_id = CAST(:person AS uuid) OR e.body::text LIKE :sealed
        OR e.body ?| CAST(:digested AS text[])) AND l.kind <> ALL(CAST(:but AS text[])) ORDER BY e.log_id, e.seq
""")


def find_texts(
    db: Connection, person: str | None, named: Naming, *, but: Sequence[str] = ()
) -> dict[str, list[NamingEvent]]:
    """Where the history names the person, by log; `but` leaves kinds of logs out.

    The whole of what was registered of an account is about its person.
    """
    events_of: dict[str, list[NamingEvent]] = {}
    digested = _digested(db, named)
    given = {
        "named": named.pattern,
        "person": person,
        "sealed": f"%{MARK}%",
        "digested": sorted(digested),
        "but": list(but),
    }
    # What lies sealed is opened on its way here, and is looked through here.
    for row in db.execute(_EVENTS, given):
        said = {name: part["value"] for name, part in row.body.items() if "value" in part and part["value"] is not None}
        # What the erasure itself says of the account names nobody.
        whole = row.log_id == person and row.kind != ERASED
        fields = tuple(
            sorted(
                name
                for name, value in said.items()
                if (whole or name in digested or named.in_value(_naming_part(name, value)))
                and not _kept(row.log_kind, row.kind, row.effects, name)
            )
        )
        if fields:
            events_of.setdefault(row.log_id, []).append(NamingEvent(row.seq, row.kind, row.effects, row.body, fields))
    return events_of


def _digested(db: Connection, named: Naming) -> set[str]:
    """Rows that name the person and of which the history has digests alone: with those one could guess at the words."""
    names = set()
    for table, register in REGISTERS.items():
        if register.whole:
            query = text(f"SELECT {key_of(table)} FROM {table} x WHERE {names_in(table)}")
            names |= {name_of(table, key) for key in db.execute(query, {"named": named.everywhere}).scalars()}
    return names


#: Of these the names stay, as they do in the rows: they name no person.
_CALLED = ("organisations", "programmes", "phases")


def _naming_part(name: str, value: JsonValue) -> JsonValue:
    """What of a field may name a person."""
    if name.partition(FIELD_MARK)[0] in _CALLED and isinstance(value, Mapping):
        return {column: item for column, item in value.items() if column not in ("name", "name_zh")}
    return value


def _kept(log: str, kind: str, effects: JsonMapping, field: str) -> bool:
    """What a programme or organisation is called names nobody, though somebody may be called so too."""
    named = kind == REGISTERED or kind == CHANGED and "phase" in effects
    return log in ("programme", "organisation") and named and field in ("name", "name_zh")
