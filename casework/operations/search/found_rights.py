"""The IP rights that hold all the words of a search: in their number or that of their application, their office, their kind in either
language, or the names of their owners; or that have the number which was written, however one wrote it. Reads only.

Of one that was merged the one in its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Row, text

from casework.engine.case_objects.right_numbers import number_forms
from casework.operations.core.i18n import KINDS_OF_RIGHTS, Speech
from casework.operations.core.right_links import whose
from casework.operations.search.found_by_words import Ways, found_by_words
from casework.records.search_terms import RIGHT_TERMS, rarest_terms, terms_of_all

#: Of so many words the longest, owners on record are looked for.
WORDS_ASKED = 3
#: Whether a right is of a programme whose registers one reads.
_SEEN = "programme_id = ANY(CAST(:all_of AS uuid[]))"
#: Those with the number that was written: of their grant or of their application, of any office or of the one that is said.
_BY_NUMBER = f"""
    SELECT coalesce(x.merged_into, x.id) AS id
    FROM unnest(CAST(:numbers AS text[]), CAST(:offices AS text[])) f(number, office) CROSS JOIN LATERAL (
        SELECT id, merged_into, office FROM rights WHERE casework_right_number(office, number) = f.number AND {_SEEN}
        UNION ALL
        SELECT id, merged_into, office FROM rights WHERE casework_right_number(office, application_number) = f.number AND {_SEEN}
    ) x WHERE f.office = '' OR f.office = upper(coalesce(x.office, 'CN'))
"""
#: What a right `r` is called by its owners on record, and whose place they stand in.
_OWNERS = """(
    SELECT string_agg(concat_ws(' ', g.name, g.name_zh, nullif(o.name, g.name), nullif(o.name_zh, g.name_zh)), ' ')
    FROM right_owners y JOIN organisations g ON g.id = y.organisation_id JOIN organisations o ON o.id = coalesce(g.merged_into, g.id)
    WHERE y.right_id = r.id
)"""
#: All that a right `r` is found by.
_WHOLE = f"""concat_ws(' ', r.office, r.application_number, r.number, r.owner, r.family, CAST(:kind_names AS jsonb)->>r.kind, {_OWNERS}, (
    SELECT string_agg(concat_ws(' ', g.application_number, g.number), ' ') FROM rights g WHERE g.merged_into = r.id
))"""
_ORDER = "expired_at IS NOT NULL, created_at DESC, id DESC"
#: Of some rights `r` those that hold the words or have the number, and what is shown of them.
_SHOWN = f"""
    WITH named AS MATERIALIZED ({_BY_NUMBER})
    SELECT r.id::text, r.kind, r.office, r.application_number, r.number, {whose("r")} AS owner, r.expired_at IS NOT NULL AS expired, r.named
    FROM (
        SELECT r.* FROM (
            SELECT x.*, x.id = ANY(ARRAY(SELECT id FROM named)) AS named FROM rights x
            WHERE x.id = ANY(ARRAY(SELECT id FROM named UNION {{may}})) OFFSET 0
        ) r
        WHERE r.merged_into IS NULL AND r.{_SEEN} AND (r.named OR {_WHOLE} ~* ALL(CAST(:patterns AS text[])))
        ORDER BY r.named DESC, {_ORDER} LIMIT :most
    ) r ORDER BY r.named DESC, {_ORDER}
"""
#: What an index has for `:asked` in what a right says itself, and for all that no kind is called among those of the kinds that are named.
_THEMSELVES = f"""
    (
        SELECT coalesce(merged_into, id) AS id FROM rights
        WHERE {_SEEN} AND {RIGHT_TERMS} @@ (SELECT CAST(:asked AS tsquery)) ORDER BY {_ORDER} LIMIT :compared
    ) UNION (
        SELECT id FROM rights WHERE CAST(:kinds AS text[]) <> '{{}}' AND kind = ANY(CAST(:kinds AS text[])) AND {_SEEN} AND (
            CAST(:beside_kinds AS text) IS NULL OR {RIGHT_TERMS} @@ (SELECT CAST(:beside_kinds AS tsquery))
        ) ORDER BY {_ORDER} LIMIT :compared
    )
"""
#: What its owners on record are called that an index has for one of the words.
_OWNED = f"""
    SELECT r.id FROM rights r WHERE r.{_SEEN} AND r.id = ANY(ARRAY(
        SELECT y.right_id FROM right_owners y WHERE y.organisation_id IN (
            SELECT o.id FROM organisations o WHERE casework_terms_of_both(o.name, o.name_zh) @@ (SELECT CAST(:one_of AS tsquery))
            UNION ALL SELECT g.id FROM organisations o JOIN organisations g ON g.merged_into = o.id
            WHERE casework_terms_of_both(o.name, o.name_zh) @@ (SELECT CAST(:one_of AS tsquery))
        )
    )) ORDER BY {_ORDER} LIMIT :compared
"""
#: The newest.
_NEWEST = f"SELECT id FROM rights WHERE {_SEEN} ORDER BY created_at DESC, id DESC LIMIT :compared"
#: The rights that hold all the words.
_WAYS = Ways(
    named=text(_SHOWN.format(may=f"{_THEMSELVES} UNION ({_OWNED})")), newest=text(_SHOWN.format(may=f"({_NEWEST})"))
)


def found_rights(db: Connection, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The first `most` of the rights that hold all the words, those with the number that was written first; `given` are what a search
    gives."""
    forms = number_forms(given["exact"])
    kinds = {word: _kinds(pattern) for word, pattern in zip(words, given["patterns"], strict=True)}
    called = [set(named) for named in kinds.values() if named]
    asked = {
        **given,
        "numbers": [number for number, _ in forms],
        "offices": [office for _, office in forms],
        "kind_names": orjson.dumps(_kind_names()).decode(),
        "kinds": sorted(set.intersection(*called)) if called else [],
        "beside_kinds": terms_of_all(word for word in words if not kinds[word]),
        "one_of": " | ".join(f"({terms})" for terms in rarest_terms(words, WORDS_ASKED)),
    }
    return found_by_words(db, _WAYS, words, asked)


@cache
def _kind_names() -> dict[str, str]:
    """What each kind of right is called in both languages."""
    return {
        kind: " ".join(Speech(chinese).gettext(said) for chinese in (False, True))
        for kind, said in KINDS_OF_RIGHTS.items()
    }


def _kinds(pattern: str) -> list[str]:
    """The kinds that a word names."""
    wanted = re.compile(pattern.replace(r"\m", r"\b"), re.IGNORECASE)
    return [kind for kind, said in _kind_names().items() if wanted.search(said)]
