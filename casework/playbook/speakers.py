"""In which language somebody of a script writes: a person as they read, a company as it is written to."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.engine.state.case import Case
from casework.playbook.chinese import said_in

#: What a party says itself, whoever writes it down.
PARTY_SAYS = frozenset({"record_consent", "renew_consent", "comment_on_draft", "comment_on_terms", "comment_on_letter"})
#: In which language a person reads and writes, or an organisation.
_LANGUAGE = text("""
    SELECT language FROM people WHERE id = CAST(:id AS uuid)
    UNION ALL SELECT language FROM organisations WHERE id = CAST(:id AS uuid)
""")


def language_of(db: Connection, id: str | None) -> str:
    """The language of a person or an organisation: `en` or `zh`."""
    return str(db.execute(_LANGUAGE, {"id": id}).scalar() or "en")[:2]


def language_of_party(db: Connection, case: Case, party: str) -> str:
    """The language of a party of a case."""
    return language_of(db, case.parties.get(party))


def said_by(db: Connection, id: str, words: str) -> str:
    """What a person writes."""
    return said_in(language_of(db, id), words)


__all__ = ["PARTY_SAYS", "language_of", "language_of_party", "said_by"]
