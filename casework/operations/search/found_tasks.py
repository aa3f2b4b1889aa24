"""The open tasks of cases that hold all the words of a search: in what is to be done, in either language, or in the number of the case.
Reads only.

What is to be done stands in the workflows, so the words say which kinds of task are looked for; where no kind says one of them and none
may be a number, nobody looks. Of the cases that one reads whole the newest running ones are looked through, and those named by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Row, text

from casework.definitions import load_library
from casework.engine.definition.editions import do_key
from casework.engine.state.case import OPEN
from casework.operations.core.i18n import Speech
from casework.operations.core.reader_names import titled
from casework.records.access_sql import own_row, referral_of

#: So many of the newest running cases of a programme are looked through.
_NEWEST = 3_000
_KEY = re.compile(
    r"(?P<step>states\.(?P<state>.+)\.do)|(?P<side>tasks\.(?P<task>[^.]+))|(?P<decision>transitions\.(?P<way>.+)\.do)"
)
#: Of the tasks `t` of cases `c` those of these kinds that are open, in cases with such a number.
_FOUND = f"""
    SELECT t.id::text, t.edition, t.rule, t.type, t.about, c.number, {titled("c")} AS title, t.due_at,
        t.track_id::text AS track, {{referral}} AS referral
    FROM {{homes}} JOIN jsonb_to_recordset(CAST(:kinds AS jsonb)) k(edition text, type text, rule text, number text)
        ON k.edition = t.edition AND k.type = t.type AND k.rule = t.rule
    WHERE t.state = ANY(CAST(:open AS text[])) AND {{seen}} AND c.number ~* k.number ORDER BY t.due_at, t.id LIMIT :most
"""
#: Those of cases that a person reads whole: of the newest that run, and of those named by their number.
_OF_CASES = text(
    _FOUND.format(
        homes="""(
        SELECT n.id FROM unnest(CAST(:all_of AS uuid[])) s(id) CROSS JOIN LATERAL (
            SELECT x.id FROM cases x WHERE x.programme_id = s.id AND x.closed_at IS NULL ORDER BY x.opened_at DESC, x.id LIMIT :newest
        ) n UNION SELECT x.id FROM cases x WHERE x.number = ANY(CAST(:numbers AS text[])) AND x.programme_id = ANY(CAST(:all_of AS uuid[]))
    ) h JOIN cases c ON c.id = h.id JOIN tasks t ON t.log_id = h.id""",
        referral="NULL",
        seen="true",
    )
)
#: Those of a provider's own referrals.
_OF_REFERRALS = text(
    _FOUND.format(
        homes="tasks t JOIN cases c ON c.id = t.log_id JOIN tracks r ON r.id = t.track_id",
        referral=f"CAST({referral_of('r')} AS text)",
        seen=f"t.organisation_id = ANY(CAST(:organisations AS uuid[])) AND {own_row('t')}",
    )
)


def found_tasks(db: Connection, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The first `most` of them, what is due first before the rest; `given` are what a search gives."""
    kinds = list(_wanted(words, given["patterns"]))
    if not kinds:
        return []
    asked = {
        **given,
        "kinds": orjson.dumps(kinds).decode(),
        "open": sorted(OPEN),
        "numbers": [word.upper() for word in words],
        "newest": _NEWEST,
    }
    rows = [
        *(db.execute(_OF_REFERRALS, asked) if given["organisations"] else ()),
        *(db.execute(_OF_CASES, asked) if given["all_of"] else ()),
    ]
    each = {row.id: row for row in rows}.values()
    return sorted(each, key=lambda row: (row.due_at is None, row.due_at, row.id))[: given["most"]]


def _wanted(words: Sequence[str], patterns: Sequence[str]) -> Iterator[dict[str, str]]:
    """The kinds of task that are looked for, each with what the number of its case must hold."""
    for edition, type, rule, said in _kinds():
        left = [
            (word, pattern)
            for word, pattern in zip(words, patterns, strict=True)
            if not re.search(pattern.replace(r"\m", r"\b"), said, re.IGNORECASE)
        ]
        if all(any(letter.isdigit() for letter in word) for word, _ in left):
            number = "".join(f"(?=.*{pattern})" for _, pattern in left)
            yield {"edition": edition, "type": type, "rule": rule, "number": f"^{number}"}


@cache
def _kinds() -> tuple[tuple[str, str, str, str], ...]:
    """Every kind of task with what it asks for, in both languages."""
    return tuple(
        (fingerprint, type, rule, " ".join(Speech(chinese).edition_text(fingerprint, key) for chinese in (False, True)))
        for fingerprint, edition in load_library().editions.items()
        for key in edition.texts
        if (match := _KEY.fullmatch(key))
        for type, rule in zip(("step", "side", "decision"), match.group("state", "task", "way"), strict=True)
        if rule is not None and do_key(type, rule) == key
    )
