"""What witnesses signed, held against their keys and against what the log signed; and who named them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.ledger.cosignatures import open_cosigned, parse_witness_key, with_cosignatures
from casework.ledger.signed_notes import BadNote
from casework.operations.core.register_entries import INSTALLATION
from casework.operations.history.point_in_time import Past
from casework.operations.verification.rows import Finding
from casework.operations.verification.witnesses import KINDS, LONGER

#: What each witness signed, beside what the log signed of the same leaves; all, or what was taken since a moment.
_COSIGNATURES = text("""
    SELECT c.size, extract(epoch FROM c.signed_at) AS at, c.line, w.name, w.key, k.note FROM cosignatures c
    LEFT JOIN witnesses w ON w.id = c.witness_id
    LEFT JOIN LATERAL (SELECT note FROM checkpoints k WHERE k.size = c.size ORDER BY k.n DESC LIMIT 1) k ON true
    WHERE CAST(:since AS timestamptz) IS NULL OR c.taken_at >= :since
    ORDER BY c.size, c.witness_id
""")
#: What witnesses signed of another tree than ours.
_ALARMS = text("""
    SELECT a.id::text, a.kind, a.size, a.signed_by_log, coalesce(w.name, '?') AS name FROM witness_alarms a
    LEFT JOIN witnesses w ON w.id = a.witness_id ORDER BY a.found_at, a.id
""")


def check_witnesses(db: Connection, past: Past, since: datetime | None = None) -> Iterator[Finding]:
    """Signatures of witnesses that do not fit what was signed here, alarms, and witnesses that no auditor named; with `since` only those
    signatures that were taken since then."""
    yield from _namings(db, past)
    for row in db.execute(_COSIGNATURES, {"since": since}):
        if not _fits(row.note, row.line, row.key, row.at):
            sentence = (
                f"What the witness {row.name or '?'} signed of {row.size} leaves is not what was signed here of them."
            )
            yield Finding("witness", sentence, None, None, None, "cosignatures", str(row.size))
    for row in db.execute(_ALARMS):
        tree = "more leaves than there are here" if row.kind == LONGER else "another root of them than the one here"
        sentence = f"The witness {row.name} has signed a tree of {row.size} leaves: {tree}"
        sentence += ", and a key of this log signed it, too." if row.signed_by_log else "."
        yield Finding("witness", sentence, None, None, None, "witness_alarms", row.id)


def _fits(note: str | None, line: str, key: str | None, at: object) -> bool:
    if note is None or key is None:
        return False
    try:
        _, cosignature = open_cosigned(with_cosignatures(note, [line]), parse_witness_key(key))
    except BadNote:
        return False
    return cosignature.at == at and cosignature.line == line


#: Who named and ended witnesses.
_NAMINGS = text("""
    SELECT e.log_id::text AS log, e.seq, e.kind, e.actor_id, e.at FROM events e JOIN logs l ON l.id = e.log_id
    WHERE l.kind = :installation AND e.kind = ANY(:kinds) ORDER BY e.seq
""")


def _namings(db: Connection, past: Past) -> Iterator[Finding]:
    """Witnesses that were named or ended by somebody who was no auditor then."""
    for row in db.execute(_NAMINGS, {"installation": INSTALLATION, "kinds": list(KINDS)}):
        if not any(past.held(one, row.actor_id, Role.AUDITOR, None, row.at) for one in sorted(past.programmes())):
            sentence = f"Event {row.seq} was not allowed: auditors alone name and end witnesses."
            yield Finding("allowed", sentence, row.log, None, row.seq)
