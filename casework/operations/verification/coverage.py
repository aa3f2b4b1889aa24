"""What the verification covers: for each table whether a change in it behind the application is found, and by what.

One list for the tests, which change every column that is covered, and for the documentation, which tells of it. A table or
column that is in neither part is covered, or a test fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework.records.register_entries import REGISTERS
from casework.records.tables import metadata

#: How a change is found.
CHAIN = "bound to the event or reading before it by a hash"
FOLD = "compared with what the events of its log add up to"
ENTRY = "compared with what the events of its log say stands in it"
DIGEST = "compared by the digest of the whole row in an event of its log"
COUNTED = "compared with other tables"
WITNESSED = "held against the key of its witness, and against what was signed of the same leaves"
TREE = "held against the events and readings, and against what was signed of all leaves before"


@dataclass(frozen=True)
class Cover:
    """A table: what finds a change in it; or none, and why nobody relies on it."""

    by: str | None
    why: str = ""
    #: Columns that are not covered, each with the reason.
    left: Mapping[str, str] = field(default_factory=dict)


_OWN = "a person's own, which nobody else relies on"
_PASSING = "stands for minutes or hours, and nothing later depends on it"
_TELLING = "it tells of an event; the event is the proof, and it goes when its reader is erased"
_SECRET = "opens for days to whoever has the link and the code; who accepted is in the log"

_FOLDED = (
    "memberships", "absences", "allocations", "invitations", "skills", "service_accounts", "rights", "right_technologies",
    "right_owners", "needs", "technologies", "cases", "case_dates", "mediations",
    "tracks", "tasks", "clocks", "proposals", "consents", "documents", "files", "evidence", "grants", "openings", "party_links", "mentions",
    "findings", "erasures", "impacts", "statements",
)  # fmt: skip

_MADE = "made by the database itself, from what is covered"
_LINK = dict.fromkeys(("token", "code", "tries", "opened", "opened_until", "issue"), _SECRET)
_FOLD_LEAVES: Mapping[str, Mapping[str, str]] = {
    "allocations": {"looked_at": _PASSING, "turns": "whose turn it is; each allocation is an event"},
    "invitations": _LINK | {"made_at": "its event has the moment"},
    "service_accounts": {"minute": _PASSING, "asked": _PASSING},
    "cases": {"sealed": _MADE},
    "tracks": {"position": "their order is compared, not the numbers that make it"},
    "tasks": {"position": "in which order a page lists them"},
    "impacts": {"position": "in which order a page lists them"},
    "statements": {"position": "in which order a page lists them"},
    "rights": {"created_at": "its event has the moment"},
    "mentions": {
        "id": "names nothing else", "programme_id": "follows from the log", "made_at": "its event has the moment",
        "read_at": "what its reader has seen",
    },
}  # fmt: skip
_NUMBER = "a number of the table's own; the chain has its own"
_FILE = "a file opens as what the history's digest says, or not at all"

#: By table. Those of `records.register_entries.REGISTERS` are covered as that list says.
COVERED: Mapping[str, Cover] = {
    "logs": Cover(CHAIN, left={"sealed": _MADE}),
    "events": Cover(CHAIN),
    "readings": Cover(CHAIN, left={"id": _NUMBER}),
    "sealed_readings": Cover(CHAIN, left={"id": _NUMBER}),
    "reading_heads": Cover(CHAIN),
    **{table: Cover(FOLD, left=_FOLD_LEAVES.get(table, {})) for table in _FOLDED},
    **{
        table: Cover(DIGEST if register.whole else ENTRY, left=register.left) for table, register in REGISTERS.items()
    },
    "tree_tiles": Cover(TREE),
    "tree_entries": Cover(TREE, left={"made_at": "says where to look for a leaf first"}),
    "checkpoints": Cover(TREE, left={"made_at": "the database's own; their order is compared, and who keeps one knows when it came"}),
    "awaited_leaves": Cover(None, "stands until the next moment; what is left in it is found beside its event or reading"),
    "cosignatures": Cover(WITNESSED, left={"taken_at": "the database's own; the signature has the moment that its witness says"}),
    "numbers": Cover(COUNTED),
    "letter_numbers": Cover(COUNTED),
    "requests": Cover(
        COUNTED,
        left=dict.fromkeys(
            ("digest", "status", "answer", "seq", "made_at"), "answers a repetition of the same request; the action stands in the log"
        ),
    ),
    "compartments": Cover(COUNTED, left={"part": _FILE, "sealed": _FILE}),
    "blobs": Cover(
        COUNTED,
        left={
            "name": _FILE, "touched_at": _PASSING, "loose": _PASSING,
            **dict.fromkeys(("scan", "scanned_at", "found"), "what a scanner said once; no action is judged by it"),
        },
    ),
    "contents": Cover(COUNTED),
    "searched_words": Cover(COUNTED),
    "sources": Cover(None, "how files are read; what was understood of one is in the logs of the records"),
    "source_rows": Cover(None, "what was read, for people to compare; what counts is in the record's log"),
    "imports": Cover(None, _PASSING),
    "import_pieces": Cover(None, _PASSING),
    "import_refusals": Cover(None, "what a file has that was not understood; nothing of it is on record"),
    **dict.fromkeys(
        ("indexed_records", "index_terms", "index_states"),
        Cover(None, "made of needs and technologies, which are covered, and made again by `casework catalogue index`"),
    ),
    "record_meanings": Cover(None, "made of technologies, which are covered, and made again by `casework catalogue embed`"),
    **dict.fromkeys(
        ("figure_facts", "kept_figures", "kept_figure_lines"),
        Cover(None, "folded from the logs, which are covered; compared with them each night, and by `casework figures --check`"),
    ),
    "kept_figure_parts": Cover(None, "counted from the logs, which are covered, when somebody asks; forgotten each night"),
    **dict.fromkeys(
        ("verifications", "verification_nights", "verified_leaves"),
        Cover(None, "what the nightly verification found; `casework verify` reads all of it again and asks them nothing"),
    ),
    "sessions": Cover(None, _PASSING),
    "challenges": Cover(None, _PASSING),
    "provider_flows": Cover(None, _PASSING),
    "provider_logouts": Cover(None, _PASSING),
    "allowances": Cover(None, _PASSING),
    "password_links": Cover(None, "opens for hours or days to whoever has the link; the password that it set is in the log"),
    "witness_alarms": Cover(None, "a witness that signed another tree than ours keeps what it signed, and hands it in again"),
    "sign_in_attempts": Cover(None, "slows down those who guess, and is gone after a day"),
    "drafts": Cover(None, _OWN),
    "party_link_secrets": Cover(None, "opens a party's link to whoever has it, until it is used; the answer is in the log"),
    "office_link_secrets": Cover(None, "opens a need, a question or a story to whoever has the link; what was sent is in the log"),
    **dict.fromkeys(("twin_marks", "twin_pairs"), Cover(None, "found again from the records; that two are none is in their logs")),
    "pending_searches": Cover(None, "what is still to be looked for, of records that changed"),
    "saved_views": Cover(None, "a person's own address of a list, which shows nobody more than they may see"),
    "checkpoint_mails": Cover(None, "addresses that are mailed what everybody may read at the log's address"),
    "figure_mails": Cover(None, "whom figures are mailed to; what a mail tells is decided when it goes"),
    "looks": Cover(None, _OWN),
    "follows": Cover(None, _OWN),
    "outbox": Cover(None, _PASSING),
    "notifications": Cover(None, _TELLING),
    "mails": Cover(None, _TELLING),
    "webhook_messages": Cover(None, _TELLING),
    "incoming_messages": Cover(None, "answers a repetition of the same message; what it did stands in the case's log"),
}  # fmt: skip


def columns_of(table: str) -> list[str]:
    """The columns of a table that are covered."""
    cover = COVERED[table]
    return [
        column.name
        for column in metadata.tables[table].columns
        if cover.by is not None and column.name not in cover.left
    ]
