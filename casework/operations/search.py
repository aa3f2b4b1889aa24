"""One search over what a person may see: case numbers, titles, owners and the parties' names. Reads only.

Every word must stand somewhere, in any order, in English or Chinese, and at the beginning of a word.

What may be found is what may be listed: the same policy, so that a search says nothing of what is not one's to see.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, text

from casework.operations.access_sql import named_for, own_referral, reach_values
from casework.operations.overview import names_of
from casework.permissions import Actor, reach

Json = Any

SHORTEST, LONGEST, MOST = 2, 100, 50

#: What each kind of thing is called, as one text in which every word must stand.
_PARTIES = """(
    SELECT string_agg(concat_ws(' ', o.name, o.name_zh), ' ') FROM organisations o
    WHERE o.id::text IN (SELECT value FROM jsonb_each_text({parties}))
)"""
_TITLES = "n.title, n.title_zh, h.title, h.title_zh"
_RECORDS = "LEFT JOIN needs n ON n.id = c.need_id LEFT JOIN technologies h ON h.id = c.technology_id"
# By number and title whoever sees a case in outline; by its parties, its owner and both records only who sees them.
_CASES = text(f"""
    SELECT c.number, c.title, c.parties, c.state, c.programme_id = ANY(CAST(:all_of AS uuid[])) AS whole, c.closed_at
    FROM cases c LEFT JOIN people p ON p.id = c.owner_id {_RECORDS}
    WHERE c.programme_id = ANY(CAST(:all_of AS uuid[]))
        AND concat_ws(' ', c.number, c.title, p.name, {_TITLES}, {_PARTIES.format(parties="c.parties")}) ~* ALL(CAST(:patterns AS text[]))
    OR c.programme_id = ANY(CAST(:outlines_of AS uuid[])) AND concat_ws(' ', c.number, c.title) ~* ALL(CAST(:patterns AS text[]))
    ORDER BY lower(c.number) = lower(:exact) DESC, c.closed_at IS NOT NULL, c.opened_at DESC, c.id LIMIT :most
""")
_REFERRALS = text(f"""
    SELECT t.id, t.kind, t.edition, t.states, c.number, coalesce(c.title, m.title) AS title, coalesce(c.parties, m.parties) AS parties
    FROM tracks t LEFT JOIN cases c ON c.id = t.log_id LEFT JOIN mediations m ON m.id = t.log_id
    WHERE {own_referral("t", "coalesce(c.interests, m.interests)")} AND concat_ws(
        ' ', c.number, coalesce(c.title, m.title), {_PARTIES.format(parties="coalesce(c.parties, m.parties)")}
    ) ~* ALL(CAST(:patterns AS text[]))
    ORDER BY t.ended_at IS NOT NULL, t.opened_at DESC, t.id LIMIT :most
""")
_MEDIATIONS = text(f"""
    SELECT m.id, m.title, m.parties, m.closed_at FROM mediations m
    WHERE {named_for("m")} AND concat_ws(' ', m.title, {_PARTIES.format(parties="m.parties")}) ~* ALL(CAST(:patterns AS text[]))
    ORDER BY m.opened_at DESC, m.id LIMIT :most
""")


def search(db: Connection, actor: Actor, wanted: str) -> dict[str, Json]:
    """Cases, referrals and mediations that the words name, as far as the actor sees them; nothing for too few letters."""
    words = " ".join(wanted.replace("\x00", "").split())[:LONGEST]
    found: dict[str, Json] = {"words": words, "cases": [], "referrals": [], "mediations": [], "more": False}
    if len(words) < SHORTEST:
        return found
    given = {**reach_values(reach(actor)), "patterns": [_pattern(one) for one in words.split()], "exact": words, "most": MOST + 1}
    cases, referrals, mediations = (db.execute(one, given).all() for one in (_CASES, _REFERRALS, _MEDIATIONS))
    seen = [row.parties for row in cases if row.whole] + [row.parties for row in (*referrals, *mediations)]
    names = names_of(db, set(), {one for parties in seen for one in parties.values()})

    def parties(row: Any) -> dict[str, Json]:
        return {side: names.get(one) for side, one in row.parties.items()}

    return found | {
        "cases": [
            {"number": row.number, "title": row.title, "state": row.state, "parties": parties(row) if row.whole else {}}
            for row in cases[:MOST]
        ],
        "referrals": [
            {"id": row.id, "service": row.kind, "edition": row.edition, "states": list(row.states), "number": row.number,
             "title": row.title, "parties": parties(row)}
            for row in referrals[:MOST]
        ],
        "mediations": [{"id": row.id, "title": row.title, "parties": parties(row)} for row in mediations[:MOST]],
        "more": any(len(rows) > MOST for rows in (cases, referrals, mediations)),
    }  # fmt: skip


def _pattern(word: str) -> str:
    """A word as PostgreSQL looks for it: where a word begins, or anywhere where it is written without spaces."""
    escaped = re.sub(r"([^\w])", r"\\\1", word)
    return (r"\m" if word[0].isascii() and word[0].isalnum() else "") + escaped
